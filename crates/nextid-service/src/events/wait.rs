//! Reads that wait until there is something.

use std::time::Duration;

use tokio::time::Instant;

use super::hub::Hub;

/// The longest that a read waits.
pub const LONGEST_WAIT_SECS: i64 = 30;

impl Hub {
    /// Reads until there is something after `after`, at most for `wait_secs` (what is negative is 0, and what is more than
    /// [`LONGEST_WAIT_SECS`] is that), and not longer than the service runs. It holds nothing while it waits.
    ///
    /// `read` has to see everything that is committed, and says whether what it read is something. It is called at least
    /// once. What it read last is returned.
    ///
    /// # Errors
    /// Those of `read`.
    pub async fn read_when_there_is<T, E, R, F>(&self, after: i64, wait_secs: i64, read: R) -> Result<T, E>
    where
        R: Fn() -> F,
        F: Future<Output = Result<(T, bool), E>>,
    {
        let secs = wait_secs.clamp(0, LONGEST_WAIT_SECS);
        let deadline = Instant::now() + Duration::from_secs(secs.unsigned_abs());
        let mut news = self.shared.news.clone();
        loop {
            // Before the read: what comes after it is waited for.
            let known = news.latest();
            let permit = self.shared.reads.acquire().await;
            let (found, is_something) = read().await?;
            drop(permit);
            if is_something || Instant::now() >= deadline {
                return Ok(found);
            }
            tokio::select! {
                // Where nobody numbers any more, there is no news.
                latest = news.beyond(known.max(after)) => if latest.is_none() { return Ok(found) },
                () = tokio::time::sleep_until(deadline) => return Ok(found),
                () = self.shared.shutdown.requested() => return Ok(found),
            }
        }
    }
}
