//! The one task of a process that reads what is new in the feed, for all readers.

use std::sync::Arc;
use std::time::Duration;

use tokio::task::AbortHandle;

use super::event::EventSource;
use super::metrics::EventMetrics;
use super::shared::Shared;
use crate::config::Config;
use crate::feed::FeedWatch;
use crate::shutdown::Shutdown;

/// Events that are read at a time.
const PAGE: i64 = 500;
/// How often it looks for what other replicas have numbered, of which nobody tells this process.
const POLL: Duration = Duration::from_millis(100);
/// Events before the latest that the window begins with, so that readers which come back need not read them each.
const PREFILL: i64 = 256;
/// How long it waits after the database has failed.
const PAUSE: Duration = Duration::from_secs(1);
/// What waking one reader costs, about. Under load, the hub rests as long as waking all of them takes, so that each is
/// woken for several events at once.
const WAKING: Duration = Duration::from_micros(20);
/// The longest rest.
const LONGEST_REST: Duration = Duration::from_millis(200);

/// How a [`Hub`] works.
#[derive(Debug, Clone)]
pub struct HubSettings {
    /// Streams open at a time.
    pub subscribers: usize,
    /// Bytes of the latest events that are kept for all readers. A reader that falls behind them is let go.
    pub queue_bytes: usize,
    /// How long a stream is silent before it gets a sign of life.
    pub heartbeat: Duration,
}

impl From<&Config> for HubSettings {
    fn from(config: &Config) -> Self {
        Self {
            subscribers: config.limits.event_streams,
            queue_bytes: config.events.queue_bytes,
            heartbeat: Duration::from_secs(config.events.heartbeat_secs),
        }
    }
}

/// Tells the feed of one database to any number of readers. See [the module](super) for how.
///
/// Dropping it ends its task; streams that are open go on in silence, so drop it with its server.
pub struct Hub {
    pub(super) shared: Arc<Shared>,
    task: AbortHandle,
}

impl Hub {
    /// Starts the task on the current tokio runtime. It reads nothing while there are no readers. `shutdown` ends all
    /// streams.
    ///
    /// # Panics
    /// Outside of a tokio runtime.
    pub fn spawn(
        source: Arc<dyn EventSource>,
        news: FeedWatch,
        settings: HubSettings,
        shutdown: Shutdown,
        metrics: EventMetrics,
    ) -> Self {
        let shared = Arc::new(Shared::new(source, news, settings, shutdown, metrics));
        let task = tokio::spawn(serve(Arc::clone(&shared))).abort_handle();
        Self { shared, task }
    }
}

impl Drop for Hub {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl std::fmt::Debug for Hub {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Hub")
            .field("settings", &self.shared.settings)
            .field("readers", &self.shared.readers())
            .finish_non_exhaustive()
    }
}

async fn serve(shared: Arc<Shared>) {
    let follow = async {
        loop {
            shared.somebody().await;
            fill(&shared).await;
        }
    };
    tokio::select! {
        () = follow => {}
        () = shared.shutdown.requested() => {}
    }
    shared.signal.send_replace(true);
}

/// Keeps the window at the end of the feed until nobody reads any more.
async fn fill(shared: &Shared) {
    let mut position = match shared.source.latest_id().await {
        Ok(latest) => latest.saturating_sub(PREFILL).max(0),
        Err(error) => {
            log::warn!("streams of events wait for the database: {error}");
            return tokio::time::sleep(PAUSE).await;
        }
    };
    shared.window().open(position);
    let (mut news, mut is_well) = (shared.news.clone(), true);
    while !is_left(shared) {
        // Known before the read, so that an empty one means that there is nothing up to here.
        let known = news.latest();
        match shared.source.read_after(position, PAGE).await {
            Ok(events) => {
                if !is_well {
                    log::info!("streams of events go on");
                }
                is_well = true;
                let end = events.last().map_or(known.max(position), |event| event.id);
                if end > position {
                    position = end;
                    shared.window().extend(&events, end);
                    shared.signal.send_modify(|_| {});
                    rest(shared.readers()).await;
                }
                if i64::try_from(events.len()).is_ok_and(|read| read < PAGE) {
                    let _ = tokio::time::timeout(POLL, told(&mut news, position)).await;
                }
            }
            Err(error) => {
                if is_well {
                    log::warn!("streams of events stand still: {error}");
                }
                is_well = false;
                tokio::time::sleep(PAUSE).await;
            }
        }
    }
}

/// Closes the window if nobody reads. Under the window's lock: a reader that comes meanwhile finds it either open, and
/// then it stays so, or closed.
fn is_left(shared: &Shared) -> bool {
    let mut window = shared.window();
    let is_left = shared.readers() == 0;
    if is_left {
        window.close();
    }
    is_left
}

/// Waits until this process knows of more. That nobody numbers here any more does not mean that nobody does.
async fn told(news: &mut FeedWatch, after: i64) {
    if news.beyond(after).await.is_none() {
        std::future::pending::<()>().await;
    }
}

async fn rest(readers: usize) {
    let rest = WAKING.saturating_mul(u32::try_from(readers).unwrap_or(u32::MAX)).min(LONGEST_REST);
    if rest >= Duration::from_millis(1) {
        tokio::time::sleep(rest).await;
    }
}
