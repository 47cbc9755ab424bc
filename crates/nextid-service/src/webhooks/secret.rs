//! Signing secrets of the Standard Webhooks specification: `whsec_` and base64.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use zeroize::Zeroizing;

use crate::config::MASK;

/// What every secret begins with.
const PREFIX: &str = "whsec_";

/// Bytes of a secret that is made here.
const LENGTH: usize = 32;

/// The key of an endpoint's signatures: 24 to 64 bytes. `Debug` shows nothing of it.
#[derive(Clone, PartialEq, Eq)]
pub struct SigningSecret(Zeroizing<Vec<u8>>);

/// A text that is not a signing secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a signing secret: whsec_ and 24 to 64 bytes in base64")]
pub struct BadSigningSecret;

impl SigningSecret {
    /// A new one, from the operating system's randomness.
    pub fn generate() -> Self {
        let bytes: [u8; LENGTH] = rand::random();
        Self(Zeroizing::new(bytes.to_vec()))
    }

    /// Reads a secret as it is stored and shown.
    ///
    /// # Errors
    /// [`BadSigningSecret`].
    pub fn parse(text: &str) -> Result<Self, BadSigningSecret> {
        let encoded = text.strip_prefix(PREFIX).ok_or(BadSigningSecret)?;
        let bytes = Zeroizing::new(STANDARD.decode(encoded).map_err(|_| BadSigningSecret)?);
        if (24..=64).contains(&bytes.len()) { Ok(Self(bytes)) } else { Err(BadSigningSecret) }
    }

    /// `whsec_…`, for the two places that it goes to: the database, and the one who asked for it.
    pub fn expose(&self) -> Zeroizing<String> {
        Zeroizing::new(format!("{PREFIX}{}", STANDARD.encode(&*self.0)))
    }

    pub(super) fn key(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for SigningSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(MASK)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_read_as_it_is_shown() {
        let secret = SigningSecret::generate();
        assert_eq!(SigningSecret::parse(&secret.expose()), Ok(secret.clone()));
        assert_eq!(secret.key().len(), 32);
        assert_ne!(secret, SigningSecret::generate());
        assert_eq!(format!("{secret:?}"), MASK);
    }

    #[test]
    fn other_texts_are_none() {
        let of = |bytes: usize| format!("whsec_{}", STANDARD.encode(vec![7; bytes]));
        for good in [of(24), of(64)] {
            assert!(SigningSecret::parse(&good).is_ok(), "{good}");
        }
        for bad in [of(23), of(65), of(32).replace("whsec_", "whsk_"), "whsec_!".to_owned(), String::new()] {
            assert_eq!(SigningSecret::parse(&bad), Err(BadSigningSecret), "{bad}");
        }
    }
}
