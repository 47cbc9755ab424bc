//! SteamID64, the number that identifies a Steam account for ever.
//!
//! Source: <https://developer.valvesoftware.com/wiki/SteamID>. From the top: universe (8 bits), account type (4),
//! instance (20), account number (32).

use std::fmt;

use thiserror::Error;

/// The SteamID64 of a person's account: public universe, individual, desktop instance.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SteamId(u64);

/// Why a number is not the SteamID64 of a person's account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum SteamIdError {
    /// Not a number of 64 bits.
    #[error("not a number of 64 bits")]
    NotANumber,
    /// Another universe than the public one, 1.
    #[error("the universe is not the public one")]
    Universe,
    /// Another account type than individual, 1.
    #[error("the account type is not individual")]
    AccountType,
    /// Another instance than desktop, 1.
    #[error("the instance is not desktop")]
    Instance,
}

impl SteamIdError {
    /// What was expected instead.
    pub(super) fn expected(self) -> &'static str {
        match self {
            Self::NotANumber => "a SteamID64: a number of 64 bits",
            Self::Universe => "a SteamID64 of the public universe (1)",
            Self::AccountType => "a SteamID64 whose account type is individual (1)",
            Self::Instance => "a SteamID64 whose instance is desktop (1)",
        }
    }
}

impl SteamId {
    /// Reads a decimal SteamID64.
    ///
    /// # Errors
    /// [`SteamIdError`].
    pub fn parse(text: &str) -> Result<Self, SteamIdError> {
        let number: u64 = text.parse().map_err(|_| SteamIdError::NotANumber)?;
        if number >> 56 != 1 {
            return Err(SteamIdError::Universe);
        }
        if (number >> 52) & 0xf != 1 {
            return Err(SteamIdError::AccountType);
        }
        if (number >> 32) & 0xf_ffff != 1 {
            return Err(SteamIdError::Instance);
        }
        Ok(Self(number))
    }

    /// The account number, without its lowest bit, which is [`SteamId::y`].
    pub fn account_number(self) -> u64 {
        (self.0 & 0xffff_ffff) >> 1
    }

    /// The lowest bit of the account number.
    pub fn y(self) -> u64 {
        self.0 & 1
    }
}

impl fmt::Display for SteamId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
