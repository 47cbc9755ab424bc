//! The task that makes batches out of what waits.

use std::future::Future;
use std::sync::Arc;

use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore, mpsc, oneshot, watch};

use super::BatchError;
use super::stats::Counters;

/// A call that waits, and where its result goes.
pub(super) struct Job<T, R> {
    pub(super) call: T,
    pub(super) reply: oneshot::Sender<Result<R, BatchError>>,
}

/// A batch's slot. Its end is news, even if that is a panic.
struct Place {
    slot: Option<OwnedSemaphorePermit>,
    news: Arc<Notify>,
}

impl Drop for Place {
    fn drop(&mut self) {
        drop(self.slot.take());
        self.news.notify_one();
    }
}

pub(super) struct Dispatcher<F> {
    pub(super) name: &'static str,
    pub(super) max_batch: usize,
    pub(super) in_flight: u32,
    pub(super) crowd: usize,
    pub(super) news: Arc<Notify>,
    pub(super) slots: Arc<Semaphore>,
    pub(super) counters: Arc<Counters>,
    pub(super) run: Arc<F>,
}

impl<F> Dispatcher<F> {
    /// Serves until the queue is closed and empty and no batch runs.
    pub(super) async fn serve<T, R, Fut>(
        self,
        mut queue: mpsc::Receiver<Job<T, R>>,
        mut closing: watch::Receiver<bool>,
    ) where
        T: Send + 'static,
        R: Send + 'static,
        F: Fn(Vec<T>) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Vec<R>> + Send + 'static,
    {
        let mut open = true;
        // The slot comes first: while all are taken, calls gather in the queue.
        while let Ok(slot) = Arc::clone(&self.slots).acquire_owned().await {
            // Beside another batch only a crowd is worth one of its own. What was told before the look is not missed: a
            // `Notify` keeps it.
            if !self.is_alone() && queue.len() < self.crowd {
                drop(slot);
                self.news.notified().await;
                continue;
            }
            let mut jobs = Vec::new();
            tokio::select! {
                biased;
                // An error means that every handle was dropped; then the queue ends by itself.
                _ = closing.wait_for(|closing| *closing), if open => {
                    queue.close();
                    open = false;
                    continue;
                }
                taken = queue.recv_many(&mut jobs, self.max_batch) => {
                    if taken == 0 {
                        break;
                    }
                }
            }
            // Nobody waits for these any more, and nothing of them has been done.
            jobs.retain(|job| !job.reply.is_closed());
            if !jobs.is_empty() {
                self.start(jobs, slot);
            }
        }
        // All slots at once: every batch has ended.
        drop(self.slots.acquire_many(self.in_flight).await);
    }

    /// Whether no batch runs; the caller holds a slot.
    fn is_alone(&self) -> bool {
        u32::try_from(self.slots.available_permits()).is_ok_and(|free| free + 1 >= self.in_flight)
    }

    fn start<T, R, Fut>(&self, jobs: Vec<Job<T, R>>, slot: OwnedSemaphorePermit)
    where
        T: Send + 'static,
        R: Send + 'static,
        F: Fn(Vec<T>) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Vec<R>> + Send + 'static,
    {
        let (name, run, counters) = (self.name, Arc::clone(&self.run), Arc::clone(&self.counters));
        let place = Place { slot: Some(slot), news: Arc::clone(&self.news) };
        counters.started(jobs.len());
        // A task of its own, so that a panic in `run` ends this batch only: it drops the replies, which tells their
        // callers, and gives the slot back.
        tokio::spawn(async move {
            let ending = counters.ending();
            let (calls, replies): (Vec<T>, Vec<_>) =
                jobs.into_iter().map(|job| (job.call, job.reply)).unzip();
            let results = run(calls).await;
            if results.len() == replies.len() {
                for (reply, result) in replies.into_iter().zip(results) {
                    // A caller that went away does not want it.
                    drop(reply.send(Ok(result)));
                }
                ending.well();
            } else {
                let error = BatchError::Mismatch { name, calls: replies.len(), results: results.len() };
                log::error!("{error}");
                for reply in replies {
                    drop(reply.send(Err(error.clone())));
                }
            }
            drop(place);
        });
    }
}
