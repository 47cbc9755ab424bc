//! What is asked of proof-service.

use nextid_core::{Action, Avatar, Identity, Platform};
use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};

/// The body of `POST /v1/proof/payload`.
#[derive(Debug, Clone, Copy)]
pub struct ProofPayloadRequest<'a> {
    /// Binding or revoking.
    pub action: Action,
    /// What is bound or revoked.
    pub identity: &'a Identity,
    /// Whose chain.
    pub avatar: &'a Avatar,
}

impl Serialize for ProofPayloadRequest<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(4))?;
        map.serialize_entry("action", self.action.as_str())?;
        map.serialize_entry("platform", self.identity.platform().as_str())?;
        // As the person wrote it, so that the post that comes back shows it in that way.
        map.serialize_entry("identity", self.identity.shown())?;
        map.serialize_entry("public_key", &self.avatar.to_hex())?;
        map.end()
    }
}

/// The body of `POST /v1/proof`.
#[derive(Debug, Clone)]
pub struct ProofSubmission<'a> {
    /// Binding or revoking.
    pub action: Action,
    /// What is bound or revoked.
    pub identity: &'a Identity,
    /// Whose chain.
    pub avatar: &'a Avatar,
    /// Where the proof post is; what that means is up to the platform.
    pub proof_location: Option<&'a str>,
    /// The signed uuid, as it was issued.
    pub uuid: &'a str,
    /// The signed second, as it was issued.
    pub created_at: &'a str,
    /// The Avatar's signature in base64. A proof post has it already.
    pub signature: Option<&'a str>,
    /// The other party's signature: base64 of an Ethereum wallet, base58 of a Solana wallet, hexadecimal of an alias'
    /// target.
    pub counter_signature: Option<&'a str>,
}

impl Serialize for ProofSubmission<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("action", self.action.as_str())?;
        map.serialize_entry("platform", self.identity.platform().as_str())?;
        map.serialize_entry("identity", self.identity.shown())?;
        map.serialize_entry("public_key", &self.avatar.to_hex())?;
        map.serialize_entry("proof_location", self.proof_location.unwrap_or_default())?;
        map.serialize_entry("uuid", self.uuid)?;
        map.serialize_entry("created_at", self.created_at)?;
        map.serialize_entry("extra", &Extra(self))?;
        map.end()
    }
}

/// The signatures that do not stand in a post.
struct Extra<'a, 'b>(&'a ProofSubmission<'b>);

impl Serialize for Extra<'_, '_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        if let Some(signature) = self.0.signature {
            map.serialize_entry("signature", signature)?;
        }
        if let Some(signature) = self.0.counter_signature {
            let field = nextid_core::counter_signature::field_name(self.0.identity.platform());
            map.serialize_entry(field, signature)?;
        }
        map.end()
    }
}

/// The query of `GET /v1/proof`.
#[derive(Debug, Clone, Copy)]
pub struct ProofSearch<'a> {
    /// On this platform only. On [`Platform::Nextid`] the identities are Avatars.
    pub platform: Option<Platform>,
    /// Any of these.
    pub identities: &'a [&'a str],
    /// Whether the whole identity has to match, or any part of it.
    pub exact: bool,
    /// Which page, from 1.
    pub page: i64,
}

impl ProofSearch<'_> {
    pub(super) fn query(&self) -> Vec<(&'static str, String)> {
        let mut query = vec![
            ("identity", self.identities.join(",")),
            ("exact", self.exact.to_string()),
            ("page", self.page.to_string()),
        ];
        if let Some(platform) = self.platform {
            query.push(("platform", platform.to_string()));
        }
        query
    }
}

#[cfg(test)]
mod tests {
    use nextid_core::SecretKey;
    use serde_json::json;

    use super::*;

    fn avatar() -> Avatar {
        SecretKey::from_bytes(&[7; 32]).unwrap().avatar()
    }

    #[test]
    fn a_submission_has_the_fields_of_the_contract() {
        let identity =
            Identity::parse(Platform::Nextid, &SecretKey::from_bytes(&[8; 32]).unwrap().avatar().to_hex())
                .unwrap();
        let submission = ProofSubmission {
            action: Action::Create,
            identity: &identity,
            avatar: &avatar(),
            proof_location: None,
            uuid: "u",
            created_at: "1",
            signature: Some("c2ln"),
            counter_signature: Some("beef"),
        };
        assert_eq!(
            serde_json::to_value(&submission).unwrap(),
            json!({
                "action": "create", "platform": "nextid", "identity": identity.as_str(),
                "public_key": avatar().to_hex(), "proof_location": "", "uuid": "u", "created_at": "1",
                "extra": {"signature": "c2ln", "target_signature": "beef"},
            })
        );
    }

    #[test]
    fn a_request_keeps_the_letter_case_for_the_post() {
        let identity = Identity::parse(Platform::Github, "OctoCat").unwrap();
        let request = ProofPayloadRequest { action: Action::Create, identity: &identity, avatar: &avatar() };
        assert_eq!(serde_json::to_value(request).unwrap()["identity"], "OctoCat");
    }
}
