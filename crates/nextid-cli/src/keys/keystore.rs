//! A private key under a password: Web3 Secret Storage, version 3, which every Ethereum wallet reads and writes.
//!
//! Source: <https://ethereum.org/developers/docs/data-structures-and-encoding/web3-secret-storage/>. The public key, which
//! the format has no place for, is kept in `x-nextid`, so that it can be shown without the password.

use aes::Aes128;
use ctr::Ctr128BE;
use ctr::cipher::{KeyIvInit, StreamCipher};
use nextid_core::personal_sign::keccak256;
use nextid_core::{Avatar, EthAddress, SecretKey};
use serde::{Deserialize, Serialize};
use subtle::ConstantTimeEq;
use thiserror::Error;
use uuid::Uuid;
use zeroize::Zeroizing;

use super::kdf::{self, Kdf, KdfError};

/// The only cipher of the format.
const CIPHER: &str = "aes-128-ctr";

/// Bytes that a file of this format has at most; it usually has about 500.
pub const MAX_BYTES: usize = 64 * 1024;

/// Why a keystore gives no key.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum KeystoreError {
    /// Not JSON, or without the fields of the format.
    #[error("it is no keystore: {0}")]
    Malformed(String),
    /// Another version of the format than 3.
    #[error("it is a keystore of version {0}; only version 3 is known")]
    Version(u64),
    /// Another cipher.
    #[error("its cipher {0:?} is not known; only aes-128-ctr is")]
    Cipher(String),
    /// The key derivation cannot be done.
    #[error(transparent)]
    Kdf(#[from] KdfError),
    /// The password does not open it, or the file was changed.
    #[error("the password does not open it")]
    WrongPassword,
    /// What is inside is no private key.
    #[error("what is inside is no secp256k1 private key")]
    NotAKey,
    /// The file says that it holds another key than it does.
    #[error("it says that it holds the key of {said}, but it holds that of {found}")]
    OtherKey {
        /// What `x-nextid` says.
        said: Avatar,
        /// What was found.
        found: Avatar,
    },
}

/// A keystore file, parsed.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Keystore {
    version: u64,
    id: String,
    /// The key's Ethereum address without `0x`, by which wallets list it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    address: Option<String>,
    #[serde(alias = "Crypto")]
    crypto: Crypto,
    #[serde(rename = "x-nextid", default, skip_serializing_if = "Option::is_none")]
    extension: Option<Extension>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct Crypto {
    cipher: String,
    cipherparams: CipherParams,
    ciphertext: String,
    #[serde(flatten)]
    kdf: Kdf,
    mac: String,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct CipherParams {
    iv: String,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct Extension {
    avatar: Avatar,
}

impl Keystore {
    /// Reads a keystore; the key stays closed.
    ///
    /// # Errors
    /// [`KeystoreError::Malformed`] or [`KeystoreError::Version`].
    pub fn parse(text: &str) -> Result<Self, KeystoreError> {
        let keystore: Self =
            serde_json::from_str(text).map_err(|error| KeystoreError::Malformed(error.to_string()))?;
        match keystore.version {
            3 => Ok(keystore),
            other => Err(KeystoreError::Version(other)),
        }
    }

    /// The file's text.
    pub fn to_json(&self) -> String {
        // Texts and numbers only: this cannot fail.
        serde_json::to_string_pretty(self).unwrap_or_default()
    }

    /// The public key, as far as the file tells it. Only [`Keystore::open`] knows whether it is true.
    pub fn avatar(&self) -> Option<Avatar> {
        self.extension.as_ref().map(|extension| extension.avatar)
    }

    /// Puts `key` under `password`.
    pub fn seal(key: &SecretKey, password: &[u8]) -> Result<Self, KeystoreError> {
        let iv: [u8; 16] = rand::random();
        let kdf = Kdf::fresh();
        let derived = kdf.derive(password)?;
        let mut ciphertext = *key.to_bytes();
        cipher(&derived, &iv).apply_keystream(&mut ciphertext);
        let avatar = key.avatar();
        Ok(Self {
            version: 3,
            id: Uuid::new_v4().to_string(),
            address: Some(hex::encode(EthAddress::of(&avatar).as_bytes())),
            crypto: Crypto {
                cipher: CIPHER.to_owned(),
                cipherparams: CipherParams { iv: hex::encode(iv) },
                mac: hex::encode(mac(&derived, &ciphertext)),
                ciphertext: hex::encode(ciphertext),
                kdf,
            },
            extension: Some(Extension { avatar }),
        })
    }

    /// Takes the key out.
    ///
    /// # Errors
    /// [`KeystoreError`].
    pub fn open(&self, password: &[u8]) -> Result<SecretKey, KeystoreError> {
        if self.crypto.cipher != CIPHER {
            return Err(KeystoreError::Cipher(self.crypto.cipher.clone()));
        }
        let iv: [u8; 16] = from_hex("iv", &self.crypto.cipherparams.iv)?
            .try_into()
            .map_err(|_| KeystoreError::Malformed("iv has another length than 16 bytes".to_owned()))?;
        let mut text = Zeroizing::new(from_hex("ciphertext", &self.crypto.ciphertext)?);
        let expected = from_hex("mac", &self.crypto.mac)?;
        let derived = self.crypto.kdf.derive(password)?;
        if !bool::from(mac(&derived, &text).as_slice().ct_eq(&expected)) {
            return Err(KeystoreError::WrongPassword);
        }
        cipher(&derived, &iv).apply_keystream(&mut text);
        let key = SecretKey::from_bytes(&text).map_err(|_| KeystoreError::NotAKey)?;
        match self.avatar() {
            Some(said) if said != key.avatar() => Err(KeystoreError::OtherKey { said, found: key.avatar() }),
            _ => Ok(key),
        }
    }
}

fn from_hex(field: &str, text: &str) -> Result<Vec<u8>, KeystoreError> {
    hex::decode(text).map_err(|_| KeystoreError::Malformed(format!("{field} is not hexadecimal")))
}

/// The first half of the derived key encrypts …
fn cipher(derived: &kdf::DerivedKey, iv: &[u8; 16]) -> Ctr128BE<Aes128> {
    Ctr128BE::<Aes128>::new(derived.encryption_half().into(), iv.into())
}

/// … and the second half authenticates.
fn mac(derived: &kdf::DerivedKey, ciphertext: &[u8]) -> [u8; 32] {
    let mut message = Zeroizing::new(derived.mac_half().to_vec());
    message.extend_from_slice(ciphertext);
    keccak256(&message)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    const SECRET: &str = "7a28b5ba57c53603b0b07b56bba752f7784bf506fa95edc395f5cf6c7514fe9d";

    /// The test vector of the format's definition, with scrypt.
    fn scrypt_vector() -> Value {
        json!({
            "crypto": {
                "cipher": "aes-128-ctr",
                "cipherparams": {"iv": "83dbcc02d8ccb40e466191a123791e0e"},
                "ciphertext": "d172bf743a674da9cdad04534d56926ef8358534d458fffccd4e6ad2fbde479c",
                "kdf": "scrypt",
                "kdfparams": {
                    "dklen": 32, "n": 262_144, "p": 8, "r": 1,
                    "salt": "ab0c7876052600dd703518d6fc3fe8984592145b591fc8fb5c6d43190334ba19"
                },
                "mac": "2103ac29920d71da29f15d75b4a16dbe95cfd7ff8faea1056c33131d846e3097"
            },
            "id": "3198bc9c-6672-5ab3-d995-4942343ae5b6",
            "version": 3
        })
    }

    /// The test vector of the format's definition, with PBKDF2.
    fn pbkdf2_vector() -> Value {
        json!({
            "crypto": {
                "cipher": "aes-128-ctr",
                "cipherparams": {"iv": "6087dab2f9fdbbfaddc31a909735c1e6"},
                "ciphertext": "5318b4d5bcd28de64ee5559e671353e16f075ecae9f99c7a79a38af5f869aa46",
                "kdf": "pbkdf2",
                "kdfparams": {
                    "c": 262_144, "dklen": 32, "prf": "hmac-sha256",
                    "salt": "ae3cd4e7013836a3df6bd7241b12db061dbe2c6785853cce422d148a624ce0bd"
                },
                "mac": "517ead924a9d0dc3124507e3393d175ce3ff7c1e96529c6c555ce9e51205e9b2"
            },
            "id": "3198bc9c-6672-5ab3-d995-4942343ae5b6",
            "version": 3
        })
    }

    fn open(file: &Value, password: &str) -> Result<SecretKey, KeystoreError> {
        Keystore::parse(&file.to_string())?.open(password.as_bytes())
    }

    #[test]
    fn the_vectors_of_the_definition_open() {
        for vector in [scrypt_vector(), pbkdf2_vector()] {
            assert_eq!(hex::encode(*open(&vector, "testpassword").unwrap().to_bytes()), SECRET);
            assert_eq!(open(&vector, "testpasswort").unwrap_err(), KeystoreError::WrongPassword);
        }
    }

    #[test]
    fn what_is_sealed_opens_again() {
        let key = SecretKey::from_hex(SECRET).unwrap();
        let text = Keystore::seal(&key, "päss wörd".as_bytes()).unwrap().to_json();
        assert!(!text.contains(SECRET));
        let keystore = Keystore::parse(&text).unwrap();
        assert_eq!(keystore.avatar(), Some(key.avatar()));
        assert_eq!(*keystore.open("päss wörd".as_bytes()).unwrap().to_bytes(), *key.to_bytes());
        assert_eq!(keystore.open(b"").unwrap_err(), KeystoreError::WrongPassword);
        let file: Value = serde_json::from_str(&text).unwrap();
        assert_eq!(file["address"], "008aeeda4d805471df9b2a5b0f38a0c3bcba786b");
        assert_eq!(file["crypto"]["kdf"], "scrypt");
    }

    #[test]
    fn a_file_that_names_another_key_is_refused() {
        let key = SecretKey::from_hex(SECRET).unwrap();
        let other = SecretKey::from_bytes(&[7; 32]).unwrap().avatar();
        let mut file = pbkdf2_vector();
        file["x-nextid"] = json!({"avatar": other.to_hex()});
        let error = open(&file, "testpassword").unwrap_err();
        assert_eq!(error, KeystoreError::OtherKey { said: other, found: key.avatar() });
    }

    #[test]
    fn damaged_files_are_refused_without_a_panic() {
        let malformed = |why: &str| KeystoreError::Malformed(why.to_owned());
        let damage: [(&str, Value, KeystoreError); 7] = [
            ("/version", json!(1), KeystoreError::Version(1)),
            ("/crypto/cipher", json!("aes-256-cbc"), KeystoreError::Cipher("aes-256-cbc".to_owned())),
            ("/crypto/cipherparams/iv", json!("00"), malformed("iv has another length than 16 bytes")),
            ("/crypto/cipherparams/iv", json!("zz"), malformed("iv is not hexadecimal")),
            ("/crypto/ciphertext", json!("5"), malformed("ciphertext is not hexadecimal")),
            ("/crypto/ciphertext", json!(""), KeystoreError::WrongPassword),
            ("/crypto/mac", json!(""), KeystoreError::WrongPassword),
        ];
        for (pointer, value, wanted) in damage {
            let mut file = pbkdf2_vector();
            *file.pointer_mut(pointer).unwrap() = value.clone();
            assert_eq!(open(&file, "testpassword").unwrap_err(), wanted, "{pointer} {value}");
        }
        for (from, to) in [("pbkdf2", "argon2"), ("\"c\"", "\"d\"")] {
            let text = pbkdf2_vector().to_string().replace(from, to);
            assert!(matches!(Keystore::parse(&text), Err(KeystoreError::Malformed(_))), "{from}");
        }
        for text in ["", "{}", "null", "[3]", "{\"version\":3}"] {
            assert!(matches!(Keystore::parse(text), Err(KeystoreError::Malformed(_))), "{text}");
        }
    }

    #[test]
    fn old_files_spell_crypto_with_a_capital() {
        let text = pbkdf2_vector().to_string().replacen("\"crypto\"", "\"Crypto\"", 1);
        Keystore::parse(&text).unwrap().open(b"testpassword").unwrap();
    }
}
