//! What a new link points at.

use nextid_core::signature_text::encode_base64;

use crate::store::Head;

/// The signature of the link before, as bytes and as it stands in the payload.
#[derive(Debug, Clone)]
pub(super) struct Prev {
    signature: Option<(Vec<u8>, String)>,
}

impl Prev {
    pub(super) fn none() -> Self {
        Self { signature: None }
    }

    pub(super) fn of(signature: Vec<u8>) -> Self {
        let text = encode_base64(&signature);
        Self { signature: Some((signature, text)) }
    }

    pub(super) fn after(head: Option<&Head>) -> Self {
        head.map_or_else(Self::none, |head| Self::of(head.signature.clone()))
    }

    pub(super) fn as_base64(&self) -> Option<&str> {
        self.signature.as_ref().map(|(_, text)| text.as_str())
    }

    pub(super) fn into_bytes(self) -> Option<Vec<u8>> {
        self.signature.map(|(bytes, _)| bytes)
    }
}
