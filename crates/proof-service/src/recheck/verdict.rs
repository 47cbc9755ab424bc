//! What one look at a proof says.

use std::time::Duration;

use nextid_platforms::{CheckError, FetchError, Verified};

/// Characters of a reason, or of a name, that are kept.
const MAX_TEXT: usize = 256;

/// What the last look at a proof said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProofState {
    /// It was there.
    Valid,
    /// The platform has nothing there, or nothing that is a proof.
    Missing,
    /// Something else is there: another author, another signature.
    Mismatch,
    /// The platform did not say: it was down, too slow, limited us or refused us.
    Unreachable,
    /// Nobody has looked yet: it was imported.
    Unchecked,
}

impl ProofState {
    /// As it is stored and shown.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Valid => "valid",
            Self::Missing => "missing",
            Self::Mismatch => "mismatch",
            Self::Unreachable => "unreachable",
            Self::Unchecked => "unchecked",
        }
    }

    /// Reads what is stored. What nobody has written is as good as not looked at.
    pub fn from_stored(text: &str) -> Self {
        let known = [Self::Valid, Self::Missing, Self::Mismatch, Self::Unreachable];
        known.into_iter().find(|state| state.as_str() == text).unwrap_or(Self::Unchecked)
    }
}

/// What one look at a proof says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// It is there.
    Good {
        /// The platform's own id of the account.
        alt_id: String,
        /// The account's present name.
        alt_name: String,
    },
    /// The platform's own word speaks against it: nothing is there.
    Missing {
        /// In words.
        reason: String,
    },
    /// The platform's own word speaks against it: something else is there.
    Mismatch {
        /// In words.
        reason: String,
    },
    /// It says nothing.
    Unreachable {
        /// When the platform may be asked again, if that is known.
        retry_after: Option<Duration>,
        /// In words, for the log.
        why: String,
    },
}

impl Verdict {
    /// The state that a proof has after this look.
    pub fn state(&self) -> ProofState {
        match self {
            Self::Good { .. } => ProofState::Valid,
            Self::Missing { .. } => ProofState::Missing,
            Self::Mismatch { .. } => ProofState::Mismatch,
            Self::Unreachable { .. } => ProofState::Unreachable,
        }
    }

    /// Why the proof does not hold, if this look speaks against it.
    pub fn against(&self) -> Option<&str> {
        match self {
            Self::Missing { reason } | Self::Mismatch { reason } => Some(reason),
            Self::Good { .. } | Self::Unreachable { .. } => None,
        }
    }
}

impl From<FetchError> for Verdict {
    fn from(error: FetchError) -> Self {
        if error.is_evidence() {
            Self::Missing { reason: stored_text(&error.to_string()) }
        } else {
            Self::Unreachable { retry_after: error.retry_after(), why: error.to_string() }
        }
    }
}

impl From<Result<Verified, CheckError>> for Verdict {
    fn from(judged: Result<Verified, CheckError>) -> Self {
        match judged {
            Ok(verified) => Self::Good {
                alt_id: stored_text(&verified.alt_id),
                alt_name: stored_text(&verified.alt_name),
            },
            Err(error) if error.mismatch().is_some() => {
                Self::Mismatch { reason: stored_text(&error.to_string()) }
            }
            Err(error) => Self::Missing { reason: stored_text(&error.to_string()) },
        }
    }
}

/// A platform's words as they can be stored: PostgreSQL refuses NUL, and nobody may fill the table.
pub(super) fn stored_text(text: &str) -> String {
    text.chars().filter(|character| !character.is_control()).take(MAX_TEXT).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_platforms_own_word_is_evidence() {
        let wait = Some(Duration::from_secs(60));
        for (error, state) in [
            (FetchError::NotFound, ProofState::Missing),
            (FetchError::BadLocation("a number"), ProofState::Unreachable),
            (FetchError::Unavailable { retry_after: wait, why: "429".into() }, ProofState::Unreachable),
            (FetchError::Timeout, ProofState::Unreachable),
            (FetchError::Odd("HTML".into()), ProofState::Unreachable),
            (FetchError::Forbidden("inside".into()), ProofState::Unreachable),
        ] {
            let verdict = Verdict::from(error);
            assert_eq!(verdict.state(), state);
            assert_eq!(verdict.against().is_some(), state == ProofState::Missing);
        }
    }

    #[test]
    fn evidence_is_told_apart() {
        let missing = CheckError::Missing { expected: "a file".into() };
        let author = CheckError::Author { expected: "a".into(), found: Some("\0b".repeat(500)) };
        assert_eq!(Verdict::from(Err(missing)).state(), ProofState::Missing);
        let verdict = Verdict::from(Err(author));
        assert_eq!(verdict.state(), ProofState::Mismatch);
        let reason = verdict.against().unwrap();
        assert!(reason.chars().count() == MAX_TEXT && !reason.contains('\0'), "{reason}");
    }

    #[test]
    fn states_are_read_as_they_are_written() {
        for state in [
            ProofState::Valid,
            ProofState::Missing,
            ProofState::Mismatch,
            ProofState::Unreachable,
            ProofState::Unchecked,
        ] {
            assert_eq!(ProofState::from_stored(state.as_str()), state);
        }
    }
}
