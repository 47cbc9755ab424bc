//! From a password to the key of a keystore.

use pbkdf2::pbkdf2_hmac;
use serde::{Deserialize, Serialize};
use sha2::Sha256;
use thiserror::Error;
use zeroize::Zeroizing;

/// Memory that a file may make us take, in bytes. The strongest files in use take 256 MiB.
const MAX_MEMORY: u64 = 1024 * 1024 * 1024;

/// Work that a file may make us do, in bytes that scrypt mixes.
const MAX_SCRYPT_WORK: u64 = 16 * MAX_MEMORY;

/// Rounds of PBKDF2 that a file may make us do.
const MAX_ROUNDS: u32 = 10_000_000;

/// The cost of new keystores: 128 MiB and about half a second. It is what wallets write, and what OWASP advises.
const NEW_N: u64 = 1 << 17;
const NEW_R: u32 = 8;
const NEW_P: u32 = 1;

/// Why no key can be derived.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum KdfError {
    /// A parameter has a value that it cannot have.
    #[error("it is no keystore: the parameter {0} of its key derivation makes no sense")]
    Parameter(&'static str),
    /// The parameters would take more time or memory than any honest file does.
    #[error("its key derivation would take too much time or memory")]
    TooExpensive,
}

/// Which function derives the key, and how.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(tag = "kdf", content = "kdfparams", rename_all = "lowercase")]
pub enum Kdf {
    /// RFC 7914.
    Scrypt {
        /// Bytes to derive; 32 are used.
        dklen: u32,
        /// Cost; a power of two.
        n: u64,
        /// Block size.
        r: u32,
        /// Parallelism.
        p: u32,
        /// In hexadecimal.
        salt: String,
    },
    /// RFC 8018 with HMAC-SHA-256.
    Pbkdf2 {
        /// Bytes to derive; 32 are used.
        dklen: u32,
        /// Rounds.
        c: u32,
        /// `hmac-sha256`.
        prf: String,
        /// In hexadecimal.
        salt: String,
    },
}

/// The first 32 bytes of a derived key, wiped when dropped.
pub struct DerivedKey {
    encryption: Zeroizing<[u8; 16]>,
    mac: Zeroizing<[u8; 16]>,
}

impl DerivedKey {
    /// The key of the cipher.
    pub fn encryption_half(&self) -> &[u8; 16] {
        &self.encryption
    }

    /// What is hashed before the ciphertext.
    pub fn mac_half(&self) -> &[u8; 16] {
        &self.mac
    }
}

impl Kdf {
    /// For a new keystore, with a salt of its own.
    pub fn fresh() -> Self {
        let salt: [u8; 32] = rand::random();
        Self::Scrypt { dklen: 32, n: NEW_N, r: NEW_R, p: NEW_P, salt: hex::encode(salt) }
    }

    /// Derives the key from a password.
    ///
    /// # Errors
    /// [`KdfError`], before any work is done.
    pub fn derive(&self, password: &[u8]) -> Result<DerivedKey, KdfError> {
        let mut derived = Zeroizing::new([0_u8; 32]);
        match self {
            Self::Scrypt { dklen, n, r, p, salt } => {
                check_length(*dklen)?;
                let params = scrypt_params(*n, *r, *p)?;
                scrypt::scrypt(password, &decode_salt(salt)?, &params, derived.as_mut_slice())
                    .map_err(|_| KdfError::Parameter("dklen"))?;
            }
            Self::Pbkdf2 { dklen, c, prf, salt } => {
                check_length(*dklen)?;
                if prf != "hmac-sha256" {
                    return Err(KdfError::Parameter("prf"));
                }
                match *c {
                    0 => return Err(KdfError::Parameter("c")),
                    1..=MAX_ROUNDS => {}
                    _ => return Err(KdfError::TooExpensive),
                }
                pbkdf2_hmac::<Sha256>(password, &decode_salt(salt)?, *c, derived.as_mut_slice());
            }
        }
        let (encryption, mac) = derived.split_at(16);
        let half = |bytes: &[u8]| {
            let mut half = Zeroizing::new([0_u8; 16]);
            half.copy_from_slice(bytes);
            half
        };
        Ok(DerivedKey { encryption: half(encryption), mac: half(mac) })
    }
}

/// Longer keys begin with the same 32 bytes, which are all that is used; shorter ones have not enough.
fn check_length(dklen: u32) -> Result<(), KdfError> {
    if (32..=1024).contains(&dklen) { Ok(()) } else { Err(KdfError::Parameter("dklen")) }
}

fn decode_salt(salt: &str) -> Result<Vec<u8>, KdfError> {
    hex::decode(salt).map_err(|_| KdfError::Parameter("salt"))
}

fn scrypt_params(n: u64, r: u32, p: u32) -> Result<scrypt::Params, KdfError> {
    if n < 2 || !n.is_power_of_two() {
        return Err(KdfError::Parameter("n"));
    }
    if r == 0 {
        return Err(KdfError::Parameter("r"));
    }
    if p == 0 {
        return Err(KdfError::Parameter("p"));
    }
    let block = 128 * u64::from(r);
    let memory = block.checked_mul(n.max(u64::from(p))).filter(|memory| *memory <= MAX_MEMORY);
    let work =
        memory.and_then(|_| (block * n).checked_mul(u64::from(p))).filter(|work| *work <= MAX_SCRYPT_WORK);
    if work.is_none() {
        return Err(KdfError::TooExpensive);
    }
    let log_n = u8::try_from(n.trailing_zeros()).map_err(|_| KdfError::Parameter("n"))?;
    scrypt::Params::new(log_n, r, p).map_err(|_| KdfError::TooExpensive)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scrypt_with(n: u64, r: u32, p: u32) -> Result<(), KdfError> {
        Kdf::Scrypt { dklen: 32, n, r, p, salt: "00".to_owned() }.derive(b"p").map(drop)
    }

    #[test]
    fn parameters_that_make_no_sense_are_refused() {
        assert_eq!(scrypt_with(0, 8, 1), Err(KdfError::Parameter("n")));
        assert_eq!(scrypt_with(1000, 8, 1), Err(KdfError::Parameter("n")));
        assert_eq!(scrypt_with(1024, 0, 1), Err(KdfError::Parameter("r")));
        assert_eq!(scrypt_with(1024, 8, 0), Err(KdfError::Parameter("p")));
        let dklen =
            |dklen| Kdf::Scrypt { dklen, n: 2, r: 1, p: 1, salt: String::new() }.derive(b"p").map(drop);
        assert_eq!((dklen(31), dklen(32), dklen(64)), (Err(KdfError::Parameter("dklen")), Ok(()), Ok(())));
        let salt = Kdf::Scrypt { dklen: 32, n: 2, r: 1, p: 1, salt: "z".to_owned() };
        assert_eq!(salt.derive(b"p").map(drop), Err(KdfError::Parameter("salt")));
    }

    #[test]
    fn a_file_cannot_take_the_machine_down() {
        for (n, r, p) in [
            (1 << 40, 8, 1),
            (1 << 63, u32::MAX, u32::MAX),
            (1 << 20, 8, 1000),
            (2, 8, u32::MAX),
            (2, u32::MAX, 1),
        ] {
            assert_eq!(scrypt_with(n, r, p), Err(KdfError::TooExpensive), "{n} {r} {p}");
        }
        let rounds = |c| {
            Kdf::Pbkdf2 { dklen: 32, c, prf: "hmac-sha256".to_owned(), salt: String::new() }
                .derive(b"p")
                .map(drop)
        };
        assert_eq!(
            (rounds(0), rounds(u32::MAX)),
            (Err(KdfError::Parameter("c")), Err(KdfError::TooExpensive))
        );
    }
}
