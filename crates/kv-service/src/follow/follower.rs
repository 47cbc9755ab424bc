//! The task that follows proof-service's feed.

use std::sync::Arc;
use std::time::Duration;

use nextid_service::db::DbError;
use thiserror::Error;
use tokio::sync::mpsc;
use tokio::task::{JoinHandle, JoinSet};

use super::clock::Clock;
use super::feed::{BindingFeed, BindingStream, FeedError, News};
use super::item;
use super::status::FollowStatus;
use crate::store::Store;
use crate::store::follow::{Batch, Position};

/// Items that wait to be written at most: no more are read then.
const WAITING: usize = 1024;

/// How often a stream may have to be opened again at once, because the place in the feed has changed.
const AGAIN_AT_ONCE: u32 = 3;

/// How a [`Follower`] works.
#[derive(Debug, Clone)]
pub struct FollowSettings {
    /// How long it waits before it opens a stream that has ended again; each next time twice as long.
    pub first_wait: Duration,
    /// The longest that it waits. It decides how soon a revocation is seen once proof-service is back.
    pub longest_wait: Duration,
    /// After how long without a sign of life a stream counts as dead.
    pub silence: Duration,
    /// The most items that one transaction writes.
    pub batch: usize,
}

impl Default for FollowSettings {
    fn default() -> Self {
        Self {
            first_wait: Duration::from_millis(50),
            longest_wait: Duration::from_secs(1),
            silence: Duration::from_secs(45),
            batch: 500,
        }
    }
}

/// Why following was interrupted. It is tried again.
#[derive(Debug, Error)]
pub enum FollowError {
    /// proof-service.
    #[error("proof-service's feed: {0}")]
    Feed(#[from] FeedError),
    /// Our own database.
    #[error(transparent)]
    Db(#[from] DbError),
}

impl FollowError {
    /// What happened, without names of hosts.
    pub(super) fn kind(&self) -> &'static str {
        match self {
            Self::Feed(FeedError::Unreachable(_)) => "it cannot be reached",
            Self::Feed(FeedError::StaleCursor) => "it does not know our place in it",
            Self::Feed(FeedError::Silent) => "it gives no sign of life",
            Self::Feed(FeedError::Broken(_)) => "it is not as agreed",
            Self::Db(_) => "our database fails",
        }
    }

    pub(super) fn is_silence(&self) -> bool {
        matches!(self, Self::Feed(FeedError::Silent))
    }
}

/// Follows the feed until it is dropped or stopped. Several replicas on one database may each have one.
#[derive(Debug)]
pub struct Follower {
    task: tokio::sync::Mutex<Option<JoinHandle<()>>>,
    abort: tokio::task::AbortHandle,
}

/// Everything that following needs.
struct Following {
    store: Store,
    feed: Arc<dyn BindingFeed>,
    status: FollowStatus,
    clock: Clock,
    settings: FollowSettings,
}

impl Follower {
    /// Starts the task on the current tokio runtime.
    ///
    /// # Panics
    /// Outside of a tokio runtime.
    pub fn spawn(
        store: Store,
        feed: Arc<dyn BindingFeed>,
        status: FollowStatus,
        clock: Clock,
        settings: FollowSettings,
    ) -> Self {
        let task = tokio::spawn(Following { store, feed, status, clock, settings }.run());
        let abort = task.abort_handle();
        Self { task: tokio::sync::Mutex::new(Some(task)), abort }
    }

    /// Ends the task. What it was writing is written as a whole or not at all.
    pub async fn stop(&self) {
        self.abort.abort();
        if let Some(task) = self.task.lock().await.take()
            && let Err(error) = task.await
            && error.is_panic()
        {
            log::error!("following proof-service ended early");
        }
    }
}

impl Drop for Follower {
    fn drop(&mut self) {
        self.abort.abort();
    }
}

impl Following {
    async fn run(self) {
        let mut failures = 0;
        let mut at_once = 0;
        loop {
            let outcome = self.follow().await;
            if self.status.live().0 {
                (failures, at_once) = (0, 0);
            }
            if let Err(error) = outcome {
                if self.status.failed(&error) {
                    log::warn!("bindings are not followed any more: {error}");
                } else {
                    log::debug!("bindings are still not followed: {error}");
                }
            } else if at_once < AGAIN_AT_ONCE {
                at_once += 1;
                continue;
            }
            tokio::time::sleep(wait(&self.settings, failures)).await;
            failures += 1;
        }
    }

    /// Follows one stream to its end; `Ok` if another one is to be opened at once, because the place has changed.
    async fn follow(&self) -> Result<(), FollowError> {
        let position = self.store.position().await?;
        let is_rebuilding = position.generation != position.serving;
        self.status.begins(position.live_at, position.cursor, is_rebuilding);
        let stream = match self.feed.open(&position.epoch, position.cursor).await {
            Err(FeedError::StaleCursor) => {
                log::warn!(
                    "proof-service's feed does not have our place: it is read again from its beginning"
                );
                self.store.begin_again(position.generation, String::new()).await?;
                return Ok(());
            }
            stream => stream?,
        };
        let position = match self.same_life(position, stream.epoch()).await? {
            Some(position) => position,
            None => return Ok(()),
        };
        self.status.opened();
        self.read(stream, position).await
    }

    /// The position in this life of proof-service's database; none if the stream begins elsewhere.
    async fn same_life(&self, position: Position, epoch: &str) -> Result<Option<Position>, FollowError> {
        if position.epoch == epoch {
            return Ok(Some(position));
        }
        if !position.epoch.is_empty() {
            log::warn!("proof-service has another database: its feed is read from the beginning");
        }
        let asked = position.cursor;
        let position = self.store.begin_again(position.generation, epoch.to_owned()).await?;
        Ok((asked == 0 && position.cursor == 0 && position.epoch == epoch).then_some(position))
    }

    async fn read(&self, stream: Box<dyn BindingStream>, position: Position) -> Result<(), FollowError> {
        let (sender, mut receiver) = mpsc::channel(WAITING);
        // Dropped with this, and ended then.
        let mut reader = JoinSet::new();
        reader.spawn(pass_on(stream, sender));
        let mut read = Read { generation: position.generation, cursor: position.cursor, is_whole: false };
        let mut serving = position.serving;
        let mut news = Vec::new();
        loop {
            let waited = tokio::time::timeout(
                self.settings.silence,
                receiver.recv_many(&mut news, self.settings.batch.max(1)),
            );
            match waited.await {
                Err(_) => return Err(FeedError::Silent.into()),
                Ok(0) => return Err(FeedError::Broken("the reader ended".to_owned()).into()),
                Ok(_) => {}
            }
            let (batch, ended) = self.batch(&mut read, news.drain(..));
            let items = batch.changes.len();
            let was_served = serving == read.generation;
            let position = self.store.follow(batch).await?;
            if position.generation != read.generation {
                return Ok(());
            }
            self.status.wrote(items, position.cursor);
            if read.is_whole {
                self.note_whole(was_served);
                serving = position.serving;
            }
            if let Some(error) = ended {
                return Err(error.into());
            }
        }
    }

    /// What is to be written, and why nothing more comes.
    fn batch(
        &self,
        read: &mut Read,
        news: impl Iterator<Item = Result<News, FeedError>>,
    ) -> (Batch, Option<FeedError>) {
        let mut changes = Vec::new();
        let mut ended = None;
        for news in news {
            match news {
                Ok(News::AtEnd) => read.is_whole = true,
                Ok(News::Item { id, .. }) if id <= read.cursor => {
                    ended = Some(FeedError::Broken(format!("item {id} comes after {}", read.cursor)));
                    break;
                }
                Ok(News::Item { id, body }) => {
                    read.cursor = id;
                    match item::read(&body) {
                        Ok(change) => changes.extend(change.map(|change| (id, change))),
                        Err(malformed) => {
                            log::error!(id; "an item of proof-service's feed is not understood: {malformed}");
                            self.status.misunderstood(id);
                            changes.extend(malformed.doubt.map(|doubt| (id, *doubt)));
                        }
                    }
                }
                Err(error) => ended = Some(error),
            }
        }
        let Read { generation, cursor, is_whole } = *read;
        (Batch { generation, changes, cursor, is_whole, now: self.clock.now_ms() }, ended)
    }

    fn note_whole(&self, was_served: bool) {
        if !self.status.live().0 {
            log::info!("bindings are followed");
        }
        self.status.at_end();
        if !was_served {
            let store = self.store.clone();
            tokio::spawn(async move { while matches!(store.clear_old_generations().await, Ok(true)) {} });
        }
    }
}

/// How far a stream was read.
#[derive(Debug, Clone, Copy)]
struct Read {
    generation: i64,
    cursor: i64,
    /// Whether its end was reached once: from then on it is as new as can be.
    is_whole: bool,
}

/// Reads ahead, so that what comes while something is written is written together.
async fn pass_on(mut stream: Box<dyn BindingStream>, sender: mpsc::Sender<Result<News, FeedError>>) {
    loop {
        let news = stream.next().await;
        let has_ended = news.is_err();
        if sender.send(news).await.is_err() || has_ended {
            return;
        }
    }
}

/// Twice as long each time, and of that between a half and the whole, so that replicas do not all come at once.
fn wait(settings: &FollowSettings, failures: u32) -> Duration {
    let doubled = settings.first_wait.saturating_mul(2_u32.saturating_pow(failures.min(16)));
    let (random, _) = uuid::Uuid::new_v4().as_u64_pair();
    let share = 500 + u32::try_from(random % 501).unwrap_or(0);
    doubled.min(settings.longest_wait) * share / 1000
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_up_to_a_limit() {
        let settings = FollowSettings::default();
        for (failures, most) in [(0, 50), (1, 100), (4, 800), (5, 1000), (u32::MAX, 1000)] {
            for _ in 0..20 {
                let waited = wait(&settings, failures).as_millis();
                assert!((most / 2..=most).contains(&waited), "{waited} ms after {failures} failures");
            }
        }
    }
}
