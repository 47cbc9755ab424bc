//! The service as a whole: put together, started, stopped.

use std::net::SocketAddr;
use std::sync::Arc;

use actix_web::web::Data;
use nextid_core::Freshness;
use nextid_service::batcher;
use nextid_service::boot::{self, StartError};
use nextid_service::build_info::BuildInfo;
use nextid_service::config::{self, Config};
use nextid_service::db::Db;
use nextid_service::feed::{Sequencer, SequencerSettings};
use nextid_service::http::Cors;
use nextid_service::metrics::Metrics;
use nextid_service::mirror::{MirrorTask, Status};
use nextid_service::server::{self, Running, ServerError, Spec};
use nextid_service::shutdown::Shutdown;
use nextid_service::webhooks::{WebhookWorker, Webhooks};

use crate::app::App;
use crate::recheck::{RecheckMetrics, RecheckWorker, Rechecker};
use crate::store::{MIGRATIONS, Store};
use crate::submit::{Limits, Submitter};
use crate::{mirror, openapi, routes, settings};

/// A proof-service that answers.
#[derive(Debug)]
pub struct Service {
    running: Running,
    sequencer: Arc<Sequencer>,
    store: Store,
    rechecks: Option<RecheckWorker>,
    webhooks: Option<WebhookWorker>,
    mirror: Option<MirrorTask>,
}

impl Service {
    /// Opens the database, migrates it and begins to answer. `shutdown` decides when it stops.
    ///
    /// # Errors
    /// [`StartError`], which names the key to change.
    pub async fn start(config: &Config, shutdown: &Shutdown) -> Result<Self, StartError> {
        let db = boot::open_database(config, config::Service::Proof, &MIGRATIONS).await?;
        if config.mirror.adopt {
            adopt(&db).await?;
        }
        boot::check_mirror(config, &db).await?;
        let registry = settings::registry(config)?;
        let sequencer = Arc::new(Sequencer::spawn(db.clone(), SequencerSettings::default()));
        let build = BuildInfo::current();
        let metrics = Metrics::new(config::Service::Proof, &build)?;
        let store = Store::with_schedule(db.clone(), settings::schedule(config));
        batcher::metrics::register(metrics.registry(), store.batcher_stats())?;
        let hub = Data::new(boot::hub(store.clone(), &sequencer, config, shutdown, &metrics)?);
        let registry = Arc::new(registry);
        let rechecker = Rechecker::new(
            store.clone(),
            Arc::clone(&registry),
            Arc::clone(&sequencer),
            RecheckMetrics::new(metrics.registry())?,
            settings::recheck_rules(config),
            Arc::new(|| boot::now().seconds()),
        );
        let app = Data::new(App {
            submitter: Submitter {
                store: store.clone(),
                registry,
                freshness: freshness(config),
                limits: Limits { bindings: config.limits.bindings, aliases: config.limits.aliases },
                sequencer: Arc::clone(&sequencer),
            },
            limits: config.limits.clone(),
            build: build.clone(),
            rechecker: rechecker.clone(),
            mirror_of: config.mirror.of.as_ref().map(|url| url.as_str().to_owned()),
        });
        let status =
            config.mirror.of.as_ref().map(|_| Status::with_metrics(metrics.registry())).transpose()?;
        let source = Arc::new(store.clone());
        let webhooks = Webhooks::new(config, config::Service::Proof, &db, source, metrics.registry())?;
        let webhook_routes = Arc::clone(&webhooks);
        let document = openapi::served();
        let admin_app = app.clone();
        let spec = Spec {
            service: config::Service::Proof,
            cors: Cors::Proof,
            routes: Arc::new(move |cfg| {
                cfg.app_data(app.clone()).app_data(hub.clone());
                document.register(cfg);
                if let Some(origin) = &app.mirror_of {
                    routes::configure_mirror(cfg, origin);
                }
                routes::configure(cfg);
                webhook_routes.configure(cfg);
            }),
            admin_routes: Arc::new(move |cfg| {
                cfg.app_data(admin_app.clone());
                routes::configure_admin(cfg);
            }),
            readiness: boot::readiness(&db, &sequencer).mirror(status.clone()),
            metrics,
        };
        // What cannot be followed is said before anything is served.
        let follower = match (&config.mirror.of, status) {
            (Some(url), Some(status)) => Some(
                mirror::follower(url.as_str(), store.clone(), status)
                    .map_err(|error| StartError::Net(format!("mirror.of: {error}")))?,
            ),
            _ => None,
        };
        let sends_webhooks = webhooks.is_used().await?;
        // From here on nothing fails any more: somebody may be asking already.
        let running = server::start(spec, config, shutdown)?;
        let webhooks = sends_webhooks.then(|| webhooks.spawn(&sequencer, shutdown));
        let rechecks =
            (config.recheck.enabled && follower.is_none()).then(|| rechecker.spawn(shutdown.clone()));
        let mirror = follower.map(|follower| MirrorTask::spawn(follower, shutdown.clone()));
        Ok(Self { running, sequencer, store, rechecks, webhooks, mirror })
    }

    /// Where the API listens.
    pub fn address(&self) -> SocketAddr {
        self.running.address()
    }

    /// Where the operator's routes listen.
    pub fn admin_address(&self) -> SocketAddr {
        self.running.admin_address()
    }

    /// Waits until stopping is asked for, and until what was accepted is answered and numbered.
    ///
    /// # Errors
    /// When the server ends without being asked.
    pub async fn wait(self) -> Result<(), ServerError> {
        let ended = self.running.wait().await;
        if let Some(rechecks) = &self.rechecks {
            rechecks.stop().await;
        }
        if let Some(webhooks) = &self.webhooks {
            webhooks.stop().await;
        }
        if let Some(mirror) = &self.mirror {
            mirror.wait().await;
        }
        // What was accepted is appended before the feed is numbered for the last time.
        self.store.stop().await;
        self.sequencer.stop().await;
        ended
    }
}

/// Takes a mirror's database over.
async fn adopt(db: &Db) -> Result<(), StartError> {
    let store = Store::new(db.clone());
    let adopted = store.adopt_mirror(boot::now().seconds()).await;
    store.stop().await;
    if let Some(proofs) = adopted? {
        log::warn!("mirror.unchecked" = proofs; "a mirror's database is this service's own now; its proofs are looked at");
    }
    Ok(())
}

fn freshness(config: &Config) -> Freshness {
    let seconds = |value: u64| i64::try_from(value).unwrap_or(i64::MAX);
    Freshness {
        max_age_secs: seconds(config.payload.max_age_secs),
        max_skew_secs: seconds(config.payload.max_skew_secs),
    }
}
