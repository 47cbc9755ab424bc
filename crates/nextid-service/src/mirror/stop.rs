//! Why a mirror stops for good. Everything else it waits for.

use thiserror::Error;

use super::MarkError;
use crate::db::{DbError, MaybeDbError};

/// Why a mirror stops: going on would need somebody to decide something. What was copied stays and is served.
#[derive(Debug, Error)]
pub enum Stop {
    /// Two links for one place.
    #[error(
        "two links for seq {seq} of {avatar}: the copy has uuid {stored}, the origin shows uuid {found} (feed id {feed_id}): \
         {why}. Both are kept as evidence"
    )]
    Fork {
        /// Whose chain.
        avatar: String,
        /// The place.
        seq: u64,
        /// The uuid of the link that the copy has.
        stored: String,
        /// The uuid of the link that the origin shows.
        found: String,
        /// Where in the feed it stands.
        feed_id: i64,
        /// In what they differ, and whether the second verifies.
        why: String,
    },
    /// A link that does not hold.
    #[error("the link with feed id {feed_id} does not hold: {why}. It is not copied")]
    Broken {
        /// Where in the feed it stands.
        feed_id: i64,
        /// What is wrong.
        why: String,
    },
    /// The origin shows something else under an id than it did.
    #[error(
        "under the feed id {feed_id} the origin shows something else than what was copied: its feed was rewritten"
    )]
    Rewritten {
        /// The id.
        feed_id: i64,
    },
    /// The feed of the origin ends before what was copied from it.
    #[error(
        "the origin's feed ends at {latest}, and the copy is at {cursor}: the origin has lost what followed"
    )]
    WentBack {
        /// The origin's last id.
        latest: i64,
        /// The copy's.
        cursor: i64,
    },
    /// What answers is not the service that this is a mirror of.
    #[error("what answers at {origin} is no {wanted}, it says {found:?}")]
    OtherService {
        /// The URL.
        origin: String,
        /// What it should be.
        wanted: &'static str,
        /// What it says that it is.
        found: String,
    },
    /// The database cannot be this mirror's.
    #[error(transparent)]
    Mark(#[from] MarkError),
    /// The database, in a way that waiting does not mend.
    #[error(transparent)]
    Db(DbError),
}

impl Stop {
    /// The name of the reason, for programs.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Fork { .. } => "fork",
            Self::Broken { .. } => "broken",
            Self::Rewritten { .. } => "rewritten",
            Self::WentBack { .. } => "went_back",
            Self::OtherService { .. } => "other_service",
            Self::Mark(MarkError::OtherEpoch { .. }) => "other_epoch",
            Self::Mark(_) => "other_database",
            Self::Db(_) => "database",
        }
    }
}

impl From<DbError> for Stop {
    fn from(error: DbError) -> Self {
        Self::Db(error)
    }
}

impl MaybeDbError for Stop {
    fn as_db(&self) -> Option<&DbError> {
        match self {
            Self::Db(error) | Self::Mark(MarkError::Db(error)) => Some(error),
            _ => None,
        }
    }
}
