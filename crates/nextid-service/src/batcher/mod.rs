//! Calls that wait at the same time become one call.
//!
//! A [`Batcher`] stands in front of something that does many things for little more than the price of one: an
//! append of many links in one statement, many point reads as one `= ANY($1)`. Nobody waits for a timer: a batch
//! starts as soon as none runs, or as soon as a crowd waits and one of the slots is free, with whatever waits by then. So a
//! single caller is served at once and batches grow only as load grows.
//!
//! ```
//! # async fn example(db: nextid_service::db::Db) -> Result<(), Box<dyn std::error::Error>> {
//! use std::time::Duration;
//! use nextid_service::batcher::{Batcher, BatcherSettings, spread};
//!
//! let lookup = Batcher::spawn(
//!     BatcherSettings { name: "lookup", capacity: 1024, max_batch: 128, in_flight: 3, crowd: 32, wait: Duration::from_secs(2) },
//!     move |keys: Vec<i64>| {
//!         let db = db.clone();
//!         async move {
//!             let count = keys.len();
//!             // One query for all of them; the answers are in the order of the keys.
//!             spread(count, db.read(move |_conn| Ok(keys.iter().map(|key| key * 2).collect())).await)
//!         }
//!     },
//! );
//! assert_eq!(lookup.submit(21).await??, 42);
//! # Ok(()) }
//! ```

mod dispatch;
pub mod metrics;
mod stats;

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{Notify, Semaphore, mpsc, oneshot, watch};

use dispatch::{Dispatcher, Job};
pub use stats::BatcherStats;
use stats::Counters;

/// More than these is a mistake, and more than a semaphore counts.
const MOST_WAITING: usize = 1 << 20;
const MOST_IN_FLIGHT: usize = 1 << 10;

/// The bounds of a [`Batcher`]. Each count is at least 1.
#[derive(Clone, Debug)]
pub struct BatcherSettings {
    /// What it is called in metrics and errors.
    pub name: &'static str,
    /// How many calls may wait.
    pub capacity: usize,
    /// The most calls in one batch.
    pub max_batch: usize,
    /// How many batches may run at the same time.
    pub in_flight: usize,
    /// How many calls have to wait before a batch is started beside another one. With 1 every free slot is used at once; with
    /// more, calls gather while a batch runs, which is cheaper for everybody until there are many.
    pub crowd: usize,
    /// How long a call waits for a place among the waiting before [`BatchError::Overloaded`].
    pub wait: Duration,
}

/// Why a call has no result.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BatchError {
    /// Too many calls wait. Nothing was done.
    #[error("{name} is overloaded: no place in the queue after {} ms", waited.as_millis())]
    Overloaded {
        /// The batcher's name.
        name: &'static str,
        /// How long the call has waited.
        waited: Duration,
    },
    /// The batcher is shutting down. Nothing was done.
    #[error("{name} is shutting down")]
    Closed {
        /// The batcher's name.
        name: &'static str,
    },
    /// The batch panicked, or its runtime went away. What it did before is unknown.
    #[error("a batch of {name} was aborted")]
    Aborted {
        /// The batcher's name.
        name: &'static str,
    },
    /// The batch returned more or fewer results than it had calls, so that none can be told to anybody.
    #[error("a batch of {name} with {calls} calls returned {results} results")]
    Mismatch {
        /// The batcher's name.
        name: &'static str,
        /// How many calls the batch had.
        calls: usize,
        /// How many results it returned.
        results: usize,
    },
}

/// Turns calls with a `T` that wait at the same time into one call with many, and gives each caller its own `R`.
/// Clones share the queue. When the last clone is dropped, what waits is still done.
pub struct Batcher<T, R> {
    queue: mpsc::Sender<Job<T, R>>,
    slots: Arc<Semaphore>,
    /// Told when a batch has ended, a crowd waits, or the batcher closes.
    news: Arc<Notify>,
    counters: Arc<Counters>,
    closing: Arc<watch::Sender<bool>>,
    /// Never carries a value; it ends when the dispatcher has.
    ended: watch::Receiver<()>,
    settings: Arc<BatcherSettings>,
}

impl<T: Send + 'static, R: Send + 'static> Batcher<T, R> {
    /// Starts a batcher on the current tokio runtime, which should be the process's main one: it stops with it.
    ///
    /// `run` gets one to `max_batch` calls in the order in which they came, and returns one result for each, in the
    /// same order. It must not block; [`Db`](crate::db::Db) runs its closures on blocking threads.
    ///
    /// # Panics
    /// Outside of a tokio runtime.
    pub fn spawn<F, Fut>(settings: BatcherSettings, run: F) -> Self
    where
        F: Fn(Vec<T>) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Vec<R>> + Send + 'static,
    {
        let capacity = settings.capacity.clamp(1, MOST_WAITING);
        let settings = BatcherSettings { crowd: settings.crowd.clamp(1, capacity), ..settings };
        let (queue, calls) = mpsc::channel(capacity);
        let in_flight = settings.in_flight.clamp(1, MOST_IN_FLIGHT);
        let slots = Arc::new(Semaphore::new(in_flight));
        let news = Arc::new(Notify::new());
        let counters = Arc::new(Counters::default());
        let (closing, closing_seen) = watch::channel(false);
        let (alive, ended) = watch::channel(());
        let dispatcher = Dispatcher {
            name: settings.name,
            max_batch: settings.max_batch.max(1),
            in_flight: u32::try_from(in_flight).unwrap_or(1),
            crowd: settings.crowd,
            news: Arc::clone(&news),
            slots: Arc::clone(&slots),
            counters: Arc::clone(&counters),
            run: Arc::new(run),
        };
        tokio::spawn(async move {
            dispatcher.serve(calls, closing_seen).await;
            drop(alive);
        });
        Self { queue, slots, news, counters, closing: Arc::new(closing), ended, settings: Arc::new(settings) }
    }

    /// Makes one call and waits for its result.
    ///
    /// If this future is dropped before its batch starts, the call is not made; afterwards the batch goes on and
    /// only this result is lost.
    ///
    /// # Errors
    /// See [`BatchError`].
    pub async fn submit(&self, call: T) -> Result<R, BatchError> {
        let name = self.settings.name;
        if *self.closing.borrow() {
            return Err(BatchError::Closed { name });
        }
        let wait = self.settings.wait;
        let place = match tokio::time::timeout(wait, self.queue.reserve()).await {
            Ok(Ok(place)) => place,
            Ok(Err(_)) => return Err(BatchError::Closed { name }),
            Err(_) => {
                self.counters.rejected();
                return Err(BatchError::Overloaded { name, waited: wait });
            }
        };
        let (reply, result) = oneshot::channel();
        place.send(Job { call, reply });
        if self.waiting() >= self.settings.crowd {
            self.news.notify_one();
        }
        result.await.unwrap_or(Err(BatchError::Aborted { name }))
    }

    /// Takes no more calls, and returns when all that were taken are done.
    pub async fn shutdown(&self) {
        self.closing.send_replace(true);
        self.news.notify_one();
        let mut ended = self.ended.clone();
        while ended.changed().await.is_ok() {}
    }

    /// Calls in the queue.
    fn waiting(&self) -> usize {
        self.queue.max_capacity().saturating_sub(self.queue.capacity())
    }

    /// What it has done and is doing, for metrics.
    pub fn stats(&self) -> BatcherStats {
        let waiting = self.waiting();
        let running =
            self.settings.in_flight.clamp(1, MOST_IN_FLIGHT).saturating_sub(self.slots.available_permits());
        self.counters.read(self.settings.name, waiting, running)
    }
}

impl<T, R> Clone for Batcher<T, R> {
    fn clone(&self) -> Self {
        Self {
            queue: self.queue.clone(),
            slots: Arc::clone(&self.slots),
            news: Arc::clone(&self.news),
            counters: Arc::clone(&self.counters),
            closing: Arc::clone(&self.closing),
            ended: self.ended.clone(),
            settings: Arc::clone(&self.settings),
        }
    }
}

impl<T, R> std::fmt::Debug for Batcher<T, R> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Batcher").field("settings", &self.settings).finish_non_exhaustive()
    }
}

/// One result for each of `count` calls: their own, or for all of them the error of the whole batch.
pub fn spread<R, E: Clone>(count: usize, outcome: Result<Vec<R>, E>) -> Vec<Result<R, E>> {
    match outcome {
        Ok(results) => results.into_iter().map(Ok).collect(),
        Err(error) => std::iter::repeat_with(|| Err(error.clone())).take(count).collect(),
    }
}
