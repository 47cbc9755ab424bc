//! What a look at a proof makes of its binding. Pure: the rules of proof states are here and nowhere else.

use super::schedule::{Phase, Schedule};
use super::verdict::{ProofState, Verdict};

/// A binding, as far as looks at its proof change it. Times are seconds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// What the last look said.
    pub state: ProofState,
    /// Whether applications may rely on it.
    pub is_valid: bool,
    /// Why not.
    pub invalid_reason: String,
    /// The platform's own id of the account.
    pub alt_id: String,
    /// The account's present name.
    pub alt_name: String,
    /// The last look that the platform answered.
    pub last_checked_at: i64,
    /// The first look that spoke against a proof that is still called valid.
    pub negative_since: Option<i64>,
    /// Looks in a row that did not reach the platform.
    pub failures: i64,
    /// The next look.
    pub next_check_at: i64,
}

impl Standing {
    /// Whether this look counts for the brake, and if so, whether it spoke against the proof.
    ///
    /// The first look of a turn counts, and so do those at a proof that waits behind the brake. A second look does not: it is
    /// at bad proofs only. Neither does what is called invalid already, which would keep the brake on for ever.
    pub fn counts(&self, verdict: &Verdict, schedule: &Schedule) -> Option<bool> {
        let is_answer = !matches!(verdict, Verdict::Unreachable { .. });
        let is_fair =
            self.negative_since.is_none_or(|since| self.last_checked_at - since >= schedule.second_look);
        (self.is_valid && is_answer && is_fair).then(|| verdict.against().is_some())
    }

    /// Whether this look would end the proof's validity, were there no brake.
    pub fn may_flip(&self, verdict: &Verdict, schedule: &Schedule, now: i64) -> bool {
        let is_second_look = self.negative_since.is_some_and(|since| now - since >= schedule.second_look);
        self.is_valid && is_second_look && verdict.against().is_some()
    }

    /// The binding after a look at `now`. With the brake on, nothing that is called valid becomes invalid.
    #[must_use]
    pub fn after(
        &self,
        verdict: &Verdict,
        now: i64,
        schedule: &Schedule,
        phase: Phase,
        braked: bool,
    ) -> Self {
        let state = verdict.state();
        match verdict {
            Verdict::Good { alt_id, alt_name } => Self {
                state,
                is_valid: true,
                invalid_reason: String::new(),
                // The id that a binding was made with stays: the account is known by it.
                alt_id: if self.alt_id.is_empty() { alt_id.clone() } else { self.alt_id.clone() },
                alt_name: alt_name.clone(),
                last_checked_at: now,
                negative_since: None,
                failures: 0,
                next_check_at: schedule.regular(phase, now),
            },
            Verdict::Missing { reason } | Verdict::Mismatch { reason } => {
                let stays_valid = self.is_valid && (braked || !self.may_flip(verdict, schedule, now));
                let since = self.negative_since.unwrap_or(now);
                Self {
                    state,
                    is_valid: stays_valid,
                    invalid_reason: if stays_valid { String::new() } else { reason.clone() },
                    last_checked_at: now,
                    negative_since: stays_valid.then_some(since),
                    failures: 0,
                    next_check_at: if stays_valid {
                        schedule.second(phase, since, now)
                    } else {
                        schedule.regular(phase, now)
                    },
                    ..self.clone()
                }
            }
            Verdict::Unreachable { retry_after, .. } => {
                let failures = self.failures.saturating_add(1);
                Self {
                    state,
                    failures,
                    next_check_at: schedule.retry(phase, now, failures, *retry_after),
                    ..self.clone()
                }
            }
        }
    }

    /// Whether somebody who follows the feed should know.
    pub fn differs(&self, after: &Self) -> bool {
        self.state != after.state || self.is_valid != after.is_valid || self.alt_name != after.alt_name
    }
}

#[cfg(test)]
mod tests;
