//! What the submits of both services share: the head of a chain, appends that wait together and are made together, reads
//! that wait together and are answered together.
//!
//! Both tables of links have the columns `avatar`, `seq`, `uuid`, `created_at`, `signature` and `prev`, and in both a link's
//! place `(avatar, seq)` and `(avatar, uuid)` are unique. That is what makes a batch safe: whatever waits in the same batch, or
//! in one of another replica, at most one link takes a place.

mod appender;
mod head;
mod lookup;
mod older;
mod round;

pub use appender::{Appender, Candidate};
pub use head::{Head, Prev, by_place, heads};
pub use lookup::{Lookup, Source};
pub use older::{RECENT, fits_older_head};

use crate::batcher::BatchError;
use crate::db::DbError;

/// How many batches of one kind run at the same time: while one waits for the disk, the next is sent.
const IN_FLIGHT: usize = 3;
/// Calls that wait before the next is sent. On two cores, 64 clients that share one batch at a time are served a quarter faster
/// than by three at a time, since each costs both sides as much as several calls.
const CROWD: usize = 24;
/// Calls that may wait; more are refused after a while.
const CAPACITY: usize = 2048;

/// A batch's failure in the words of the database, which is what the callers know.
fn failure(error: BatchError) -> DbError {
    match error {
        BatchError::Overloaded { waited, .. } => DbError::Overloaded { waited },
        BatchError::Closed { name } => DbError::Unavailable { cause: format!("{name} is shutting down") },
        BatchError::Aborted { .. } | BatchError::Mismatch { .. } => DbError::Aborted,
    }
}
