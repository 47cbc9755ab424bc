//! The service as a whole: put together, started, stopped.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use actix_web::web::Data;
use nextid_core::Freshness;
use nextid_service::batcher;
use nextid_service::boot::{self, StartError};
use nextid_service::build_info::BuildInfo;
use nextid_service::config::{self, Config};
use nextid_service::db::Db;
use nextid_service::feed::{Sequencer, SequencerSettings};
use nextid_service::health::{Outcome, Readiness};
use nextid_service::http::Cors;
use nextid_service::metrics::Metrics;
use nextid_service::mirror::{MirrorTask, Status};
use nextid_service::server::{self, Running, ServerError, Spec};
use nextid_service::shutdown::Shutdown;
use nextid_service::webhooks::{WebhookWorker, Webhooks};

use crate::app::App;
use crate::bindings::{Followed, ProofService};
use crate::follow::{BindingFeed, Clock, FollowMetrics, FollowSettings, FollowStatus, Follower, HttpFeed};
use crate::store::{MIGRATIONS, Store};
use crate::submit::{Limits, Submitter};
use crate::{mirror, openapi, routes};

/// A kv-service that answers.
#[derive(Debug)]
pub struct Service {
    running: Running,
    sequencer: Arc<Sequencer>,
    store: Store,
    follower: Option<Follower>,
    webhooks: Option<WebhookWorker>,
    mirror: Option<MirrorTask>,
}

/// What tests put in the place of the world.
pub struct Parts {
    /// The clock by which the table of bindings grows old.
    pub clock: Clock,
    /// Where bindings are followed; none to ask for each.
    pub feed: Option<Arc<dyn BindingFeed>>,
    /// How they are followed.
    pub follow: FollowSettings,
}

impl std::fmt::Debug for Parts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Parts").field("follow", &self.follow).finish_non_exhaustive()
    }
}

impl Service {
    /// Opens the database, migrates it and begins to answer. `shutdown` decides when it stops. proof-service need not run
    /// yet.
    ///
    /// # Errors
    /// [`StartError`], which names the key to change.
    pub async fn start(config: &Config, shutdown: &Shutdown) -> Result<Self, StartError> {
        let feed = HttpFeed::new(&config.proof_service.url.to_string())
            .map_err(|error| StartError::Net(error.to_string()))?;
        let parts =
            Parts { clock: Clock::system(), feed: Some(Arc::new(feed)), follow: FollowSettings::default() };
        Self::start_with(config, shutdown, parts).await
    }

    /// As [`Service::start`], with other parts.
    ///
    /// # Errors
    /// [`StartError`].
    pub async fn start_with(config: &Config, shutdown: &Shutdown, parts: Parts) -> Result<Self, StartError> {
        let Parts { clock, feed, follow } = parts;
        let db = boot::open_database(config, config::Service::Kv, &MIGRATIONS).await?;
        if config.mirror.adopt && db.write(nextid_service::mirror::adopt).await? {
            log::warn!("a mirror's database is this service's own now");
        }
        boot::check_mirror(config, &db).await?;
        let store = Store::new(db.clone());
        let proof_service = ProofService::new(config).map_err(|error| StartError::Net(error.to_string()))?;
        let status = FollowStatus::new(clock.clone());
        let bindings = Followed {
            store: store.clone(),
            proof_service: proof_service.clone(),
            status: status.clone(),
            grace: Duration::from_secs(config.proof_service.grace_secs),
            clock: clock.clone(),
        };
        let sequencer = Arc::new(Sequencer::spawn(db.clone(), SequencerSettings::default()));
        let build = BuildInfo::current();
        let metrics = Metrics::new(config::Service::Kv, &build)?;
        FollowMetrics::register(&metrics, status.clone())?;
        batcher::metrics::register(metrics.registry(), store.batcher_stats())?;
        let hub = Data::new(boot::hub(store.clone(), &sequencer, config, shutdown, &metrics)?);
        let app = Data::new(App {
            submitter: Submitter {
                store: store.clone(),
                bindings: Arc::new(bindings),
                freshness: freshness(config),
                limits: Limits {
                    namespace_bytes: config.limits.namespace_bytes,
                    avatar_bytes: config.limits.avatar_bytes,
                    namespaces: config.limits.namespaces,
                },
                sequencer: Arc::clone(&sequencer),
            },
            limits: config.limits.clone(),
            follow: status.clone(),
            build: build.clone(),
            mirror_of: config.mirror.of.as_ref().map(|url| url.as_str().to_owned()),
        });
        let mirror_status =
            config.mirror.of.as_ref().map(|_| Status::with_metrics(metrics.registry())).transpose()?;
        let source = Arc::new(store.clone());
        let webhooks = Webhooks::new(config, config::Service::Kv, &db, source, metrics.registry())?;
        let webhook_routes = Arc::clone(&webhooks);
        let document = openapi::served();
        let admin_app = app.clone();
        let spec = Spec {
            service: config::Service::Kv,
            cors: Cors::Kv,
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
            readiness: readiness(&db, &sequencer, proof_service, feed.is_some().then(|| status.clone()))
                .mirror(mirror_status.clone()),
            metrics,
        };
        // What cannot be followed is said before anything is served.
        let mirrored = match (&config.mirror.of, mirror_status) {
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
        let mirror = mirrored.map(|follower| MirrorTask::spawn(follower, shutdown.clone()));
        let follower = feed.map(|feed| Follower::spawn(store.clone(), feed, status, clock, follow));
        Ok(Self { running, sequencer, store, follower, webhooks, mirror })
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
        if let Some(follower) = &self.follower {
            follower.stop().await;
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

/// Without proof-service there are no writes under what is newly bound, and after a while under nothing that is bound;
/// everything else goes on.
fn readiness(
    db: &Db,
    sequencer: &Arc<Sequencer>,
    proof_service: ProofService,
    followed: Option<FollowStatus>,
) -> Readiness {
    let readiness = boot::readiness(db, sequencer).check("proof_service", move || {
        let proof_service = proof_service.clone();
        async move {
            match proof_service.is_there().await {
                Ok(()) => Outcome::Ok,
                // Its cause may name hosts of the operator's network.
                Err(_) => Outcome::Degraded("proof-service does not answer".to_owned()),
            }
        }
    });
    match followed {
        Some(status) => readiness.check("bindings", move || std::future::ready(status.outcome())),
        None => readiness,
    }
}

fn freshness(config: &Config) -> Freshness {
    let seconds = |value: u64| i64::try_from(value).unwrap_or(i64::MAX);
    Freshness {
        max_age_secs: seconds(config.payload.max_age_secs),
        max_skew_secs: seconds(config.payload.max_skew_secs),
    }
}
