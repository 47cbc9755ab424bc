//! The client of kv-service.

use nextid_core::link::KvLink;
use nextid_core::payload::KvPayload;
use nextid_core::payload::kv::KvPayloadForm;
use nextid_core::{Avatar, CanonicalJson, CreatedAt, Identity, LinkUuid};
use serde::ser::SerializeMap;
use serde::{Deserialize, Serialize, Serializer};
use serde_json::{Map, Value};

use crate::error::ClientError;
use crate::events::{EventFilter, EventReader};
use crate::export::ExportLines;
use crate::page::Pagination;
use crate::transport::{ClientOptions, Transport};

/// The client of one kv-service.
#[derive(Debug, Clone)]
pub struct KvClient {
    transport: Transport,
}

impl KvClient {
    /// A client of the service at `base`, such as `http://127.0.0.1:9801`.
    ///
    /// # Errors
    /// [`ClientError::BadUrl`] or [`ClientError::Setup`].
    pub fn new(base: &str, options: &ClientOptions) -> Result<Self, ClientError> {
        Ok(Self { transport: Transport::new(base, options)? })
    }

    /// Where the service is, without a slash at the end.
    pub fn base(&self) -> &str {
        self.transport.base()
    }

    /// `GET /healthz`.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn healthz(&self) -> Result<KvHealth, ClientError> {
        self.transport.get("/healthz", &[]).await
    }

    /// `GET /v1/kv`: all that an Avatar published. An Avatar that published nothing has no namespaces.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn get(&self, avatar: &Avatar) -> Result<KvContent, ClientError> {
        let avatar = avatar.to_hex();
        self.transport.get("/v1/kv", &[("avatar", avatar.as_str())]).await
    }

    /// `GET /v1/kv/by_identity`: what is published under an identity, by every Avatar that it is bound to.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn by_identity(&self, identity: &Identity) -> Result<Vec<IdentityContent>, ClientError> {
        #[derive(Deserialize)]
        struct Values {
            values: Vec<IdentityContent>,
        }
        let query = [("platform", identity.platform().as_str()), ("identity", identity.as_str())];
        let answer: Values = self.transport.get("/v1/kv/by_identity", &query).await?;
        Ok(answer.values)
    }

    /// `POST /v1/kv/payload`: the string to sign. Nothing is stored.
    ///
    /// The string is checked by [`IssuedKvPayload::check`] before it is returned.
    ///
    /// # Errors
    /// [`ClientError`]; [`ClientError::PayloadDiffers`] for a string that the request does not make.
    pub async fn payload(&self, request: &KvPayloadRequest<'_>) -> Result<IssuedKvPayload, ClientError> {
        let issued: IssuedKvPayload = self.transport.post("/v1/kv/payload", request).await?;
        issued.check(request)?;
        Ok(issued)
    }

    /// `POST /v1/kv`: appends a link to a KVChain.
    ///
    /// Submitting the same once more is harmless: the answer is the first one's, with `replayed` set.
    ///
    /// # Errors
    /// [`ClientError`]; `chain_conflict` when another link was appended since the payload was made.
    pub async fn submit(&self, submission: &KvSubmission<'_>) -> Result<KvSubmitted, ClientError> {
        self.transport.post("/v1/kv", submission).await
    }

    /// `GET /v1/events`: what happens, as it happens, after the id `after`; 0 for everything from the first on, none from now
    /// on.
    ///
    /// # Errors
    /// [`ClientError`]; `stale_cursor` when the service has no such id yet, since its database is another one.
    pub async fn events(
        &self,
        after: Option<i64>,
        filter: &EventFilter,
    ) -> Result<EventReader<KvLink>, ClientError> {
        EventReader::open(&self.transport, after, filter).await
    }

    /// `GET /v1/avatar/{key}/export`: the whole chain of an Avatar, which may be empty.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn export(&self, avatar: &Avatar) -> Result<ExportLines, ClientError> {
        ExportLines::open(&self.transport, avatar).await
    }

    /// `GET /v1/kvchain`: a page of an Avatar's links, oldest first.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn chain_page(&self, avatar: &Avatar, page: i64) -> Result<KvPage, ClientError> {
        let (avatar, page) = (avatar.to_hex(), page.to_string());
        self.transport.get("/v1/kvchain", &[("avatar", avatar.as_str()), ("page", page.as_str())]).await
    }
}

/// The body of `POST /v1/kv/payload`.
#[derive(Debug, Clone, Copy)]
pub struct KvPayloadRequest<'a> {
    /// Whose chain.
    pub avatar: &'a Avatar,
    /// Which namespace: a binding of the Avatar, or the Avatar itself on the platform `nextid`.
    pub identity: &'a Identity,
    /// The RFC 7396 merge patch.
    pub patch: &'a Map<String, Value>,
}

impl Serialize for KvPayloadRequest<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(4))?;
        map.serialize_entry("avatar", &self.avatar.to_hex())?;
        map.serialize_entry("platform", self.identity.platform().as_str())?;
        map.serialize_entry("identity", self.identity.as_str())?;
        map.serialize_entry("patch", self.patch)?;
        map.end()
    }
}

/// The body of `POST /v1/kv`.
#[derive(Debug, Clone, Copy)]
pub struct KvSubmission<'a> {
    /// What the payload was asked for with.
    pub request: KvPayloadRequest<'a>,
    /// The signed uuid, as it was issued.
    pub uuid: &'a str,
    /// The signed second, as it was issued.
    pub created_at: i64,
    /// The Avatar's signature in base64.
    pub signature: &'a str,
}

impl Serialize for KvSubmission<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let KvPayloadRequest { avatar, identity, patch } = self.request;
        let mut map = serializer.serialize_map(Some(7))?;
        map.serialize_entry("avatar", &avatar.to_hex())?;
        map.serialize_entry("platform", identity.platform().as_str())?;
        map.serialize_entry("identity", identity.as_str())?;
        map.serialize_entry("signature", self.signature)?;
        map.serialize_entry("uuid", self.uuid)?;
        map.serialize_entry("created_at", &self.created_at)?;
        map.serialize_entry("patch", patch)?;
        map.end()
    }
}

/// The answer of `GET /healthz`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KvHealth {
    /// `kv server`.
    pub hello: String,
}

/// The answer of `POST /v1/kv/payload`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct IssuedKvPayload {
    /// To be submitted with the signature.
    pub uuid: String,
    /// The string to sign.
    pub sign_payload: String,
    /// To be submitted with the signature: seconds since 1970.
    pub created_at: i64,
}

impl IssuedKvPayload {
    /// The signature of the chain's head in base64, which the payload points at; none for a chain without links.
    pub fn previous(&self) -> Option<String> {
        let payload: Value = serde_json::from_str(&self.sign_payload).ok()?;
        payload.get("previous")?.as_str().map(str::to_owned)
    }

    /// Checks that the string to sign is what `request` makes with the issued uuid, second and head: a service must not
    /// get a signature over anything else.
    ///
    /// # Errors
    /// [`ClientError::PayloadDiffers`].
    pub fn check(&self, request: &KvPayloadRequest<'_>) -> Result<(), ClientError> {
        let rebuilt = self.rebuild(request).unwrap_or_default();
        if rebuilt == self.sign_payload {
            return Ok(());
        }
        Err(ClientError::PayloadDiffers { found: self.sign_payload.clone(), rebuilt })
    }

    fn rebuild(&self, request: &KvPayloadRequest<'_>) -> Option<String> {
        let payload = KvPayload {
            form: KvPayloadForm::Avatar,
            avatar: request.avatar,
            platform: request.identity.platform(),
            identity: request.identity.as_str(),
            uuid: LinkUuid::parse(&self.uuid).ok()?,
            created_at: CreatedAt::from_seconds(self.created_at).ok()?,
            patch: &CanonicalJson::of(&Value::Object(request.patch.clone())),
            previous: self.previous().as_deref(),
        }
        .to_string();
        Some(payload)
    }
}

/// All that an Avatar published.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct KvContent {
    /// `0x` and 130 hexadecimal digits.
    pub avatar: String,
    /// One for each identity that something was published under.
    pub proofs: Vec<Namespace>,
}

/// The answer of `GET /v1/kvchain`.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct KvPage {
    /// Where in the chain the page is.
    pub pagination: Pagination,
    /// The links, ascending by `seq`.
    pub kv_chain: Vec<KvLink>,
}

/// What an Avatar published under one identity.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Namespace {
    /// Where the identity lives; `nextid` is the Avatar itself.
    pub platform: String,
    /// The identity.
    pub identity: String,
    /// What is published.
    pub content: Value,
    /// False where the identity is not bound to the Avatar any more.
    #[serde(default = "is_bound")]
    pub bound: bool,
}

fn is_bound() -> bool {
    true
}

/// What one Avatar published under an identity.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct IdentityContent {
    /// `0x` and 130 hexadecimal digits.
    pub avatar: String,
    /// What is published.
    pub content: Value,
}

/// The answer of `POST /v1/kv`.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct KvSubmitted {
    /// All that the Avatar published, after the write.
    #[serde(flatten)]
    pub content: KvContent,
    /// The link as it is stored. Services of the field answer without.
    #[serde(default)]
    pub link: Option<KvLink>,
    /// Whether it had been accepted before.
    #[serde(default)]
    pub replayed: bool,
}

#[cfg(test)]
mod tests {
    use nextid_core::{Platform, SecretKey};
    use serde_json::json;

    use super::*;

    const UUID: &str = "9e4a1f0c-1b0e-4f6e-9d3d-2a3f6a6d5c10";

    fn check(sign_payload: impl FnOnce(&str) -> String) -> Result<(), ClientError> {
        let avatar = SecretKey::from_bytes(&[7; 32]).unwrap().avatar();
        let identity = Identity::parse(Platform::Nextid, &avatar.to_hex()).unwrap();
        let patch = json!({"b": 1, "a": {"c": null}});
        let request =
            KvPayloadRequest { avatar: &avatar, identity: &identity, patch: patch.as_object().unwrap() };
        let genuine = format!(
            r#"{{"version":"1","uuid":"{UUID}","avatar":"{}","platform":"nextid","identity":"{avatar}","patch":{{"a":{{"c":null}},"b":1}},"created_at":1650000000,"previous":"c2ln"}}"#,
            avatar.to_uncompressed_hex().trim_start_matches("0x"),
        );
        let issued = IssuedKvPayload {
            uuid: UUID.to_owned(),
            sign_payload: sign_payload(&genuine),
            created_at: 1_650_000_000,
        };
        assert!(issued.sign_payload != genuine || issued.previous().as_deref() == Some("c2ln"));
        issued.check(&request)
    }

    #[test]
    fn what_the_request_makes_may_be_signed() {
        check(str::to_owned).unwrap();
    }

    #[test]
    fn nothing_else_is_signed() {
        for (from, to) in
            [(r#""b":1"#, r#""b":2"#), ("nextid", "github"), ("1650000000", "1650000001"), ("{", "[")]
        {
            let error = check(|genuine| genuine.replacen(from, to, 1)).unwrap_err();
            assert!(matches!(error, ClientError::PayloadDiffers { .. }), "{from}: {error}");
        }
    }

    #[test]
    fn a_submit_may_be_answered_with_the_content_alone() {
        let answer: KvSubmitted = serde_json::from_value(json!({
            "persona": "0x04", "avatar": "0x04",
            "proofs": [{"platform": "nextid", "identity": "0x02", "content": {"a": 1}}],
        }))
        .unwrap();
        assert_eq!((answer.link, answer.replayed), (None, false));
        assert!(answer.content.proofs[0].bound);
    }
}
