//! The recorded vectors, and the requests that they make.

use nextid_core::payload::ProofPayload;
use nextid_core::post_text::{PostInput, post_content};
use nextid_core::{Avatar, Identity, LinkUuid, Platform};
use serde_json::{Value, json};

use super::Post;

/// One object of a file of vectors.
#[derive(Debug, Clone)]
pub struct Vector(pub Value);

/// `vectors.json`, of one kind: published keys, payloads, signatures and exchanges.
pub fn published(kind: &str) -> Vec<Vector> {
    let all = list(&parse(include_str!("../../../../nextid-core/tests/vectors/vectors.json")));
    all.into_iter().filter(|vector| vector.text("kind") == kind).collect()
}

/// `synthetic.json`: made for the platforms where nothing real is published.
pub fn synthetic() -> Vec<Vector> {
    list(&parse(include_str!("../../../../nextid-core/tests/vectors/synthetic.json"))["vectors"])
}

/// `rejected.json`: what must not verify.
pub fn rejected() -> Vec<Vector> {
    list(&parse(include_str!("../../../../nextid-core/tests/vectors/rejected.json")))
}

fn parse(text: &str) -> Value {
    serde_json::from_str(text).expect("a file of vectors is JSON")
}

fn list(value: &Value) -> Vec<Vector> {
    value.as_array().expect("vectors are a list").iter().cloned().map(Vector).collect()
}

impl Vector {
    /// Its name.
    pub fn id(&self) -> &str {
        self.text("id")
    }

    /// A text that has to be there.
    pub fn text(&self, field: &str) -> &str {
        self.optional(field).unwrap_or_else(|| panic!("{} has no text {field}", self.0["id"]))
    }

    /// A text that may be null or absent.
    pub fn optional(&self, field: &str) -> Option<&str> {
        self.0[field].as_str()
    }

    /// The same with another text.
    pub fn with(&self, field: &str, text: impl Into<String>) -> Self {
        let mut changed = self.clone();
        changed.0[field] = Value::from(text.into());
        changed
    }

    /// The Avatar, in whichever field it is.
    pub fn avatar(&self) -> Avatar {
        let fields = ["public_key_compressed", "avatar_public_key_compressed", "public_key"];
        let text = fields.iter().find_map(|field| self.optional(field));
        Avatar::parse(text.unwrap_or_else(|| panic!("{} has no key", self.id()))).expect("a key")
    }

    /// Where it is.
    pub fn platform(&self) -> Platform {
        self.optional("platform").unwrap_or("twitter").parse().expect("a platform")
    }

    /// What is bound or revoked.
    pub fn identity(&self) -> Identity {
        let requested = self.optional("identity_as_requested").unwrap_or_else(|| self.text("identity"));
        Identity::parse(self.platform(), requested).expect("an identity")
    }

    /// The string that was signed.
    pub fn sign_payload(&self) -> String {
        ProofPayload {
            action: self.optional("action").unwrap_or("create").parse().expect("an action"),
            avatar: &self.avatar(),
            platform: self.platform(),
            identity: self.identity().as_str(),
            created_at: self.text("created_at").parse().expect("a second"),
            uuid: LinkUuid::parse(self.text("uuid")).expect("a uuid"),
            prev: self.optional("prev"),
        }
        .to_string()
    }

    /// What was published: word for word where that is known, else the text that this service asks for, with the signature.
    pub fn post(&self) -> Post {
        let fixture = |path: &str| {
            assert_eq!(path, "fixtures/github_gist_file_nykma.json");
            include_str!("../../../../nextid-platforms/tests/fixtures/github_gist_file_nykma.json").to_owned()
        };
        let lines = self.0["post_text_lines"].as_array().map(|lines| {
            let lines: Vec<&str> = lines.iter().filter_map(Value::as_str).collect();
            lines.join("\n")
        });
        let text = self.optional("post_text").map(str::to_owned);
        let text = text.or(lines).or_else(|| self.optional("fixture").map(fixture));
        Post {
            identity: self.identity(),
            avatar: self.avatar(),
            text: text.unwrap_or_else(|| self.text_to_publish()),
        }
    }

    fn text_to_publish(&self) -> String {
        let (avatar, identity) = (self.avatar(), self.identity());
        let texts = post_content(&PostInput {
            action: nextid_core::Action::Create,
            avatar: &avatar,
            identity: &identity,
            uuid: LinkUuid::parse(self.text("uuid")).expect("a uuid"),
            created_at: self.text("created_at").parse().expect("a second"),
            prev: self.optional("prev"),
            sign_payload: &self.sign_payload(),
        });
        texts["default"]
            .replace("%SIG_BASE64%", self.text("signature_base64"))
            .replace("%COMPRESSED_PERSONA_PUBKEY_HEX%", &avatar.to_hex())
    }

    /// The request that submits it, with its proof at this place.
    pub fn request(&self, location: &str) -> Value {
        let requested = self.optional("identity_as_requested").unwrap_or_else(|| self.text("identity"));
        json!({
            "action": self.optional("action").unwrap_or("create"), "platform": self.platform(), "identity": requested,
            "public_key": self.avatar().to_hex(), "proof_location": location, "extra": self.0["extra"],
            "uuid": self.0["uuid"], "created_at": self.0["created_at"],
        })
    }
}
