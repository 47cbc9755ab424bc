//! What delivering needs, and the ways to do it: in the background, or in a test until nothing is due.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Notify;

use super::hands::Hands;
use super::metrics::WebhookMetrics;
use super::sender::Sender;
use super::store::WebhookStore;
use super::worker::WebhookWorker;
use crate::db::DbError;
use crate::events::EventSource;
use crate::feed::FeedWatch;
use crate::shutdown::Shutdown;

/// Tells the present millisecond. A test moves its own.
pub type Clock = Arc<dyn Fn() -> i64 + Send + Sync>;

/// A number from 0 to 1, which spreads retries.
pub type Roll = Arc<dyn Fn() -> f64 + Send + Sync>;

/// How much is done at a time.
#[derive(Debug, Clone)]
pub struct DeliveryRules {
    /// Endpoints that are sent to at a time, if their last attempt went well.
    pub brisk_places: usize,
    /// Endpoints that are sent to at a time, of those that fail or take long.
    pub slow_places: usize,
    /// How long a claim outlives a holder that was killed.
    pub lease: Duration,
    /// How often it is looked for what other replicas left, or an operator changed elsewhere.
    pub poll: Duration,
}

impl Default for DeliveryRules {
    fn default() -> Self {
        Self {
            brisk_places: 32,
            slow_places: 32,
            lease: Duration::from_secs(5),
            poll: Duration::from_secs(1),
        }
    }
}

/// Delivers events to endpoints.
pub struct Deliverer {
    pub(super) store: WebhookStore,
    pub(super) source: Arc<dyn EventSource>,
    pub(super) sender: Sender,
    pub(super) metrics: WebhookMetrics,
    pub(super) rules: DeliveryRules,
    pub(super) clock: Clock,
    pub(super) roll: Roll,
    pub(super) wake: Notify,
}

impl fmt::Debug for Deliverer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Deliverer").field("rules", &self.rules).finish_non_exhaustive()
    }
}

impl Deliverer {
    /// Puts it together; nothing is done yet. Retries are spread by chance.
    pub fn new(
        store: WebhookStore,
        source: Arc<dyn EventSource>,
        sender: Sender,
        metrics: WebhookMetrics,
        rules: DeliveryRules,
        clock: Clock,
    ) -> Self {
        let roll: Roll = Arc::new(rand::random::<f64>);
        Self { store, source, sender, metrics, rules, clock, roll, wake: Notify::new() }
    }

    /// Spreads retries by these numbers.
    #[must_use]
    pub fn rolling(self, roll: Roll) -> Self {
        Self { roll, ..self }
    }

    /// Says that an endpoint was made or changed.
    pub fn wake(&self) {
        self.wake.notify_one();
    }

    /// Sends everything that is due at the present millisecond, until nothing is.
    ///
    /// # Errors
    /// [`DbError`].
    pub async fn run_until_idle(self: &Arc<Self>) -> Result<(), DbError> {
        let mut hands = Hands::new(Arc::clone(self));
        loop {
            hands.write_ended().await?;
            hands.claim().await?;
            if hands.are_empty() {
                return Ok(());
            }
            hands.await_ended().await;
        }
    }

    /// Works on the current tokio runtime until stopping is asked for, or until the worker is stopped.
    ///
    /// # Panics
    /// Outside of a tokio runtime.
    pub fn spawn(self: &Arc<Self>, news: FeedWatch, shutdown: Shutdown, grace: Duration) -> WebhookWorker {
        WebhookWorker::spawn(Arc::clone(self), news, shutdown, grace)
    }

    pub(super) fn now(&self) -> i64 {
        (self.clock)()
    }
}
