//! How following does, for whoever has to know: writes, health, metrics.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use nextid_service::health::Outcome;

use super::clock::Clock;
use super::follower::FollowError;

/// Milliseconds that an item that was not understood is shown as a defect.
const SHOWN_MS: i64 = 3_600_000;

/// How following does in this process. Clones show the same.
#[derive(Debug, Clone)]
pub struct FollowStatus {
    clock: Clock,
    state: Arc<Mutex<State>>,
}

/// A snapshot.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct State {
    /// Whether the feed was read to its end and is open.
    pub is_live: bool,
    /// The unix millisecond at which it was so last, here or, before this process began, anywhere.
    pub live_at: Option<i64>,
    /// The unix millisecond since which there is no open stream, and why; none while there is one.
    pub down: Option<(i64, &'static str)>,
    /// The last item that was written.
    pub cursor: i64,
    /// Whether the feed is read from its beginning, while what was known before serves on.
    pub is_rebuilding: bool,
    /// Items that were written.
    pub items: u64,
    /// Items that were not understood, and the last one: its place and the unix millisecond at which it came.
    pub malformed: u64,
    /// The last of them: its place and the unix millisecond at which it came.
    pub last_malformed: Option<(i64, i64)>,
    /// Streams that ended or could not be opened.
    pub failures: u64,
    /// Questions to proof-service.
    pub asks: u64,
}

impl FollowStatus {
    /// Nothing has happened yet.
    pub fn new(clock: Clock) -> Self {
        Self { clock, state: Arc::default() }
    }

    /// Whether the feed is live, and when it was so last.
    pub(crate) fn live(&self) -> (bool, Option<i64>) {
        let state = self.lock();
        (state.is_live, state.live_at)
    }

    /// As it is now.
    pub fn snapshot(&self) -> State {
        self.lock().clone()
    }

    /// Seconds since the feed was last live; none if it never was.
    pub fn lag_secs(&self) -> Option<i64> {
        let (is_live, live_at) = self.live();
        if is_live { Some(0) } else { live_at.map(|at| (self.clock.now_ms() - at).max(0) / 1000) }
    }

    /// How it does, for an operator.
    pub fn outcome(&self) -> Outcome {
        let state = self.snapshot();
        let now = self.clock.now_ms();
        let mut faults = Vec::new();
        match &state.down {
            Some((since, why)) => {
                let for_secs = (now - since).max(0) / 1000;
                faults.push(format!("proof-service's feed has not been followed for {for_secs} s: {why}"));
            }
            None if state.is_live => {}
            None => faults.push(match (state.live_at, state.is_rebuilding) {
                (None, _) => "proof-service's feed is being read for the first time".to_owned(),
                (_, true) => "proof-service's feed is being read again from its beginning".to_owned(),
                (_, false) => "proof-service's feed is being caught up with".to_owned(),
            }),
        }
        match state.last_malformed {
            Some((id, at)) if now - at < SHOWN_MS => {
                let count = state.malformed;
                faults.push(format!(
                    "{count} items of proof-service's feed were not understood, the last of them {id}"
                ));
            }
            _ => {}
        }
        if faults.is_empty() { Outcome::Ok } else { Outcome::Degraded(faults.join("; ")) }
    }

    /// Says that proof-service is asked.
    pub(crate) fn count_ask(&self) {
        self.lock().asks += 1;
    }

    /// What the database says of the time before.
    pub(super) fn begins(&self, live_at: Option<i64>, cursor: i64, is_rebuilding: bool) {
        let mut state = self.lock();
        state.live_at = state.live_at.max(live_at);
        state.cursor = cursor;
        state.is_rebuilding = is_rebuilding;
    }

    /// A stream is open.
    pub(super) fn opened(&self) {
        self.lock().down = None;
    }

    /// Items were written.
    pub(super) fn wrote(&self, items: usize, cursor: i64) {
        let now = self.clock.now_ms();
        let mut state = self.lock();
        state.items += u64::try_from(items).unwrap_or(0);
        state.cursor = cursor;
        if state.is_live {
            state.live_at = state.live_at.max(Some(now));
        }
    }

    /// The feed was read to its end, and that was written.
    pub(super) fn at_end(&self) {
        let now = self.clock.now_ms();
        let mut state = self.lock();
        state.is_live = true;
        state.is_rebuilding = false;
        state.live_at = state.live_at.max(Some(now));
    }

    /// The stream has ended, or there is none. True if that is news.
    pub(super) fn failed(&self, error: &FollowError) -> bool {
        let now = self.clock.now_ms();
        let mut state = self.lock();
        // A stream that ends was live until now; one that is silent was so when it last said something.
        if state.is_live && !error.is_silence() {
            state.live_at = state.live_at.max(Some(now));
        }
        state.is_live = false;
        state.failures += 1;
        let is_news = state.down.is_none();
        let since = state.down.map_or(now, |(since, _)| since);
        state.down = Some((since, error.kind()));
        is_news
    }

    /// An item was not understood.
    pub(super) fn misunderstood(&self, id: i64) {
        let now = self.clock.now_ms();
        let mut state = self.lock();
        state.malformed += 1;
        state.last_malformed = Some((id, now));
    }

    /// A panic while it is held leaves it whole.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
