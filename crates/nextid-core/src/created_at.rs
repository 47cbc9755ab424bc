//! The `created_at` of a link, and how fresh it has to be.

use std::fmt;
use std::str::FromStr;

use thiserror::Error;

/// Seconds since 1970-01-01 UTC, from then to the end of the year 9999.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct CreatedAt(i64);

/// 9999-12-31T23:59:59Z, the last second that a calendar date of four-digit years can name.
const LAST: i64 = 253_402_300_799;

/// Why a text or a number is not the `created_at` of a link.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum CreatedAtError {
    /// Not a decimal number of 64 bits.
    #[error("not a number of seconds since 1970")]
    NotANumber,
    /// Before 1970.
    #[error("negative")]
    Negative,
    /// After the year 9999; often milliseconds where seconds are meant.
    #[error("beyond the year 9999; are these milliseconds instead of seconds?")]
    BeyondDates,
}

impl CreatedAt {
    /// 1970-01-01.
    pub const EPOCH: Self = Self(0);

    /// Takes a number of seconds.
    ///
    /// # Errors
    /// [`CreatedAtError::Negative`] or [`CreatedAtError::BeyondDates`].
    pub fn from_seconds(seconds: i64) -> Result<Self, CreatedAtError> {
        match seconds {
            ..0 => Err(CreatedAtError::Negative),
            0..=LAST => Ok(Self(seconds)),
            _ => Err(CreatedAtError::BeyondDates),
        }
    }

    /// Seconds since 1970.
    pub fn seconds(self) -> i64 {
        self.0
    }
}

impl FromStr for CreatedAt {
    type Err = CreatedAtError;

    /// Decimal digits with an optional sign; leading zeros are allowed, as the field's servers do. It is shown, and signed,
    /// without them.
    fn from_str(text: &str) -> Result<Self, CreatedAtError> {
        let seconds = text.parse().map_err(|error: std::num::ParseIntError| match error.kind() {
            std::num::IntErrorKind::PosOverflow => CreatedAtError::BeyondDates,
            std::num::IntErrorKind::NegOverflow => CreatedAtError::Negative,
            _ => CreatedAtError::NotANumber,
        })?;
        Self::from_seconds(seconds)
    }
}

impl fmt::Display for CreatedAt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// How far a submitted `created_at` may lie from now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Freshness {
    /// Seconds into the past.
    pub max_age_secs: i64,
    /// Seconds into the future, for clients whose clock is ahead.
    pub max_skew_secs: i64,
}

/// Why a `created_at` is refused now although it is a date. Each carries the nearest second that would have been taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum FreshnessError {
    /// Later than now and the allowance, and later than the head.
    #[error("created_at lies in the future; the latest that is accepted is {latest}")]
    InFuture {
        /// The latest second that is accepted.
        latest: i64,
    },
    /// Older than the allowance.
    #[error("created_at is too old; the earliest that is accepted is {earliest}")]
    TooOld {
        /// The earliest second that is accepted.
        earliest: i64,
    },
    /// Before the link that it follows.
    #[error("created_at lies before the head of the chain, which is of {head}")]
    BeforeHead {
        /// The head's second.
        head: i64,
    },
}

impl Freshness {
    /// Checks a submitted second against the clock and the head of its chain.
    ///
    /// A head that itself lies ahead of this clock, because a replica with a faster one accepted it, may be equalled:
    /// otherwise the chain would be stuck until this clock had caught up.
    ///
    /// # Errors
    /// [`FreshnessError`], with the bound that was crossed.
    pub fn check(
        &self,
        created_at: CreatedAt,
        now: CreatedAt,
        head: Option<CreatedAt>,
    ) -> Result<(), FreshnessError> {
        let latest =
            head.map_or(i64::MIN, CreatedAt::seconds).max(now.seconds().saturating_add(self.max_skew_secs));
        if created_at.seconds() > latest {
            return Err(FreshnessError::InFuture { latest });
        }
        let earliest = now.seconds().saturating_sub(self.max_age_secs);
        if created_at.seconds() < earliest {
            return Err(FreshnessError::TooOld { earliest });
        }
        match head {
            Some(head) if created_at < head => Err(FreshnessError::BeforeHead { head: head.seconds() }),
            _ => Ok(()),
        }
    }
}
