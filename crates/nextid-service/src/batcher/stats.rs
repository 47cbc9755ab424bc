//! What a batcher counts.

use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

/// What a batcher has done since it was started, and is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BatcherStats {
    /// The batcher's name.
    pub name: &'static str,
    /// Batches that were started.
    pub batches: u64,
    /// Calls in them.
    pub calls: u64,
    /// The most calls in one batch.
    pub largest_batch: usize,
    /// Batches that panicked or returned a wrong number of results.
    pub failed_batches: u64,
    /// Calls that were refused because too many waited.
    pub rejected: u64,
    /// Calls that wait.
    pub waiting: usize,
    /// Batches that run.
    pub running: usize,
}

#[derive(Debug, Default)]
pub(super) struct Counters {
    batches: AtomicU64,
    calls: AtomicU64,
    largest: AtomicUsize,
    failed: AtomicU64,
    rejected: AtomicU64,
}

impl Counters {
    pub(super) fn started(&self, calls: usize) {
        self.batches.fetch_add(1, Ordering::Relaxed);
        self.calls.fetch_add(u64::try_from(calls).unwrap_or(u64::MAX), Ordering::Relaxed);
        self.largest.fetch_max(calls, Ordering::Relaxed);
    }

    pub(super) fn rejected(&self) {
        self.rejected.fetch_add(1, Ordering::Relaxed);
    }

    /// Counts a failed batch when it is dropped, unless the batch went [`well`](Ending::well).
    pub(super) fn ending(&self) -> Ending<'_> {
        Ending { counters: self, well: false }
    }

    pub(super) fn read(&self, name: &'static str, waiting: usize, running: usize) -> BatcherStats {
        BatcherStats {
            name,
            batches: self.batches.load(Ordering::Relaxed),
            calls: self.calls.load(Ordering::Relaxed),
            largest_batch: self.largest.load(Ordering::Relaxed),
            failed_batches: self.failed.load(Ordering::Relaxed),
            rejected: self.rejected.load(Ordering::Relaxed),
            waiting,
            running,
        }
    }
}

pub(super) struct Ending<'c> {
    counters: &'c Counters,
    well: bool,
}

impl Ending<'_> {
    pub(super) fn well(mut self) {
        self.well = true;
    }
}

impl Drop for Ending<'_> {
    fn drop(&mut self) {
        if !self.well {
            self.counters.failed.fetch_add(1, Ordering::Relaxed);
        }
    }
}
