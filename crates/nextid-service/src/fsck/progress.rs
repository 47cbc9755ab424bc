//! How far a check has come.

use std::fmt;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// What workers count, and whether they are to go on.
#[derive(Debug, Default)]
pub(super) struct Counter {
    pub(super) links: AtomicU64,
    pub(super) chains: AtomicU64,
    pub(super) rows: AtomicU64,
    is_given_up: AtomicBool,
}

impl Counter {
    /// Nobody waits for the outcome any more. A long chain would go on for minutes.
    pub(super) fn give_up(&self) {
        self.is_given_up.store(true, Ordering::Relaxed);
    }

    pub(super) fn is_given_up(&self) -> bool {
        self.is_given_up.load(Ordering::Relaxed)
    }

    pub(super) fn add(counter: &AtomicU64, number: usize) {
        counter.fetch_add(u64::try_from(number).unwrap_or(u64::MAX), Ordering::Relaxed);
    }

    pub(super) fn count(&self) -> Count {
        Count {
            links: self.links.load(Ordering::Relaxed),
            chains: self.chains.load(Ordering::Relaxed),
            rows: self.rows.load(Ordering::Relaxed),
        }
    }
}

/// How much was looked at.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Count {
    /// Links.
    pub links: u64,
    /// Chains.
    pub chains: u64,
    /// Rows of the feed, and of the other tables that are read row by row.
    pub rows: u64,
}

/// How far a check has come; or, at its end, what it was. Its text is for people.
#[derive(Debug, Clone, Copy)]
pub struct Progress {
    /// What was looked at.
    pub done: Count,
    /// How many links there were at the beginning.
    pub links_in_all: u64,
    /// Defects that were told.
    pub defects: u64,
    /// Since the beginning.
    pub took: Duration,
    /// Nothing is left to be looked at.
    pub is_end: bool,
}

impl Progress {
    pub(super) fn new(
        counter: &Counter,
        links_in_all: u64,
        defects: u64,
        start: Instant,
        is_end: bool,
    ) -> Self {
        Self { done: counter.count(), links_in_all, defects, took: start.elapsed(), is_end }
    }

    /// How much of the links is done, at most 100. A database that is written to may get more of them meanwhile.
    pub fn percent(&self) -> u64 {
        if self.links_in_all == 0 {
            return 100;
        }
        (self.done.links.saturating_mul(100) / self.links_in_all).min(100)
    }

    /// How fast it went.
    pub fn links_per_second(&self) -> u64 {
        let millis = u64::try_from(self.took.as_millis()).unwrap_or(u64::MAX).max(1);
        self.done.links.saturating_mul(1000) / millis
    }
}

impl fmt::Display for Progress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Count { links, chains, rows } = self.done;
        let (per_second, defects) = (self.links_per_second(), self.defects);
        if self.is_end {
            let seconds = self.took.as_secs_f64();
            return write!(
                f,
                "{links} links of {chains} chains and {rows} other rows in {seconds:.1} s ({per_second} links/s): \
                 {defects} defects"
            );
        }
        let (percent, all) = (self.percent(), self.links_in_all);
        write!(
            f,
            "{links} of {all} links ({percent} %), {per_second} links/s, {rows} other rows, {defects} defects"
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn progress(links: u64, links_in_all: u64, is_end: bool) -> Progress {
        Progress {
            done: Count { links, chains: 2, rows: 5 },
            links_in_all,
            defects: 1,
            took: Duration::from_millis(500),
            is_end,
        }
    }

    #[test]
    fn it_says_how_far_and_how_fast() {
        assert_eq!(
            progress(250, 1000, false).to_string(),
            "250 of 1000 links (25 %), 500 links/s, 5 other rows, 1 defects"
        );
        assert_eq!(
            progress(1000, 1000, true).to_string(),
            "1000 links of 2 chains and 5 other rows in 0.5 s (2000 links/s): 1 defects"
        );
        assert_eq!(progress(0, 0, false).percent(), 100);
        assert_eq!(progress(20, 10, false).percent(), 100);
    }
}
