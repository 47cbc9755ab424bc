//! Subkeys: further keys, such as the one of a passkey, that an Avatar certifies and revokes.
//!
//! A certificate has no date and no uuid, so that its signature is good for ever. Therefore a subkey is certified once: what
//! was revoked stays revoked, for every relying party.

use nextid_core::created_at::FreshnessError;
use nextid_core::payload::{SubkeyCreatePayload, SubkeyDeletePayload};
use nextid_core::signature::SignatureError;
use nextid_core::subkey::SubkeyPublicKey;
use nextid_core::{Avatar, CreatedAt, Freshness, LinkUuid, Signature};
use nextid_service::db::DbError;
use thiserror::Error;

use crate::store::Store;
use crate::store::subkeys::{AddOutcome, NewSubkey, Revocation, RevokeOutcome};

/// A subkey as a request names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subkey {
    /// Who certifies it.
    pub avatar: Avatar,
    /// The key.
    pub key: SubkeyPublicKey,
    /// The key as it was sent: the payloads repeat it.
    pub public_key_text: String,
    /// The relying party (WebAuthn): usually a domain.
    pub rp_id: String,
}

/// Why a certificate or a revocation is refused.
#[derive(Debug, Error)]
pub enum SubkeyError {
    /// Not the Avatar's signature over this payload.
    #[error("{0}")]
    Signature(SignatureError),
    /// Too old, or in the future.
    #[error(transparent)]
    NotFresh(#[from] FreshnessError),
    /// It is certified already.
    #[error("the Avatar has certified this subkey before")]
    Exists,
    /// It is revoked already, and stays so.
    #[error("the Avatar has revoked this subkey; a revoked subkey cannot be used again")]
    Revoked,
    /// The Avatar has as many subkeys as it may have.
    #[error("an Avatar has at most {limit} subkeys")]
    TooMany {
        /// How many that are.
        limit: usize,
    },
    /// There is nothing to revoke.
    #[error("the Avatar has not certified this subkey")]
    Unknown,
    /// The subkey is another relying party's.
    #[error("rp_id: the subkey was certified for another relying party")]
    OtherRpId {
        /// The one that it was certified for.
        expected: String,
    },
    /// The database.
    #[error(transparent)]
    Db(#[from] DbError),
}

impl Subkey {
    /// The exact string that certifies it.
    pub fn create_payload(&self) -> String {
        self.certificate().to_string()
    }

    /// The exact string that revokes it.
    pub fn delete_payload(&self, created_at: CreatedAt, uuid: LinkUuid) -> String {
        SubkeyDeletePayload { subkey: self.certificate(), created_at, uuid }.to_string()
    }

    fn certificate(&self) -> SubkeyCreatePayload<'_> {
        SubkeyCreatePayload {
            avatar: &self.avatar,
            algorithm: self.key.algorithm(),
            public_key: &self.public_key_text,
            rp_id: &self.rp_id,
        }
    }
}

/// Certifies and revokes.
#[derive(Debug, Clone, Copy)]
pub struct Subkeys<'a> {
    /// Where they are stored.
    pub store: &'a Store,
    /// How old a revocation may be.
    pub freshness: Freshness,
    /// How many subkeys of an Avatar may be in force.
    pub limit: usize,
}

impl Subkeys<'_> {
    /// Certifies a subkey, and returns the string that was signed.
    ///
    /// # Errors
    /// [`SubkeyError`]; nothing was changed then.
    pub async fn create(
        &self,
        subkey: Subkey,
        name: String,
        signature: Signature,
        now: CreatedAt,
    ) -> Result<String, SubkeyError> {
        let sign_payload = subkey.create_payload();
        signature.verify(&subkey.avatar, sign_payload.as_bytes()).map_err(SubkeyError::Signature)?;
        let new = NewSubkey {
            avatar: subkey.avatar,
            key: subkey.key,
            public_key_text: subkey.public_key_text,
            name,
            rp_id: subkey.rp_id,
            signature: signature.with_reduced_v().as_bytes().to_vec(),
            sign_payload: sign_payload.clone(),
            stored_at: now.seconds(),
        };
        match self.store.add_subkey(new, self.limit).await? {
            AddOutcome::Added => Ok(sign_payload),
            AddOutcome::Exists => Err(SubkeyError::Exists),
            AddOutcome::WasRevoked => Err(SubkeyError::Revoked),
            AddOutcome::TooMany => Err(SubkeyError::TooMany { limit: self.limit }),
        }
    }

    /// Revokes a subkey for good, and returns the string that was signed.
    ///
    /// # Errors
    /// [`SubkeyError`]; nothing was changed then.
    pub async fn delete(
        &self,
        subkey: Subkey,
        (created_at, uuid): (CreatedAt, LinkUuid),
        signature: Signature,
        now: CreatedAt,
    ) -> Result<String, SubkeyError> {
        self.freshness.check(created_at, now, None)?;
        let sign_payload = subkey.delete_payload(created_at, uuid);
        signature.verify(&subkey.avatar, sign_payload.as_bytes()).map_err(SubkeyError::Signature)?;
        let revocation = Revocation {
            avatar: subkey.avatar,
            key: subkey.key,
            rp_id: subkey.rp_id,
            signature: signature.with_reduced_v().as_bytes().to_vec(),
            sign_payload: sign_payload.clone(),
            revoked_at: now.seconds(),
        };
        match self.store.revoke_subkey(revocation).await? {
            RevokeOutcome::Revoked => Ok(sign_payload),
            RevokeOutcome::WasRevoked => Err(SubkeyError::Revoked),
            RevokeOutcome::Unknown => Err(SubkeyError::Unknown),
            RevokeOutcome::OtherRpId(expected) => Err(SubkeyError::OtherRpId { expected }),
        }
    }
}
