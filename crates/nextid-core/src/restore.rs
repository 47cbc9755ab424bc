//! Which Avatar a published signature stands for.
//!
//! A proof post holds the signature and most of what was signed, but not the key. Where the payload does not name the key
//! either, it can be rebuilt, and the key recovered from it. Any well-formed signature stands for some key over any text:
//! one field that is not as it was signed gives another key, not an error.

use thiserror::Error;

use crate::action::Action;
use crate::avatar::Avatar;
use crate::created_at::CreatedAt;
use crate::identity::Identity;
use crate::link_uuid::LinkUuid;
use crate::payload::proof;
use crate::platform::Platform;
use crate::signature::{Signature, SignatureError};

/// What was signed, and the signature; not by whom.
#[derive(Debug, Clone, Copy)]
pub struct PublishedProof<'a> {
    /// Binding or revoking.
    pub action: Action,
    /// What was bound or revoked.
    pub identity: &'a Identity,
    /// The signed second.
    pub created_at: CreatedAt,
    /// The signed uuid.
    pub uuid: LinkUuid,
    /// The signature of the link before; none for a chain's first link.
    pub previous: Option<Signature>,
    /// The signature.
    pub signature: Signature,
}

/// Why no key can be told from a signature.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum RestoreError {
    /// The payload names the key that is asked for.
    #[error("on {0} the signed text names the Avatar, so that it cannot be rebuilt without knowing it")]
    NamesAvatar(Platform),
    /// The identity is a name that stands for the one that was signed.
    #[error("this name stands for another identity, and that one was signed")]
    NotTheSignedIdentity,
    /// r, s and v belong to no key.
    #[error(transparent)]
    Signature(#[from] SignatureError),
}

impl PublishedProof<'_> {
    /// The Avatar that made the signature, provided that every field is as it was signed.
    ///
    /// # Errors
    /// [`RestoreError`].
    pub fn avatar(&self) -> Result<Avatar, RestoreError> {
        let platform = self.identity.platform();
        let previous = self.previous.map(|previous| previous.to_base64());
        let payload = proof::without_avatar(
            self.action,
            platform,
            self.identity.as_str(),
            self.created_at,
            self.uuid,
            previous.as_deref(),
        )
        .ok_or(RestoreError::NamesAvatar(platform))?;
        if self.identity.needs_resolving() {
            return Err(RestoreError::NotTheSignedIdentity);
        }
        Ok(self.signature.recover(payload.as_bytes())?)
    }
}

/// What a tweet says beside its first line, as texts.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct TweetFields<'a> {
    /// What stands after `Sig: `.
    pub signature: Option<&'a str>,
    /// What stands after `Misc: `, or in Chinese after `其它信息: `.
    pub misc: Option<Misc<'a>>,
}

/// What of a link stands in a tweet, as texts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Misc<'a> {
    /// The uuid.
    pub uuid: &'a str,
    /// The second; decimal digits.
    pub created_at: &'a str,
    /// The signature of the link before, in base64; none for a chain's first link.
    pub previous: Option<&'a str>,
}

impl<'a> TweetFields<'a> {
    /// Reads the text of a tweet, made after the template of any language. Of several lines of one kind the last counts,
    /// as on the field's servers; lines that only begin like one do not.
    pub fn read(post: &'a str) -> Self {
        let mut fields = Self::default();
        for line in post.lines().map(str::trim_end) {
            if let Some(signature) = line.strip_prefix("Sig: ").filter(|rest| !rest.is_empty()) {
                fields.signature = Some(signature);
            }
            let misc = ["Misc: ", "其它信息: "].iter().find_map(|label| line.strip_prefix(label));
            if let Some(misc) = misc.and_then(Misc::read) {
                fields.misc = Some(misc);
            }
        }
        fields
    }
}

impl<'a> Misc<'a> {
    fn read(text: &'a str) -> Option<Self> {
        let mut parts = text.splitn(3, '|');
        let (uuid, created_at, previous) = (parts.next()?, parts.next()?, parts.next()?);
        let digits = !created_at.is_empty() && created_at.bytes().all(|byte| byte.is_ascii_digit());
        (digits && !uuid.is_empty()).then_some(Self {
            uuid,
            created_at,
            previous: Some(previous).filter(|text| !text.is_empty()),
        })
    }
}
