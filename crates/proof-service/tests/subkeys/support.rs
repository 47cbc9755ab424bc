//! What the tests share: a running service, and a subkey from payload to signature.

#[path = "../it/support/app.rs"]
#[expect(dead_code, reason = "the other tests start services with platforms")]
mod app;
#[path = "../it/support/described.rs"]
mod described;
#[path = "../it/support/schema.rs"]
mod schema;

use http::Method;
use nextid_core::SecretKey;
use nextid_core::payload::{SubkeyAlgorithm, SubkeyCreatePayload, SubkeyDeletePayload};
use nextid_testkit::http::Answer;
use nextid_testkit::keys::key;
use serde_json::{Value, json};

pub use app::{App, Setup};

/// The generator of P-256, X then Y (SEC 2, 2.4.2): a passkey's key.
pub const P256: &str = "6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296\
                        4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5";

/// A subkey as a client names it.
#[derive(Debug, Clone)]
pub struct Subkey {
    /// Who certifies.
    pub owner: SecretKey,
    /// Its algorithm.
    pub algorithm: SubkeyAlgorithm,
    /// In any spelling.
    pub public_key: String,
    /// The relying party.
    pub rp_id: String,
}

impl Subkey {
    /// A passkey.
    pub fn passkey(owner: &str) -> Self {
        Self {
            owner: key(owner),
            algorithm: SubkeyAlgorithm::Es256,
            public_key: format!("0x{P256}"),
            rp_id: "example.com".to_owned(),
        }
    }

    /// The secp256k1 key of a label.
    pub fn secp256k1(owner: &str, label: &str) -> Self {
        Self {
            algorithm: SubkeyAlgorithm::Secp256k1,
            public_key: key(label).avatar().to_hex(),
            ..Self::passkey(owner)
        }
    }

    /// The same in another spelling.
    pub fn spelled(&self, public_key: impl Into<String>) -> Self {
        Self { public_key: public_key.into(), ..self.clone() }
    }

    /// The fields of every request.
    pub fn body(&self) -> Value {
        json!({
            "avatar": self.owner.avatar().to_hex(), "algorithm": self.algorithm,
            "public_key": self.public_key, "rp_id": self.rp_id,
        })
    }

    /// The string that certifies it, made without the service.
    pub fn create_payload(&self) -> String {
        self.certificate(&self.owner.avatar()).to_string()
    }

    /// The body that certifies it, signed.
    pub fn create_body(&self) -> Value {
        let mut body = self.body();
        body["signature"] = self.sign(&self.create_payload()).into();
        body["name"] = "my phone".into();
        body
    }

    /// The body that revokes it, signed, at this second.
    pub fn delete_body(&self, created_at: i64) -> Value {
        let uuid = "353449e6-3a6f-4ac8-ae65-ba14bf466baf";
        let avatar = self.owner.avatar();
        let payload = SubkeyDeletePayload {
            subkey: self.certificate(&avatar),
            created_at: created_at.to_string().parse().expect("a second"),
            uuid: nextid_core::LinkUuid::parse(uuid).expect("a uuid"),
        };
        let mut body = self.body();
        body["signature"] = self.sign(&payload.to_string()).into();
        body["uuid"] = uuid.into();
        body["created_at"] = created_at.to_string().into();
        body
    }

    /// The owner's signature over a text.
    pub fn sign(&self, text: &str) -> String {
        self.owner.personal_sign(text.as_bytes()).to_base64()
    }

    fn certificate<'a>(&'a self, avatar: &'a nextid_core::Avatar) -> SubkeyCreatePayload<'a> {
        SubkeyCreatePayload {
            avatar,
            algorithm: self.algorithm,
            public_key: &self.public_key,
            rp_id: &self.rp_id,
        }
    }
}

impl App {
    /// Certifies.
    pub async fn certify(&self, subkey: &Subkey) -> Answer {
        self.post("/v1/subkey", &subkey.create_body()).await
    }

    /// Revokes with this body.
    pub async fn revoke(&self, body: &Value) -> Answer {
        self.send(Method::DELETE, "/v1/subkey", &[], body.to_string()).await
    }

    /// Revokes now.
    pub async fn revoke_now(&self, subkey: &Subkey) -> Answer {
        self.revoke(&subkey.delete_body(now())).await
    }

    /// The subkeys that this query finds.
    pub async fn subkeys(&self, query: &str) -> Vec<Value> {
        self.read(&format!("/v1/subkey?{query}")).await["subkeys"].as_array().expect("a list").clone()
    }
}

/// The clock's second.
pub fn now() -> i64 {
    nextid_service::boot::now().seconds()
}
