//! The other party of a binding: a wallet, or an Avatar that becomes an alias.

use ed25519_dalek::Signer;
use nextid_core::signature_text::encode_base64;
use nextid_core::{EthAddress, Platform, SecretKey};

use super::keys::key;

pub enum Party {
    Ethereum(SecretKey),
    Solana(Box<ed25519_dalek::SigningKey>),
    Nextid(SecretKey),
}

impl Party {
    pub fn ethereum(label: &str) -> Self {
        Self::Ethereum(key(label))
    }

    pub fn solana(label: &str) -> Self {
        let seed = nextid_core::personal_sign::keccak256(label.as_bytes());
        Self::Solana(Box::new(ed25519_dalek::SigningKey::from_bytes(&seed)))
    }

    pub fn nextid(label: &str) -> Self {
        Self::Nextid(key(label))
    }

    /// One of each kind.
    pub fn all(label: &str) -> [Self; 3] {
        [Self::ethereum(label), Self::solana(label), Self::nextid(label)]
    }

    pub fn platform(&self) -> Platform {
        match self {
            Self::Ethereum(_) => Platform::Ethereum,
            Self::Solana(_) => Platform::Solana,
            Self::Nextid(_) => Platform::Nextid,
        }
    }

    /// The normalised identity: what the party signs as.
    pub fn identity(&self) -> String {
        match self {
            Self::Ethereum(wallet) => EthAddress::of(&wallet.avatar()).to_string(),
            Self::Solana(wallet) => bs58::encode(wallet.verifying_key().as_bytes()).into_string(),
            Self::Nextid(target) => target.avatar().to_hex(),
        }
    }

    fn sign(&self, payload: &str) -> Vec<u8> {
        match self {
            Self::Ethereum(key) | Self::Nextid(key) => {
                key.personal_sign(payload.as_bytes()).with_reduced_v().as_bytes().to_vec()
            }
            Self::Solana(wallet) => wallet.sign(payload.as_bytes()).to_bytes().to_vec(),
        }
    }

    /// As a link spells the signature of its signer, whoever that is.
    pub fn sign_base64(&self, payload: &str) -> String {
        encode_base64(&self.sign(payload))
    }

    /// As `extra` spells the signature of this kind of party.
    pub fn sign_for_extra(&self, payload: &str) -> String {
        match self {
            Self::Ethereum(_) => self.sign_base64(payload),
            Self::Solana(_) => bs58::encode(self.sign(payload)).into_string(),
            Self::Nextid(_) => hex::encode(self.sign(payload)),
        }
    }
}
