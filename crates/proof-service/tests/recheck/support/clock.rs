//! One clock for everything, which stands still until it is moved.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, Instant, SystemTime};

/// A clock that is moved by hand. Clones are the same clock.
#[derive(Debug, Clone)]
pub struct TestClock {
    seconds: Arc<AtomicI64>,
    began: (i64, Instant, SystemTime),
}

impl TestClock {
    /// Stands at this second.
    pub fn at(seconds: i64) -> Self {
        Self {
            seconds: Arc::new(AtomicI64::new(seconds)),
            began: (seconds, Instant::now(), SystemTime::now()),
        }
    }

    /// The present second.
    pub fn now(&self) -> i64 {
        self.seconds.load(Ordering::SeqCst)
    }

    /// Moves it.
    pub fn advance(&self, seconds: i64) {
        self.seconds.fetch_add(seconds, Ordering::SeqCst);
    }

    fn passed(&self) -> Duration {
        Duration::from_secs(u64::try_from(self.now() - self.began.0).expect("time goes forward"))
    }
}

impl nextid_net::Clock for TestClock {
    fn now(&self) -> Instant {
        self.began.1 + self.passed()
    }

    fn wall(&self) -> SystemTime {
        self.began.2 + self.passed()
    }
}
