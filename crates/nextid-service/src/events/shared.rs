//! What the hub's task and its readers share.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::{Notify, Semaphore, watch};

use super::event::EventSource;
use super::hub::HubSettings;
use super::metrics::EventMetrics;
use super::window::Window;
use crate::feed::FeedWatch;
use crate::shutdown::Shutdown;

/// Pages of the database that are read at a time for readers that are behind, and reads for those that wait: the pool is
/// there for others too.
const READS: usize = 3;

pub(super) struct Shared {
    pub(super) source: Arc<dyn EventSource>,
    pub(super) settings: HubSettings,
    pub(super) metrics: EventMetrics,
    pub(super) shutdown: Shutdown,
    pub(super) news: FeedWatch,
    /// A read that is not the hub's own needs a permit.
    pub(super) reads: Semaphore,
    /// Changes whenever the window does; true when the service stops.
    pub(super) signal: watch::Sender<bool>,
    window: Mutex<Window>,
    readers: AtomicUsize,
    first: Notify,
}

impl Shared {
    pub(super) fn new(
        source: Arc<dyn EventSource>,
        news: FeedWatch,
        settings: HubSettings,
        shutdown: Shutdown,
        metrics: EventMetrics,
    ) -> Self {
        Self {
            window: Mutex::new(Window::new(settings.queue_bytes)),
            source,
            settings,
            metrics,
            shutdown,
            news,
            reads: Semaphore::new(READS),
            signal: watch::Sender::new(false),
            readers: AtomicUsize::new(0),
            first: Notify::new(),
        }
    }

    /// The window; what panicked with it left nothing half done that would matter.
    pub(super) fn window(&self) -> MutexGuard<'_, Window> {
        self.window.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn readers(&self) -> usize {
        self.readers.load(Ordering::SeqCst)
    }

    /// Waits until there is a reader.
    pub(super) async fn somebody(&self) {
        while self.readers() == 0 {
            self.first.notified().await;
        }
    }
}

/// The place of one reader, given back when it is dropped.
pub(super) struct Place(Arc<Shared>);

impl Place {
    /// A place, unless all are taken.
    pub(super) fn take(shared: &Arc<Shared>) -> Option<Self> {
        let most = shared.settings.subscribers;
        let grow = |readers: usize| (readers < most).then_some(readers + 1);
        shared.readers.fetch_update(Ordering::SeqCst, Ordering::SeqCst, grow).ok()?;
        shared.metrics.subscribers.inc();
        shared.first.notify_one();
        Some(Self(Arc::clone(shared)))
    }
}

impl std::ops::Deref for Place {
    type Target = Arc<Shared>;

    fn deref(&self) -> &Arc<Shared> {
        &self.0
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.0.readers.fetch_sub(1, Ordering::SeqCst);
        self.0.metrics.subscribers.dec();
    }
}
