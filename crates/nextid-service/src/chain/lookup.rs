//! Reads that wait at the same time are one read.

use std::sync::Arc;

use super::{CAPACITY, CROWD, IN_FLIGHT, failure};
use crate::batcher::metrics::ReadStats;
use crate::batcher::{Batcher, BatcherSettings, spread};
use crate::db::{Db, DbConnection, DbError};

/// The most questions of one read.
const MAX_BATCH: usize = 128;

/// Where the answers come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// The primary: everything that was committed before is seen.
    Primary,
    /// The replica, if there is one.
    Any,
}

/// Answers questions that wait at the same time by one read, each caller its own. Clones share the queue.
pub struct Lookup<Q, A> {
    batcher: Batcher<Q, Result<A, DbError>>,
}

impl<Q, A> Lookup<Q, A>
where
    Q: Send + Sync + 'static,
    A: Send + 'static,
{
    /// Starts it on the current tokio runtime. `read` gets one or more questions and returns an answer to each, in their
    /// order; it must not change anything, because it is repeated where it fails.
    ///
    /// # Panics
    /// Outside of a tokio runtime.
    pub fn spawn<F>(name: &'static str, db: Db, source: Source, read: F) -> Self
    where
        F: Fn(&mut DbConnection, &[Q]) -> Result<Vec<A>, DbError> + Send + Sync + 'static,
    {
        let settings = BatcherSettings {
            name,
            capacity: CAPACITY,
            max_batch: MAX_BATCH,
            in_flight: IN_FLIGHT,
            crowd: CROWD,
            wait: db.settings().acquire_timeout,
        };
        let read = Arc::new(read);
        let batcher = Batcher::spawn(settings, move |questions: Vec<Q>| {
            let (db, read, count) = (db.clone(), Arc::clone(&read), questions.len());
            async move {
                let job = move |conn: &mut DbConnection| answer(conn, read.as_ref(), &questions);
                let answers = match source {
                    Source::Primary => db.primary(job).await,
                    Source::Any => db.read(job).await,
                };
                spread(count, answers).into_iter().map(|answer| answer.and_then(|answer| answer)).collect()
            }
        });
        Self { batcher }
    }

    /// Asks, and waits for the answer.
    ///
    /// # Errors
    /// The database's, and [`DbError::Overloaded`] when too many wait.
    pub async fn ask(&self, question: Q) -> Result<A, DbError> {
        self.batcher.submit(question).await.unwrap_or_else(|error| Err(failure(error)))
    }

    /// Takes no more questions, and returns when all are answered.
    pub async fn stop(&self) {
        self.batcher.shutdown().await;
    }

    /// What it has done and is doing, whenever it is asked.
    pub fn stats(&self) -> ReadStats {
        let batcher = self.batcher.clone();
        Box::new(move || batcher.stats())
    }
}

/// Answers all together; where that fails for a reason that lies in one of them, one by one.
fn answer<Q, A>(
    conn: &mut DbConnection,
    read: &impl Fn(&mut DbConnection, &[Q]) -> Result<Vec<A>, DbError>,
    questions: &[Q],
) -> Result<Vec<Result<A, DbError>>, DbError> {
    match read(conn, questions) {
        Ok(answers) => Ok(answers.into_iter().map(Ok).collect()),
        Err(error) if questions.len() > 1 && !error.is_temporary() => {
            log::warn!("reads that failed together are made one by one: {error}");
            questions
                .chunks(1)
                .map(|question| match read(conn, question) {
                    Ok(answers) => Ok(answers.into_iter().next().ok_or(DbError::Aborted)),
                    // The connection is gone: the caller repeats everything on another one.
                    Err(error) if error.spoils_connection() => Err(error),
                    Err(error) => Ok(Err(error)),
                })
                .collect()
        }
        Err(error) => Err(error),
    }
}

impl<Q, A> Clone for Lookup<Q, A> {
    fn clone(&self) -> Self {
        Self { batcher: self.batcher.clone() }
    }
}

impl<Q, A> std::fmt::Debug for Lookup<Q, A> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Lookup").field(&self.batcher).finish()
    }
}
