//! Waiting for news.

use tokio::sync::watch;

/// Tells when the feed has grown. Clones are independent.
///
/// It says that there may be news, no more: the rows are read from the database, where a replica may lag behind.
#[derive(Clone, Debug)]
pub struct FeedWatch {
    latest: watch::Receiver<i64>,
}

impl FeedWatch {
    pub(crate) fn new(latest: watch::Receiver<i64>) -> Self {
        Self { latest }
    }

    /// The highest feed id that this process knows of, 0 at first.
    pub fn latest(&self) -> i64 {
        *self.latest.borrow()
    }

    /// Waits until the feed has an id beyond `after` and returns the highest one. None when the sequencer has
    /// stopped, after which there is no news.
    pub async fn beyond(&mut self, after: i64) -> Option<i64> {
        self.latest.wait_for(|latest| *latest > after).await.ok().map(|latest| *latest)
    }
}
