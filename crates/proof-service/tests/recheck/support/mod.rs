//! What the tests share: a worker with a clock of its own, bindings to look at, and platforms that answer as told.

pub mod bench;
pub mod bindings;
pub mod clock;
pub mod scripted;

use std::time::{Duration, Instant};

pub use bench::{Bench, START};
pub use bindings::{bind_gist, bind_many};
pub use clock::TestClock;
pub use scripted::{Answer, Scripted};

/// Gives way until something is so.
pub async fn until(what: &str, mut is_so: impl FnMut() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(60);
    while !is_so() {
        assert!(Instant::now() < deadline, "still not: {what}");
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
}
