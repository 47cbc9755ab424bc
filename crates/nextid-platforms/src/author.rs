//! Who published a proof, compared with who should have.

use nextid_core::Signature;

use crate::{Account, CheckError, Claim, Evidence, Verified};

/// Characters that are kept of a name that an account shows.
const MAX_SHOWN: usize = 200;

/// The account that published the evidence, found to be the claimed one.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Author<'a> {
    pub(crate) account: &'a Account,
    has_claimed_name: bool,
}

impl<'a> Author<'a> {
    /// Finds the account. Where the claim says which immutable id it has, the id decides; else the name, compared by the
    /// platform's rule: `same_name(identity, name)`.
    ///
    /// # Errors
    /// [`CheckError::Author`].
    pub(crate) fn of(
        claim: &Claim,
        evidence: &'a Evidence,
        same_name: fn(&str, &str) -> bool,
    ) -> Result<Self, CheckError> {
        let identity = claim.identity.as_str();
        let Some(account) = &evidence.account else {
            return Err(CheckError::Author { expected: identity.to_owned(), found: None });
        };
        let mut names = std::iter::once(&account.name).chain(&account.other_names);
        let has_claimed_name = names.any(|name| same_name(identity, name));
        let pinned = claim.alt_id.as_deref().filter(|id| !id.is_empty());
        let author = Self { account, has_claimed_name };
        match (pinned, account.id.as_deref()) {
            (Some(pinned), Some(id)) if pinned == id => Ok(author),
            (Some(pinned), Some(id)) => Err(CheckError::Author {
                expected: format!("{identity} with the id {pinned}"),
                found: Some(format!("{} with the id {id}", account.name)),
            }),
            _ if has_claimed_name => Ok(author),
            _ => Err(CheckError::Author { expected: identity.to_owned(), found: Some(account.name.clone()) }),
        }
    }

    /// What the proof gives: the account's immutable id, and the name that it shows. One that was renamed shows its new
    /// name.
    pub(crate) fn verified(&self, claim: &Claim, evidence: &Evidence, signature: Signature) -> Verified {
        let shown = self.account.display_name.as_deref().map(shown);
        let shown = shown.filter(|name| self.has_claimed_name && !name.is_empty());
        Verified {
            signature,
            alt_id: self.account.id.clone().unwrap_or_default(),
            alt_name: shown.unwrap_or_else(|| self::shown(&self.account.name)),
            location: evidence.location.clone().unwrap_or_else(|| claim.location.clone()),
        }
    }
}

/// A name as it can be stored: in one line, without control characters, of a bounded length.
fn shown(name: &str) -> String {
    let name: String = name.trim().chars().filter(|c| !c.is_control()).take(MAX_SHOWN).collect();
    name
}

/// Names that differ in the case of ASCII letters are the same.
pub(crate) fn ignoring_case(identity: &str, name: &str) -> bool {
    identity.eq_ignore_ascii_case(name)
}

/// As [`ignoring_case`], for names in every script.
pub(crate) fn ignoring_any_case(identity: &str, name: &str) -> bool {
    identity.to_lowercase() == name.to_lowercase()
}

/// Names are compared as they are.
pub(crate) fn exactly(identity: &str, name: &str) -> bool {
    identity == name
}
