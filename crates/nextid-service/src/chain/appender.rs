//! Links that wait at the same time are appended together.

use std::sync::Arc;

use super::{CAPACITY, CROWD, IN_FLIGHT, failure, round};
use crate::batcher::metrics::ReadStats;
use crate::batcher::{Batcher, BatcherSettings};
use crate::db::{Db, DbConnection, DbError};

/// The most links of one batch.
const MAX_BATCH: usize = 64;

/// A link that has passed every check and wants its place.
pub trait Candidate: Send + Sync + 'static {
    /// Whose chain: 33 bytes.
    fn avatar(&self) -> &[u8];
    /// The signed uuid: 16 bytes.
    fn uuid(&self) -> &[u8];
    /// Bytes that it takes in a statement, roughly.
    fn bytes(&self) -> usize;
}

/// The row id of an appended link; none where another link has the place, or the uuid.
pub(super) type Appended = Result<Option<i64>, DbError>;

/// What appends some links in one transaction.
pub(super) type Append<L> =
    dyn Fn(&mut DbConnection, &[Arc<L>]) -> Result<Vec<Option<i64>>, DbError> + Send + Sync;

/// Appends links that wait at the same time in one transaction, each caller with its own outcome. Clones share the queue.
pub struct Appender<L> {
    batcher: Batcher<Arc<L>, Appended>,
}

impl<L: Candidate> Appender<L> {
    /// Starts it on the current tokio runtime.
    ///
    /// `append` gets one or more links, sorted by Avatar and of each Avatar in the order in which they came, no two of them
    /// with the same Avatar and uuid. It appends those whose places and uuids are free, applies what follows from these and
    /// from no others, and returns for each the row's id or none. It runs as [`Db::write_statement`] says.
    ///
    /// # Panics
    /// Outside of a tokio runtime.
    pub fn spawn<F>(name: &'static str, db: Db, append: F) -> Self
    where
        F: Fn(&mut DbConnection, &[Arc<L>]) -> Result<Vec<Option<i64>>, DbError> + Send + Sync + 'static,
    {
        let settings = BatcherSettings {
            name,
            capacity: CAPACITY,
            max_batch: MAX_BATCH,
            in_flight: IN_FLIGHT,
            crowd: CROWD,
            wait: db.settings().acquire_timeout,
        };
        let append: Arc<Append<L>> = Arc::new(append);
        let batcher = Batcher::spawn(settings, move |links: Vec<Arc<L>>| {
            let (db, append) = (db.clone(), Arc::clone(&append));
            async move { round::append_all(&db, &append, links).await }
        });
        Self { batcher }
    }

    /// Appends a link: its row's id, or none if another link has its place, or its uuid, and nothing was changed. When it
    /// returns a row's id, the link is on disk.
    ///
    /// Once the link's batch has begun it goes on, even if this future is dropped.
    ///
    /// # Errors
    /// The database's, and [`DbError::Overloaded`] when too many wait. After [`DbError::Unavailable`] it is not known
    /// whether the link was appended.
    pub async fn append(&self, link: Arc<L>) -> Result<Option<i64>, DbError> {
        self.batcher.submit(link).await.unwrap_or_else(|error| Err(failure(error)))
    }

    /// Takes no more links, and returns when all have their outcome.
    pub async fn stop(&self) {
        self.batcher.shutdown().await;
    }

    /// What it has done and is doing, whenever it is asked.
    pub fn stats(&self) -> ReadStats {
        let batcher = self.batcher.clone();
        Box::new(move || batcher.stats())
    }
}

impl<L> Clone for Appender<L> {
    fn clone(&self) -> Self {
        Self { batcher: self.batcher.clone() }
    }
}

impl<L> std::fmt::Debug for Appender<L> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Appender").field(&self.batcher).finish()
    }
}
