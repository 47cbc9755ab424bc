//! The account, name or address that is bound, normalised by its platform's rules.

mod domain;
mod rules;
mod social;
pub mod steam_id;

use std::fmt;

use thiserror::Error;

use crate::platform::Platform;

/// Bytes that an identity may have at most.
pub const MAX_BYTES: usize = 1024;

/// An identity that its platform can have.
///
/// Two spellings of the same account normalise to the same text, which is what is signed, stored and compared.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Identity {
    platform: Platform,
    normalized: String,
    shown: String,
}

/// Why a text cannot be an identity on its platform.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{expected}")]
pub struct IdentityError {
    /// What the platform's identities look like.
    pub expected: &'static str,
}

impl Identity {
    /// Checks `text` by the rules of `platform` and normalises it.
    ///
    /// # Errors
    /// [`IdentityError`], which says what the platform's identities look like.
    pub fn parse(platform: Platform, text: &str) -> Result<Self, IdentityError> {
        const TOO_LONG: IdentityError = IdentityError { expected: "an identity has at most 1,024 bytes" };
        if text.len() > MAX_BYTES {
            return Err(TOO_LONG);
        }
        let shown = rules::strip_decoration(platform, text);
        let normalized = rules::normalize(platform, shown)?;
        // Some letters have more bytes in lower case.
        if normalized.len() > MAX_BYTES {
            return Err(TOO_LONG);
        }
        Ok(Self { platform, normalized, shown: shown.to_owned() })
    }

    /// Where the identity lives.
    pub fn platform(&self) -> Platform {
        self.platform
    }

    /// The normalised text: what is signed, stored and compared.
    pub fn as_str(&self) -> &str {
        &self.normalized
    }

    /// The text as the person wrote it, without a leading `@`: what a proof post shows.
    pub fn shown(&self) -> &str {
        &self.shown
    }

    /// Whether the platform has to be asked which identity this name stands for: a custom name of Steam.
    pub fn needs_resolving(&self) -> bool {
        self.platform == Platform::Steam && steam_id::SteamId::parse(&self.normalized).is_err()
    }

    /// What a search compares: letter case removed, except where it tells accounts apart.
    pub fn folded(&self) -> String {
        fold(self.platform, &self.normalized)
    }
}

impl fmt::Display for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.normalized)
    }
}

/// Removes letter case from `text`, except on platforms where it tells accounts apart.
pub fn fold(platform: Platform, text: &str) -> String {
    if platform.is_case_sensitive() { text.to_owned() } else { text.to_lowercase() }
}
