//! The content of a namespace, and whether it is still that of the account that the identity names.

use super::rows::NamespaceRow;

/// A namespace without content.
const EMPTY: &str = "{}";

/// What became of the binding under which a namespace was written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Standing {
    /// It is in force, needs none, or is not known yet.
    #[default]
    InForce,
    /// The identity is not bound to the Avatar any more.
    Unbound,
    /// The identity is bound to the Avatar and has come to be another account.
    OtherAccount,
}

/// What an Avatar published under one identity.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Namespace {
    /// The Avatar's 33 bytes.
    pub avatar: Vec<u8>,
    /// Where the identity lives.
    pub platform: String,
    /// Normalised.
    pub identity: String,
    /// What was published, by whichever account: a JSON object, canonical.
    pub content: String,
    /// The account that the identity was then, by the platform's own id; empty where none is known.
    pub alt_id: String,
    /// What became of the binding.
    pub standing: Standing,
}

/// What the table of bindings says of a namespace; all none where it says nothing.
#[derive(Debug, Clone, Default)]
pub(super) struct Binding {
    /// Whether the table is whole, so that what is not in it is not bound.
    pub(super) table_is_whole: bool,
    pub(super) is_bound: Option<bool>,
    pub(super) alt_id: Option<String>,
}

impl Namespace {
    pub(super) fn new(row: NamespaceRow, binding: &Binding) -> Self {
        let standing = standing(&row.platform, &row.alt_id, binding);
        let NamespaceRow { avatar, platform, identity, content, alt_id } = row;
        Self { avatar, platform, identity, content, alt_id, standing }
    }

    /// The content as it counts now: what another account published under the identity is history.
    pub fn current(&self) -> &str {
        match self.standing {
            Standing::OtherAccount => EMPTY,
            Standing::InForce | Standing::Unbound => &self.content,
        }
    }

    /// Whether a write by the account `alt_id` begins again, because this is what another account left.
    pub fn restarts_for(&self, alt_id: &str) -> bool {
        is_other(&self.alt_id, alt_id) && self.content != EMPTY
    }
}

pub(super) fn standing(platform: &str, alt_id: &str, binding: &Binding) -> Standing {
    if platform == nextid_core::Platform::Nextid.as_str() {
        return Standing::InForce;
    }
    match (binding.is_bound, &binding.alt_id) {
        (None, _) if !binding.table_is_whole => Standing::InForce,
        (None | Some(false), _) => Standing::Unbound,
        (Some(true), Some(account)) if is_other(alt_id, account) => Standing::OtherAccount,
        (Some(true), _) => Standing::InForce,
    }
}

/// Whether two accounts are told apart. Where an id is not known, the same identity is the same account.
fn is_other(one: &str, other: &str) -> bool {
    !one.is_empty() && !other.is_empty() && one != other
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bound(is_bound: Option<bool>, alt_id: &str) -> Binding {
        Binding { table_is_whole: true, is_bound, alt_id: is_bound.map(|_| alt_id.to_owned()) }
    }

    #[test]
    fn what_became_of_the_binding() {
        for (alt_id, binding, wanted) in [
            ("1", bound(Some(true), "1"), Standing::InForce),
            ("1", bound(Some(true), ""), Standing::InForce),
            ("", bound(Some(true), "1"), Standing::InForce),
            ("1", bound(Some(true), "2"), Standing::OtherAccount),
            ("1", bound(Some(false), "1"), Standing::Unbound),
            ("1", bound(Some(false), "2"), Standing::Unbound),
            ("1", bound(None, ""), Standing::Unbound),
            ("1", Binding::default(), Standing::InForce),
        ] {
            assert_eq!(standing("github", alt_id, &binding), wanted, "{alt_id:?} {binding:?}");
        }
        assert_eq!(standing("nextid", "", &bound(None, "")), Standing::InForce);
    }

    #[test]
    fn what_another_account_left_is_history() {
        let row = NamespaceRow {
            avatar: vec![2; 33],
            platform: "github".to_owned(),
            identity: "alice".to_owned(),
            content: r#"{"a":1}"#.to_owned(),
            alt_id: "1".to_owned(),
        };
        let namespace = Namespace::new(row.clone(), &bound(Some(true), "2"));
        assert_eq!(namespace.current(), "{}");
        assert!(namespace.restarts_for("2"));
        assert!(!namespace.restarts_for("1") && !namespace.restarts_for(""));
        let empty =
            Namespace::new(NamespaceRow { content: "{}".to_owned(), ..row.clone() }, &bound(Some(true), "2"));
        assert!(!empty.restarts_for("2"), "there is nothing to leave behind");
        assert_eq!(Namespace::new(row, &bound(Some(false), "1")).current(), r#"{"a":1}"#);
    }
}
