//! `/v1/subkey`: one file per verb. On these endpoints `public_key` is the subkey, not the Avatar.

pub mod create;
pub mod delete;
mod fields;
pub mod list;
pub mod payload;

use nextid_service::http::{ApiError, ErrorCode};
use serde::Serialize;
use utoipa::ToSchema;

use super::errors::not_fresh;
use crate::app::App;
use crate::subkeys::{SubkeyError, Subkeys};

/// What was signed, and is now stored.
#[derive(Debug, Serialize, ToSchema)]
pub struct SubkeySignedResponse {
    /// The exact string that was signed.
    #[schema(
        example = "{\"avatar\":\"02e3511304b78237a0c2a66c7aae5be20cd9104d1b452161529bb3a23cccbf55c9\",\"algorithm\":\"es256\",\"public_key\":\"0x6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c2964fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5\",\"rp_id\":\"example.com\"}"
    )]
    sign_payload: String,
}

impl App {
    /// Certifies and revokes subkeys.
    fn subkeys(&self) -> Subkeys<'_> {
        Subkeys {
            store: &self.submitter.store,
            freshness: self.submitter.freshness,
            limit: self.limits.subkeys,
        }
    }
}

impl From<SubkeyError> for ApiError {
    fn from(error: SubkeyError) -> Self {
        let message = error.to_string();
        match error {
            SubkeyError::Signature(_) => Self::new(ErrorCode::BadSignature, message).field("signature"),
            SubkeyError::NotFresh(error) => not_fresh(&error),
            SubkeyError::Exists => Self::new(ErrorCode::SubkeyExists, message).field("public_key"),
            SubkeyError::Revoked => Self::new(ErrorCode::SubkeyRevoked, message).field("public_key"),
            SubkeyError::TooMany { limit } => Self::new(ErrorCode::TooManySubkeys, message).expected(limit),
            SubkeyError::Unknown => Self::new(ErrorCode::NotFound, message).field("public_key"),
            SubkeyError::OtherRpId { expected } => {
                Self::new(ErrorCode::BadField, message).field("rp_id").expected(expected)
            }
            SubkeyError::Db(error) => error.into(),
        }
    }
}
