//! The fields that requests about subkeys have.

use std::fmt::Display;

use nextid_core::payload::SubkeyAlgorithm;
use nextid_core::subkey::SubkeyPublicKey;
use nextid_core::{Avatar, Signature, signature_text};
use nextid_service::http::fields::{self, AvatarFields};
use nextid_service::http::{ApiError, ErrorCode};

use crate::subkeys::Subkey;

/// The fields that name a subkey.
pub(super) struct SubkeyFields<'a> {
    pub(super) avatar: Option<&'a str>,
    pub(super) persona: Option<&'a str>,
    pub(super) algorithm: Option<&'a str>,
    pub(super) public_key: Option<&'a str>,
    pub(super) rp_id: Option<&'a str>,
}

impl SubkeyFields<'_> {
    /// `max_bytes` is how long `rp_id` may be.
    pub(super) fn parse(&self, max_bytes: usize) -> Result<Subkey, ApiError> {
        let avatar = avatar(self.avatar, self.persona)?;
        let (key, text) = key(self.algorithm, self.public_key)?;
        let rp_id = fields::required("rp_id", self.rp_id)?;
        check_text("rp_id", rp_id, max_bytes)?;
        Ok(Subkey { avatar, key, public_key_text: text.to_owned(), rp_id: rp_id.to_owned() })
    }
}

/// The Avatar.
pub(super) fn avatar(avatar: Option<&str>, persona: Option<&str>) -> Result<Avatar, ApiError> {
    AvatarFields { avatar, persona, public_key: None }.parse("avatar", Avatar::parse)
}

/// The subkey, and its text.
pub(super) fn key<'a>(
    algorithm: Option<&str>,
    public_key: Option<&'a str>,
) -> Result<(SubkeyPublicKey, &'a str), ApiError> {
    let algorithm: SubkeyAlgorithm = fields::required("algorithm", algorithm)?.parse().map_err(|error| {
        let known = [SubkeyAlgorithm::Es256, SubkeyAlgorithm::Secp256k1];
        ApiError::bad_field("algorithm", error).expected(known)
    })?;
    let text = fields::required("public_key", public_key)?;
    let key = SubkeyPublicKey::parse(algorithm, text).map_err(|error| {
        ApiError::new(ErrorCode::BadPublicKey, format!("public_key: {error}")).field("public_key")
    })?;
    Ok((key, text))
}

/// A text that people read: not too long, on one line.
pub(super) fn check_text(name: &str, text: &str, max_bytes: usize) -> Result<(), ApiError> {
    if text.len() > max_bytes {
        return Err(ApiError::bad_field(name, format_args!("at most {max_bytes} bytes")));
    }
    if text.chars().any(char::is_control) {
        return Err(ApiError::bad_field(name, "no control characters"));
    }
    Ok(())
}

/// The Avatar's signature, in base64.
pub(super) fn signature(text: Option<&str>) -> Result<Signature, ApiError> {
    let refuse = |why: &dyn Display| {
        ApiError::new(ErrorCode::BadSignatureEncoding, format!("signature: {why}")).field("signature")
    };
    let text = fields::required("signature", text)?;
    let bytes = signature_text::decode_base64_proof(text).map_err(|error| refuse(&error))?;
    Signature::from_slice(&bytes).map_err(|error| refuse(&error))
}
