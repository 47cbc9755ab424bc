//! The worker: claims what is due, looks at it, and writes what it saw.

mod round;

use std::sync::Arc;

use nextid_platforms::Registry;
use nextid_service::db::DbError;
use nextid_service::feed::Sequencer;
use nextid_service::shutdown::Shutdown;
use tokio::sync::{Mutex, Notify};
use tokio::task::JoinHandle;

use super::brake::Brake;
use super::metrics::RecheckMetrics;
use crate::store::Store;
use round::Round;

/// Tells the present second. A test moves its own.
pub type Clock = Arc<dyn Fn() -> i64 + Send + Sync>;

/// How much is done at a time, and when flipping pauses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RecheckRules {
    /// Proofs that are looked at at a time; as many are held in memory.
    pub concurrency: usize,
    /// Proofs of one platform that are looked at at a time.
    pub platform_concurrency: usize,
    /// When flipping pauses.
    pub brake: Brake,
}

impl Default for RecheckRules {
    fn default() -> Self {
        Self { concurrency: 16, platform_concurrency: 4, brake: Brake::default() }
    }
}

/// Looks at proofs again. Clones share everything.
#[derive(Clone)]
pub struct Rechecker {
    store: Store,
    registry: Arc<Registry>,
    sequencer: Arc<Sequencer>,
    metrics: RecheckMetrics,
    rules: RecheckRules,
    clock: Clock,
    wake: Arc<Notify>,
}

impl std::fmt::Debug for Rechecker {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Rechecker").field("rules", &self.rules).finish_non_exhaustive()
    }
}

impl Rechecker {
    /// Puts it together; nothing is done yet. The store's schedule counts.
    pub fn new(
        store: Store,
        registry: Arc<Registry>,
        sequencer: Arc<Sequencer>,
        metrics: RecheckMetrics,
        rules: RecheckRules,
        clock: Clock,
    ) -> Self {
        Self { store, registry, sequencer, metrics, rules, clock, wake: Arc::default() }
    }

    /// Says that something has become due.
    pub fn wake(&self) {
        self.wake.notify_one();
    }

    /// Looks at everything that is due, until nothing is.
    ///
    /// # Errors
    /// [`DbError`]. What was claimed becomes due again by itself.
    pub async fn run_until_idle(&self) -> Result<(), DbError> {
        let mut round = Round::new(self);
        loop {
            round.refresh_if_old().await?;
            round.claim().await?;
            if round.is_idle() {
                return round.refresh().await;
            }
            round.await_news().await;
            round.record_finished().await?;
        }
    }

    /// Works on the current tokio runtime until stopping is asked for.
    ///
    /// # Panics
    /// Outside of a tokio runtime.
    pub fn spawn(&self, shutdown: Shutdown) -> RecheckWorker {
        let stop = Arc::new(Notify::new());
        let task = tokio::spawn(serve(self.clone(), shutdown, Arc::clone(&stop)));
        RecheckWorker { stop, abort: task.abort_handle(), task: Mutex::new(Some(task)) }
    }
}

/// The running worker. Dropping it ends it at once, as killing the process would.
#[derive(Debug)]
pub struct RecheckWorker {
    stop: Arc<Notify>,
    task: Mutex<Option<JoinHandle<()>>>,
    abort: tokio::task::AbortHandle,
}

impl RecheckWorker {
    /// Ends it: what has been seen is written, what has not is given back.
    pub async fn stop(&self) {
        self.stop.notify_one();
        if let Some(task) = self.task.lock().await.take()
            && let Err(error) = task.await
        {
            log::error!("the worker that looks at proofs again ended early: {error}");
        }
    }
}

impl Drop for RecheckWorker {
    fn drop(&mut self) {
        self.abort.abort();
    }
}

async fn serve(rechecker: Rechecker, shutdown: Shutdown, stop: Arc<Notify>) {
    let mut round = Round::new(&rechecker);
    let mut healthy = true;
    loop {
        let outcome = round.step().await;
        match &outcome {
            Err(error) if healthy => log::warn!("proofs are not looked at again: {error}"),
            Ok(()) if !healthy => log::info!("proofs are looked at again"),
            _ => {}
        }
        healthy = outcome.is_ok();
        tokio::select! {
            () = shutdown.requested() => break,
            () = stop.notified() => break,
            () = rechecker.wake.notified() => round.look_for_due(),
            () = round.await_news() => {}
        }
    }
    if let Err(error) = round.give_up().await {
        log::warn!("claims could not be given back, they end by themselves: {error}");
    }
}
