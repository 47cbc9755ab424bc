//! What proof-service answers.

use std::collections::BTreeMap;

use nextid_core::link::ProofLink;
use nextid_core::payload::ProofPayload;
use nextid_core::{CreatedAt, Identity, LinkUuid, Platform};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::request::ProofPayloadRequest;
use crate::error::ClientError;
use crate::page::Pagination;

/// The answer of `GET /healthz`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProofHealth {
    /// `proof service`.
    pub hello: String,
    /// The platforms that can be bound there.
    pub platforms: Vec<String>,
    /// What the operator calls this installation.
    #[serde(default)]
    pub environment: String,
    /// The version of the program.
    #[serde(default)]
    pub revision: String,
    /// When it was built: seconds since 1970.
    #[serde(default)]
    pub built_at: String,
}

/// The answer of `POST /v1/proof/payload`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct IssuedProofPayload {
    /// The text to publish by language; there is always a `default`. The signature goes in place of `%SIG_BASE64%`.
    pub post_content: BTreeMap<String, String>,
    /// The string to sign.
    pub sign_payload: String,
    /// To be submitted with the signature.
    pub uuid: String,
    /// To be submitted with the signature: seconds since 1970.
    pub created_at: String,
}

impl IssuedProofPayload {
    /// The signature of the chain's head in base64, which the payload points at; none for a chain without links.
    pub fn prev(&self) -> Option<String> {
        self.field("prev")
    }

    /// Checks that the string to sign is what `request` makes with the issued uuid, second and head: a service must not
    /// get a signature over anything else.
    ///
    /// A custom Steam name is the exception: only the service can resolve it, so that its number is taken as given.
    ///
    /// # Errors
    /// [`ClientError::PayloadDiffers`].
    pub fn check(&self, request: &ProofPayloadRequest<'_>) -> Result<(), ClientError> {
        let rebuilt = self.rebuild(request).unwrap_or_default();
        if rebuilt == self.sign_payload {
            return Ok(());
        }
        Err(ClientError::PayloadDiffers { found: self.sign_payload.clone(), rebuilt })
    }

    fn rebuild(&self, request: &ProofPayloadRequest<'_>) -> Option<String> {
        let platform = request.identity.platform();
        let resolved = match platform {
            Platform::Steam => self.field("identity").and_then(|text| Identity::parse(platform, &text).ok()),
            _ => None,
        };
        let is_number = |identity: &Identity| identity.as_str().bytes().all(|byte| byte.is_ascii_digit());
        let identity = match &resolved {
            Some(resolved) if is_number(resolved) && !is_number(request.identity) => resolved,
            _ => request.identity,
        };
        let payload = ProofPayload {
            action: request.action,
            avatar: request.avatar,
            platform,
            identity: identity.as_str(),
            created_at: self.created_at.parse::<CreatedAt>().ok()?,
            uuid: LinkUuid::parse(&self.uuid).ok()?,
            prev: self.prev().as_deref(),
        }
        .to_string();
        Some(payload)
    }

    fn field(&self, name: &str) -> Option<String> {
        let payload: Value = serde_json::from_str(&self.sign_payload).ok()?;
        payload.get(name)?.as_str().map(str::to_owned)
    }
}

/// The answer of `POST /v1/proof`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(from = "Value")]
pub struct ProofSubmitted {
    /// The link as it is stored. Services of the field answer without.
    pub link: Option<ProofLink>,
    /// Whether it had been accepted before.
    pub replayed: bool,
}

impl From<Value> for ProofSubmitted {
    fn from(body: Value) -> Self {
        let replayed = body.get("replayed").and_then(Value::as_bool).unwrap_or_default();
        Self { link: serde_json::from_value(body).ok(), replayed }
    }
}

/// A page of `GET /v1/proof`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SearchPage {
    /// Where the page is; counts bindings, not Avatars.
    pub pagination: Pagination,
    /// The Avatars that the bindings of this page belong to.
    pub ids: Vec<FoundAvatar>,
}

/// An Avatar with everything that is bound to it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FoundAvatar {
    /// `0x` and 66 hexadecimal digits.
    pub avatar: String,
    /// Other Avatars of the same person.
    #[serde(default)]
    pub alias: Vec<String>,
    /// The second of the newest link; `0` if there is none.
    #[serde(default)]
    pub activated_at: String,
    /// All its bindings, not only those that were searched for.
    pub proofs: Vec<FoundProof>,
}

/// A binding.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FoundProof {
    /// Where the identity lives.
    pub platform: String,
    /// The identity, normalised.
    pub identity: String,
    /// The platform's own id of the account, where there is one.
    #[serde(default)]
    pub alt_id: String,
    /// What the platform calls the account now.
    #[serde(default)]
    pub alt_name: String,
    /// When it was bound: seconds since 1970.
    pub created_at: String,
    /// When the proof was looked at last: seconds since 1970.
    pub last_checked_at: String,
    /// Whether the proof holds.
    pub is_valid: bool,
    /// Why it does not.
    #[serde(default)]
    pub invalid_reason: String,
    /// What the last look at the proof found: `valid`, `missing`, `mismatch`, `unreachable` or `unchecked`.
    #[serde(default)]
    pub state: String,
}

/// The answer of `GET /v1/proof/exists`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProofState {
    /// When it was bound: seconds since 1970.
    pub created_at: String,
    /// When the proof was looked at last: seconds since 1970.
    pub last_checked_at: String,
    /// Whether the proof holds.
    pub is_valid: bool,
    /// Why it does not.
    #[serde(default)]
    pub invalid_reason: String,
}

/// A page of `GET /v1/proofchain`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProofPage {
    /// Where the page is.
    pub pagination: Pagination,
    /// Links, oldest first.
    pub proof_chain: Vec<ProofLink>,
}

/// The answer of `GET /v1/proofchain/changes`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Changes {
    /// Links in the order of their feed ids.
    pub links: Vec<ChangedLink>,
    /// Changes when the database is replaced by another, whose feed ids mean something else.
    #[serde(default)]
    pub epoch: Option<String>,
}

/// A link in the feed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChangedLink {
    /// Its id in the feed.
    pub id: i64,
    /// The link.
    #[serde(flatten)]
    pub link: ProofLink,
}

#[cfg(test)]
mod tests {
    use nextid_core::{Action, Avatar, SecretKey};
    use serde_json::json;

    use super::*;

    const UUID: &str = "9e4a1f0c-1b0e-4f6e-9d3d-2a3f6a6d5c10";

    fn avatar() -> Avatar {
        SecretKey::from_bytes(&[7; 32]).unwrap().avatar()
    }

    fn issued(sign_payload: &str) -> IssuedProofPayload {
        IssuedProofPayload {
            post_content: BTreeMap::new(),
            sign_payload: sign_payload.to_owned(),
            uuid: UUID.to_owned(),
            created_at: "1650000000".to_owned(),
        }
    }

    fn check(platform: Platform, identity: &str, sign_payload: &str) -> Result<(), ClientError> {
        let identity = Identity::parse(platform, identity).unwrap();
        issued(sign_payload).check(&ProofPayloadRequest {
            action: Action::Create,
            identity: &identity,
            avatar: &avatar(),
        })
    }

    fn payload(platform: &str, identity: &str, prev: &str) -> String {
        format!(
            r#"{{"action":"create","created_at":"1650000000","identity":"{identity}","platform":"{platform}","prev":{prev},"uuid":"{UUID}"}}"#
        )
    }

    #[test]
    fn what_the_request_makes_may_be_signed() {
        check(Platform::Github, "OctoCat", &payload("github", "octocat", "null")).unwrap();
        let signed = payload("github", "octocat", "\"c2ln\"");
        check(Platform::Github, "octocat", &signed).unwrap();
        assert_eq!(issued(&signed).prev().as_deref(), Some("c2ln"));
    }

    #[test]
    fn nothing_else_is_signed() {
        for other in [
            payload("github", "somebody", "null"),
            payload("twitter", "octocat", "null"),
            payload("github", "octocat", "null").replace("create", "delete"),
            payload("github", "octocat", "null").replace("1650000000", "1650000001"),
            payload("github", "octocat", "null").replace("9e4a", "0e4a"),
            payload("github", "octocat", "null") + " ",
            "I owe you 1000 ETH".to_owned(),
            String::new(),
        ] {
            let error = check(Platform::Github, "octocat", &other).unwrap_err();
            assert!(matches!(error, ClientError::PayloadDiffers { .. }), "{other}: {error}");
        }
    }

    #[test]
    fn a_steam_name_may_become_a_number_but_a_number_no_other_one() {
        let signed = payload("steam", "76561197968575517", "null");
        check(Platform::Steam, "ChetFaliszek", &signed).unwrap();
        check(Platform::Steam, "76561197968575517", &signed).unwrap();
        check(Platform::Steam, "76561197960287930", &signed).unwrap_err();
    }

    #[test]
    fn a_submit_may_be_answered_with_the_link_or_with_nothing() {
        let nothing: ProofSubmitted = serde_json::from_value(json!({})).unwrap();
        assert_eq!(nothing, ProofSubmitted { link: None, replayed: false });
        let stored: ProofSubmitted = serde_json::from_value(json!({
            "replayed": true, "avatar": avatar().to_hex(), "seq": 0, "action": "create", "platform": "github",
            "identity": "octocat", "created_at": "1650000000", "signature": "c2ln", "signature_payload": "{}",
            "uuid": UUID, "signer": avatar().to_hex(), "format": "v1", "prev": null,
        }))
        .unwrap();
        assert!(stored.replayed);
        assert_eq!(stored.link.unwrap().identity, "octocat");
    }
}
