//! Somebody who holds an Avatar's key.

use nextid_core::{Avatar, SecretKey};
use nextid_testkit::keys::key;
use serde_json::{Value, json};

use super::Kv;

pub struct Person {
    key: SecretKey,
}

/// A payload that was asked for, to be signed and submitted.
#[derive(Clone, Debug)]
pub struct Draft {
    /// The body of the submit without its signature.
    pub body: Value,
    pub sign_payload: String,
}

impl Person {
    pub fn new(label: &str) -> Self {
        Self { key: key(label) }
    }

    pub fn avatar(&self) -> Avatar {
        self.key.avatar()
    }

    /// Compressed.
    pub fn hex(&self) -> String {
        self.avatar().to_hex()
    }

    /// In base64.
    pub fn sign(&self, text: &str) -> String {
        self.key.personal_sign(text.as_bytes()).to_base64()
    }

    /// Asks what is to be signed.
    pub async fn draft(&self, kv: &Kv, platform: &str, identity: &str, patch: Value) -> Draft {
        let mut body =
            json!({"avatar": self.hex(), "platform": platform, "identity": identity, "patch": patch});
        let issued = kv.payload(&body).await.expect_status(200).json();
        body["uuid"] = issued["uuid"].clone();
        body["created_at"] = issued["created_at"].clone();
        Draft { body, sign_payload: issued["sign_payload"].as_str().unwrap().to_owned() }
    }

    /// As [`Person::draft`], under the own key.
    pub async fn own_draft(&self, kv: &Kv, patch: Value) -> Draft {
        self.draft(kv, "nextid", &self.hex(), patch).await
    }

    /// The body of a submit.
    pub fn signed(&self, draft: &Draft) -> Value {
        let mut body = draft.body.clone();
        body["signature"] = self.sign(&draft.sign_payload).into();
        body
    }

    /// All three steps; the answer's body.
    pub async fn write(&self, kv: &Kv, platform: &str, identity: &str, patch: Value) -> Value {
        let draft = self.draft(kv, platform, identity, patch).await;
        kv.submit(&self.signed(&draft)).await.expect_status(201).json()
    }

    /// As [`Person::write`], under the own key.
    pub async fn own_write(&self, kv: &Kv, patch: Value) -> Value {
        self.write(kv, "nextid", &self.hex(), patch).await
    }
}
