//! The `uuid` of a link.

use std::fmt;

use thiserror::Error;
use uuid::Uuid;

/// A UUID (RFC 9562) of any version but nil and max, shown in lower case with hyphens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct LinkUuid(Uuid);

/// Why a text is not the uuid of a link.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum UuidError {
    /// Not a UUID in any accepted spelling.
    #[error("not a UUID")]
    Malformed,
    /// All bits zero: what clients send that forgot to make one.
    #[error("the nil UUID identifies nothing")]
    Nil,
    /// All bits one (RFC 9562, 5.10).
    #[error("the max UUID identifies nothing")]
    Max,
}

impl LinkUuid {
    /// Reads the spellings that clients in the field send, in any letter case: 36 characters with hyphens, 32 digits,
    /// `urn:uuid:` before the 36, or the 36 in brackets of any kind.
    ///
    /// # Errors
    /// [`UuidError`].
    pub fn parse(text: &str) -> Result<Self, UuidError> {
        let inner = match text.len() {
            // Whatever stands in the two outer places is taken for brackets, as the field's servers do.
            38 => text.get(1..37).ok_or(UuidError::Malformed)?,
            45 => {
                let (prefix, rest) = text.split_at_checked(9).ok_or(UuidError::Malformed)?;
                if !prefix.eq_ignore_ascii_case("urn:uuid:") {
                    return Err(UuidError::Malformed);
                }
                rest
            }
            32 | 36 => text,
            _ => return Err(UuidError::Malformed),
        };
        Self::new(Uuid::try_parse(inner).map_err(|_| UuidError::Malformed)?)
    }

    /// Takes a UUID that was made elsewhere.
    ///
    /// # Errors
    /// [`UuidError::Nil`] or [`UuidError::Max`].
    pub fn new(uuid: Uuid) -> Result<Self, UuidError> {
        if uuid.is_nil() {
            return Err(UuidError::Nil);
        }
        if uuid.is_max() {
            return Err(UuidError::Max);
        }
        Ok(Self(uuid))
    }

    /// The 16 bytes, as stored.
    pub fn as_bytes(&self) -> &[u8; 16] {
        self.0.as_bytes()
    }
}

impl fmt::Display for LinkUuid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.as_hyphenated().fmt(f)
    }
}
