//! What a platform shows, and what a judge makes of it.

use nextid_core::Signature;
use serde::{Deserialize, Serialize};

/// What a platform showed at a place, as plain data: the same for every platform, so that it can be recorded and judged
/// again.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Evidence {
    /// Who published it, as the platform says; none where it names nobody.
    pub account: Option<Account>,
    /// What was published there: one post, the files of a gist, the TXT records of a name.
    pub texts: Vec<ProofText>,
    /// The place as the platform spells it, if it does.
    pub location: Option<String>,
}

/// An account as its platform describes it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    /// The name that identities on this platform are made of, as the platform spells it.
    pub name: String,
    /// Further names of the same account that an identity may be made of.
    #[serde(default)]
    pub other_names: Vec<String>,
    /// The number or text that stays when the account is renamed, if the platform has one.
    pub id: Option<String>,
    /// The name that people see, if it is another one.
    pub display_name: Option<String>,
}

/// One published text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProofText {
    /// The file's or record's name; empty for posts, which have none.
    pub name: String,
    /// The text, as the platform gave it.
    pub content: String,
    /// Whether the platform cut it.
    #[serde(default)]
    pub truncated: bool,
}

impl Evidence {
    /// One post of an account, at a place as the platform spells it.
    pub(crate) fn post(
        account: Option<Account>,
        content: impl Into<String>,
        location: impl Into<String>,
    ) -> Self {
        Self {
            account,
            texts: vec![ProofText { name: String::new(), content: content.into(), truncated: false }],
            location: Some(location.into()),
        }
    }

    /// The first text, as the platform gave it: of a post the only one. Empty if there is none.
    pub(crate) fn content(&self) -> &str {
        self.texts.first().map_or("", |text| text.content.as_str())
    }

    /// The text of this name.
    pub fn text(&self, name: &str) -> Option<&ProofText> {
        self.texts.iter().find(|text| text.name == name)
    }
}

/// What a proof that holds gives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verified {
    /// The Avatar's signature over the claim's payload, as found in the proof.
    pub signature: Signature,
    /// The platform's immutable id of the account; the identity itself where there is no other, empty where the platform
    /// tells none.
    pub alt_id: String,
    /// The account's current name as the platform shows it.
    pub alt_name: String,
    /// Where the proof is, in the platform's own spelling.
    pub location: String,
}
