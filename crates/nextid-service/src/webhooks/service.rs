//! Webhooks as a part of a service: the API for operators, and the worker.

use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use actix_web::web::{Data, ServiceConfig};
use nextid_core::Avatar;
use prometheus::Registry;

use super::deliverer::{Deliverer, DeliveryRules};
use super::message::Message;
use super::sender::Sender;
use super::store::{StoredWebhook, WebhookStore};
use super::{Answer, WebhookMetrics, WebhookWorker, routes};
use crate::boot::StartError;
use crate::config::{Config, Secret, Service};
use crate::db::{Db, DbError};
use crate::events::{EventKind, EventSource};
use crate::feed::Sequencer;
use crate::shutdown::Shutdown;

/// The webhooks of a service.
#[derive(Debug)]
pub struct Webhooks {
    pub(super) store: WebhookStore,
    deliverer: Arc<Deliverer>,
    service: Service,
    token: Option<Secret>,
    pub(super) limit: usize,
    grace: Duration,
}

impl Webhooks {
    /// Puts them together; nothing is sent yet. `source` is the service's feed.
    ///
    /// # Errors
    /// When the client cannot be built, or metrics are registered already.
    pub fn new(
        config: &Config,
        service: Service,
        db: &Db,
        source: Arc<dyn EventSource>,
        registry: &Registry,
    ) -> Result<Arc<Self>, StartError> {
        let places = config.webhooks.concurrency.div_ceil(2);
        let rules = DeliveryRules { brisk_places: places, slow_places: places, ..DeliveryRules::default() };
        let store = WebhookStore::new(db.clone());
        let deliverer = Deliverer::new(
            store.clone(),
            source,
            Sender::new(config, config.webhooks.concurrency)?,
            WebhookMetrics::new(registry)?,
            rules,
            Arc::new(now),
        );
        Ok(Arc::new(Self {
            store,
            deliverer: Arc::new(deliverer),
            service,
            token: config.webhooks.admin_token.clone(),
            limit: config.limits.webhooks,
            grace: Duration::from_secs(config.server.shutdown_grace_secs),
        }))
    }

    /// Puts the API into an application; without `webhooks.admin_token` there is none.
    pub fn configure(self: &Arc<Self>, cfg: &mut ServiceConfig) {
        if self.token.is_some() {
            routes::configure(cfg.app_data(Data::from(Arc::clone(self))));
        }
    }

    /// Whether there is, or may come, something to send: where the API is on, or an endpoint was registered.
    ///
    /// # Errors
    /// The database's.
    pub async fn is_used(&self) -> Result<bool, DbError> {
        Ok(self.token.is_some() || self.store.is_used().await?)
    }

    /// Starts the worker.
    pub fn spawn(&self, sequencer: &Sequencer, shutdown: &Shutdown) -> WebhookWorker {
        self.deliverer.spawn(sequencer.watch(), shutdown.clone(), self.grace)
    }

    /// Whether this is the operator's token.
    pub(super) fn admits(&self, token: &str) -> bool {
        self.token.as_ref().is_some_and(|secret| secret.matches(token))
    }

    /// Has the worker look again.
    pub(super) fn changed(&self) {
        self.deliverer.wake();
    }

    /// The kinds of events that this service tells.
    pub(super) fn kinds(&self) -> &'static [EventKind] {
        match self.service {
            Service::Proof => &[EventKind::Link, EventKind::State],
            Service::Kv => &[EventKind::Link],
        }
    }

    /// An Avatar as this service shows it.
    pub(super) fn shown(&self, avatar: &Avatar) -> String {
        match self.service {
            Service::Proof => avatar.to_hex(),
            Service::Kv => avatar.to_uncompressed_hex(),
        }
    }

    pub(super) fn sender(&self) -> &Sender {
        &self.deliverer.sender
    }

    pub(super) fn source(&self) -> &dyn EventSource {
        &*self.deliverer.source
    }

    pub(super) fn now(&self) -> i64 {
        self.deliverer.now()
    }

    /// Sends a message to an endpoint, beside those that the worker sends.
    pub(super) async fn send_now(
        &self,
        webhook: &StoredWebhook,
        message: &Message,
    ) -> Result<(Answer, Duration), super::BadSigningSecret> {
        let now_secs = self.now() / 1000;
        let secrets = webhook.secrets(now_secs)?;
        Ok(self.sender().send(&webhook.url, &secrets, message, now_secs).await)
    }
}

fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}
