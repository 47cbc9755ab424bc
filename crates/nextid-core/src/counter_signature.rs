//! The signature of the other party: of the wallet that is bound, or of the Avatar that becomes an alias.
//!
//! It is made over the same payload as the Avatar's own. Each kind of party spells it in its own way: Ethereum wallets in
//! base64, Solana wallets in base58, Avatars in hexadecimal.

use thiserror::Error;

use crate::avatar::Avatar;
use crate::ethereum::EthAddress;
use crate::identity::Identity;
use crate::platform::Platform;
use crate::signature::{Signature, SignatureError};
use crate::signature_text::{self, EncodingError};
use crate::solana::{self, SolanaError};

/// Why the other party's signature is refused.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum CounterSignatureError {
    /// On this platform nobody but the Avatar signs.
    #[error("on {0} only the Avatar signs")]
    NoParty(Platform),
    /// The identity is none of its platform.
    #[error("the identity is no key or address of its platform")]
    Identity,
    /// Not spelled as this party's signatures are.
    #[error(transparent)]
    Encoding(#[from] EncodingError),
    /// A secp256k1 signature that stands for no key.
    #[error(transparent)]
    Signature(SignatureError),
    /// A genuine signature of somebody else, or over something else.
    #[error("signed by {found} instead of {expected}, or over another text")]
    OtherSigner {
        /// The key or address that was expected.
        expected: String,
        /// The key or address that the signature stands for over this text.
        found: String,
    },
    /// A Solana signature that does not fit.
    #[error(transparent)]
    Solana(SolanaError),
}

/// The name of the field of `extra` that holds the other party's signature.
pub fn field_name(platform: Platform) -> &'static str {
    match platform {
        Platform::Nextid => "target_signature",
        _ => "wallet_signature",
    }
}

/// Decodes the other party's signature as its kind of party spells it.
///
/// # Errors
/// [`EncodingError`]; where nobody but the Avatar signs, the text is taken for base64.
pub fn decode(platform: Platform, text: &str) -> Result<Vec<u8>, EncodingError> {
    match platform {
        Platform::Solana => signature_text::decode_base58(text),
        Platform::Nextid => signature_text::decode_hex(text),
        _ => signature_text::decode_base64_proof(text),
    }
}

/// Checks length and recovery id, before anything is computed.
///
/// # Errors
/// [`CounterSignatureError::Signature`] or [`CounterSignatureError::Solana`].
pub fn check_form(platform: Platform, bytes: &[u8]) -> Result<(), CounterSignatureError> {
    if platform != Platform::Solana {
        return Signature::from_slice(bytes).map(drop).map_err(CounterSignatureError::Signature);
    }
    if bytes.len() == 64 {
        Ok(())
    } else {
        Err(CounterSignatureError::Solana(SolanaError::Length(bytes.len())))
    }
}

/// The bytes as a chain stores them: v of a 65-byte signature reduced to 0 or 1.
pub fn with_reduced_v(bytes: &[u8]) -> Vec<u8> {
    Signature::from_slice(bytes)
        .map_or_else(|_| bytes.to_vec(), |signature| signature.with_reduced_v().as_bytes().to_vec())
}

/// Checks that the party named by `identity` signed `payload`, and gives the signature's bytes: 65, or 64 for Solana.
///
/// # Errors
/// [`CounterSignatureError`].
pub fn verify(identity: &Identity, text: &str, payload: &str) -> Result<Vec<u8>, CounterSignatureError> {
    if identity.platform().needs_post() {
        return Err(CounterSignatureError::NoParty(identity.platform()));
    }
    let bytes = decode(identity.platform(), text)?;
    verify_bytes(identity, &bytes, payload)?;
    Ok(bytes)
}

/// As [`verify`], for a signature that is already decoded.
///
/// # Errors
/// [`CounterSignatureError`], but for `Encoding`.
pub fn verify_bytes(identity: &Identity, bytes: &[u8], payload: &str) -> Result<(), CounterSignatureError> {
    let recoverable = || Signature::from_slice(bytes).map_err(CounterSignatureError::Signature);
    match identity.platform() {
        Platform::Ethereum => {
            let expected =
                EthAddress::parse(identity.as_str()).map_err(|_| CounterSignatureError::Identity)?;
            let found = EthAddress::recover(&recoverable()?, payload.as_bytes())
                .map_err(CounterSignatureError::Signature)?;
            same(expected, found, EthAddress::checksummed)
        }
        Platform::Nextid => {
            let expected = Avatar::parse(identity.as_str()).map_err(|_| CounterSignatureError::Identity)?;
            let found =
                recoverable()?.recover(payload.as_bytes()).map_err(CounterSignatureError::Signature)?;
            same(expected, found, Avatar::to_hex)
        }
        Platform::Solana => solana::verify(identity.as_str(), bytes, payload.as_bytes())
            .map_err(CounterSignatureError::Solana),
        other => Err(CounterSignatureError::NoParty(other)),
    }
}

fn same<T: PartialEq>(expected: T, found: T, show: fn(&T) -> String) -> Result<(), CounterSignatureError> {
    if expected == found {
        return Ok(());
    }
    Err(CounterSignatureError::OtherSigner { expected: show(&expected), found: show(&found) })
}
