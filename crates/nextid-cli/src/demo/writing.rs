//! The fourth flow: data is written.

use nextid_client::KvSubmitted;
use nextid_core::Identity;
use serde_json::{Map, Value, json};

use super::narrator::Narrator;
use super::{Cast, Services};
use crate::error::CliError;
use crate::flow::write_kv;

/// What was written.
pub struct Written {
    /// The Avatar's signature over the last patch: that of the chain's head.
    pub last_signature: String,
}

/// Writes twice under `namespace`: something, and then a change of it.
pub async fn write(
    narrator: &Narrator<'_>,
    services: &Services,
    cast: &Cast,
    namespace: &Identity,
) -> Result<Written, CliError> {
    narrator.title(&format!("4. Write data under {}:{namespace}", namespace.platform()));
    narrator.text(
        "kv-service asks proof-service whether the identity is bound to the Avatar, and takes a JSON merge patch (RFC 7396) \
         that the Avatar signed. The second patch changes one value and, with null, removes another.",
    );
    let mut last_signature = String::new();
    for patch in [
        json!({"com.example": {"theme": "dark", "draft": true}}),
        json!({"com.example": {"theme": "light", "draft": null}}),
    ] {
        let patch: Map<String, Value> = patch.as_object().cloned().unwrap_or_default();
        let written = write_kv(narrator.ui(), &services.kv, &cast.avatar, namespace, &patch).await?;
        let content = content_of(&written.submitted, namespace);
        narrator.field("String to sign", &written.issued.sign_payload);
        narrator.field("Signed by the Avatar", &written.signature);
        narrator.field("Published now", &content.to_string());
        narrator.step(&json!({
            "step": "write", "platform": namespace.platform(), "identity": namespace.as_str(), "patch": patch,
            "sign_payload": written.issued.sign_payload, "signature": written.signature, "content": content,
            "link": written.submitted.link,
        }));
        last_signature = written.signature;
    }
    narrator.proves(
        "what is published was written by whoever holds the Avatar's key, in this order, and by nobody else: not even \
         kv-service can put a word into it.",
    );
    Ok(Written { last_signature })
}

/// What is published under an identity, as far as an answer tells.
fn content_of<'a>(submitted: &'a KvSubmitted, namespace: &Identity) -> &'a Value {
    let found = submitted.content.proofs.iter().find(|found| {
        found.platform == namespace.platform().as_str()
            && Identity::parse(namespace.platform(), &found.identity)
                .is_ok_and(|identity| identity == *namespace)
    });
    found.map_or(&Value::Null, |found| &found.content)
}
