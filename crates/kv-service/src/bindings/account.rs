//! Which account an identity is.

use nextid_core::{Identity, Platform};

/// The account behind an identity, told from others that may have the same name at another time.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Account {
    /// The platform's own, immutable id; empty where there is none, so that the same identity is the same account.
    pub alt_id: String,
}

impl Account {
    /// Of what a proof says. An `alt_id` that only repeats the identity says no more than the identity; and on Steam it is
    /// the identity that stays, while `alt_id` is a name that its owner may change.
    pub fn new(identity: &Identity, alt_id: &str) -> Self {
        let says_nothing =
            identity.platform() == Platform::Steam || alt_id.eq_ignore_ascii_case(identity.as_str());
        Self { alt_id: if says_nothing { String::new() } else { alt_id.to_owned() } }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_an_immutable_id_tells_accounts_apart() {
        for (platform, identity, alt_id, wanted) in [
            (Platform::Github, "octocat", "583231", "583231"),
            (Platform::Github, "octocat", "", ""),
            (Platform::Telegram, "alice_b", "Alice_B", ""),
            (Platform::Steam, "76561197960287930", "gabelogannewell", ""),
        ] {
            let identity = Identity::parse(platform, identity).unwrap();
            assert_eq!(Account::new(&identity, alt_id).alt_id, wanted, "{platform}");
        }
    }
}
