//! The recorded vectors, and how a test reads their fields.

use nextid_core::{Avatar, Platform, Signature};
use serde_json::Value;

use super::unhex;

/// One object of a file of vectors.
#[derive(Clone)]
pub struct Vector(pub Value);

/// `vectors.json`: published keys, payloads, signatures and live exchanges.
pub fn published() -> Vec<Vector> {
    list(&parse(include_str!("../../vectors/vectors.json")))
}

/// `rejected.json`: what must not verify.
pub fn rejected() -> Vec<Vector> {
    list(&parse(include_str!("../../vectors/rejected.json")))
}

/// `synthetic.json`: made for the platforms where nothing real is published.
pub fn synthetic() -> Vec<Vector> {
    list(&parse(include_str!("../../vectors/synthetic.json"))["vectors"])
}

/// `templates.json`: the post texts.
pub fn templates() -> Value {
    parse(include_str!("../../vectors/templates.json"))
}

/// `base1024.json`: the alphabet and what the field's encoder was seen to do.
pub fn base1024() -> Value {
    parse(include_str!("../../vectors/base1024.json"))
}

/// The platforms that the field's own servers have, which is what the files are about.
pub fn of_the_field() -> impl Iterator<Item = Platform> {
    use Platform::{Bluesky, Farcaster, Nostr, Website};
    Platform::ALL
        .iter()
        .copied()
        .filter(|platform| !matches!(platform, Nostr | Bluesky | Farcaster | Website))
}

fn parse(text: &str) -> Value {
    serde_json::from_str(text).expect("a file of vectors is JSON")
}

fn list(value: &Value) -> Vec<Vector> {
    value.as_array().expect("vectors are a list").iter().cloned().map(Vector).collect()
}

impl Vector {
    pub fn id(&self) -> &str {
        self.text("id")
    }

    /// A text that has to be there.
    pub fn text(&self, field: &str) -> &str {
        self.optional(field).unwrap_or_else(|| panic!("{} has no text {field}", self.0["id"]))
    }

    /// A text that may be null or absent.
    pub fn optional(&self, field: &str) -> Option<&str> {
        self.0.get(field).and_then(Value::as_str)
    }

    pub fn hex(&self, field: &str) -> Vec<u8> {
        unhex(self.text(field))
    }

    pub fn avatar(&self, field: &str) -> Avatar {
        Avatar::parse(self.text(field)).unwrap_or_else(|error| panic!("{}: {field}: {error}", self.id()))
    }

    /// An object inside, read in the same way.
    pub fn inner(&self, field: &str) -> Vector {
        let mut inner = self.0[field].clone();
        inner["id"] = Value::from(format!("{}.{field}", self.id()));
        Vector(inner)
    }

    pub fn list(&self, field: &str) -> Vec<Value> {
        self.0[field].as_array().unwrap_or_else(|| panic!("{} has no list {field}", self.id())).clone()
    }
}

/// A signature in base64 as proof-service reads it.
pub fn signature(text: &str) -> Signature {
    let bytes = nextid_core::signature_text::decode_base64_proof(text).expect("base64");
    Signature::from_slice(&bytes).expect("a signature")
}
