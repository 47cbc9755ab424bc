//! A request to submit, from the payload to the signatures.

use nextid_core::payload::ProofPayload;
use nextid_core::{Action, Avatar, CreatedAt, EthAddress, Identity, LinkUuid, Platform, SecretKey};
use nextid_testkit::keys::SolanaWallet;
use serde_json::{Value, json};

/// The address of a key that is used as an Ethereum wallet.
pub fn address_of(wallet: &SecretKey) -> String {
    EthAddress::of(&wallet.avatar()).to_string()
}

/// The body of a submit, with what has to be signed for it.
#[derive(Debug, Clone)]
pub struct Draft {
    /// What is sent.
    pub body: Value,
    /// What is signed.
    pub sign_payload: String,
    /// The text to publish, with its placeholder.
    pub post_content: String,
    key: SecretKey,
}

/// What a payload says, where a test makes it by itself.
#[derive(Debug, Clone, Copy)]
pub struct Terms<'a> {
    /// `create` or `delete`.
    pub action: &'a str,
    /// Where the identity lives.
    pub platform: &'a str,
    /// As it is requested.
    pub identity: &'a str,
    /// Seconds since 1970.
    pub created_at: i64,
    /// Any spelling.
    pub uuid: &'a str,
    /// The signature of the head.
    pub prev: Option<&'a str>,
}

impl Terms<'_> {
    /// The exact string to sign.
    pub fn sign_payload(&self, avatar: &Avatar) -> String {
        let platform: Platform = self.platform.parse().expect("a platform");
        let identity = Identity::parse(platform, self.identity).expect("an identity");
        ProofPayload {
            action: self.action.parse::<Action>().expect("an action"),
            avatar,
            platform,
            identity: identity.as_str(),
            created_at: CreatedAt::from_seconds(self.created_at).expect("a date"),
            uuid: LinkUuid::parse(self.uuid).expect("a uuid"),
            prev: self.prev,
        }
        .to_string()
    }
}

impl Draft {
    /// Of the payload endpoint's answer.
    pub fn of_payload(
        key: &SecretKey,
        action: &str,
        platform: &str,
        identity: &str,
        payload: &Value,
    ) -> Self {
        let text = |name: &str| payload[name].as_str().expect("a text").to_owned();
        Self {
            body: json!({
                "action": action, "platform": platform, "identity": identity,
                "public_key": key.avatar().to_hex(), "proof_location": "", "extra": {},
                "uuid": text("uuid"), "created_at": text("created_at"),
            }),
            sign_payload: text("sign_payload"),
            post_content: payload["post_content"]["default"].as_str().expect("a text").to_owned(),
            key: key.clone(),
        }
    }

    /// Made without the service: core builds the payload.
    pub fn offline(key: &SecretKey, terms: Terms<'_>) -> Self {
        let sign_payload = terms.sign_payload(&key.avatar());
        let answer = json!({
            "sign_payload": sign_payload, "post_content": {"default": ""},
            "uuid": terms.uuid, "created_at": terms.created_at.to_string(),
        });
        Self::of_payload(key, terms.action, terms.platform, terms.identity, &answer)
    }

    /// The Avatar.
    pub fn avatar(&self) -> Avatar {
        self.key.avatar()
    }

    /// Signed by the Avatar.
    pub fn signed(self) -> Self {
        let key = self.key.clone();
        self.signed_by(&key)
    }

    /// Signed in the Avatar's place by this key.
    pub fn signed_by(self, key: &SecretKey) -> Self {
        let signature = key.personal_sign(self.sign_payload.as_bytes()).to_base64();
        self.extra("signature", signature)
    }

    /// Signed by an Ethereum wallet.
    pub fn by_wallet(self, wallet: &SecretKey) -> Self {
        let signature = wallet.personal_sign(self.sign_payload.as_bytes()).to_base64();
        self.extra("wallet_signature", signature)
    }

    /// Signed by a Solana wallet.
    pub fn by_solana(self, wallet: &SolanaWallet) -> Self {
        let signature = wallet.sign_base58(self.sign_payload.as_bytes());
        self.extra("wallet_signature", signature)
    }

    /// Signed by the Avatar that becomes, or was, an alias.
    pub fn by_target(self, target: &SecretKey) -> Self {
        let signature = target.personal_sign(self.sign_payload.as_bytes());
        self.extra("target_signature", hex::encode(signature.as_bytes()))
    }

    /// With the proof at this place.
    pub fn at(self, location: &str) -> Self {
        self.with("proof_location", location)
    }

    /// With this field of the body.
    pub fn with(mut self, field: &str, value: impl Into<Value>) -> Self {
        self.body[field] = value.into();
        self
    }

    /// Without this field of the body.
    pub fn without(mut self, field: &str) -> Self {
        self.body.as_object_mut().expect("an object").remove(field);
        self
    }

    /// With this field of `extra`.
    pub fn extra(mut self, field: &str, value: impl Into<Value>) -> Self {
        self.body["extra"][field] = value.into();
        self
    }

    /// A text of the body.
    pub fn text(&self, field: &str) -> String {
        self.body[field].as_str().expect("a text").to_owned()
    }

    /// The text to publish, with the Avatar's signature in it.
    pub fn post(&self) -> String {
        self.post_signed_by(&self.key)
    }

    /// The text to publish, with the signature of this key in it.
    pub fn post_signed_by(&self, key: &SecretKey) -> String {
        let signature = key.personal_sign(self.sign_payload.as_bytes()).to_base64();
        self.post_content.replace("%SIG_BASE64%", &signature)
    }
}
