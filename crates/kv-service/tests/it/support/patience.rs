//! Waiting for what happens by itself.

use std::time::{Duration, Instant};

/// How long something may take.
const PATIENCE: Duration = Duration::from_secs(20);
/// How often it is looked at.
const GLANCE: Duration = Duration::from_millis(5);

/// Looks again and again until something is so; tells how long it took.
pub async fn until(what: &str, mut is_so: impl AsyncFnMut() -> bool) -> Duration {
    let begun = Instant::now();
    while !is_so().await {
        assert!(begun.elapsed() < PATIENCE, "still not: {what}");
        tokio::time::sleep(GLANCE).await;
    }
    begun.elapsed()
}
