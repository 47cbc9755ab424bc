//! The service as a whole: put together, started, stopped.

use std::net::SocketAddr;
use std::sync::Arc;

use actix_web::web::Data;
use nextid_core::Freshness;
use nextid_platforms::Registry;
use nextid_service::boot::{self, StartError};
use nextid_service::build_info::BuildInfo;
use nextid_service::config::{self, Config};
use nextid_service::feed::{Sequencer, SequencerSettings};
use nextid_service::http::Cors;
use nextid_service::metrics::Metrics;
use nextid_service::server::{self, Running, ServerError, Spec};
use nextid_service::shutdown::Shutdown;

use crate::app::App;
use crate::recheck::{RecheckMetrics, RecheckWorker, Rechecker};
use crate::store::{MIGRATIONS, Store};
use crate::submit::{Limits, Submitter};
use crate::{openapi, routes, settings};

/// A proof-service that answers.
#[derive(Debug)]
pub struct Service {
    running: Running,
    sequencer: Arc<Sequencer>,
    rechecks: Option<RecheckWorker>,
}

impl Service {
    /// Opens the database, migrates it and begins to answer. `shutdown` decides when it stops.
    ///
    /// # Errors
    /// [`StartError`], which names the key to change.
    pub async fn start(config: &Config, shutdown: &Shutdown) -> Result<Self, StartError> {
        let db = boot::open_database(config, config::Service::Proof, &MIGRATIONS).await?;
        let registry = Registry::new(&settings::platforms(config), boot::guarded_client(config)?)
            .map_err(|error| StartError::Platform(error.to_string()))?;
        let sequencer = Arc::new(Sequencer::spawn(db.clone(), SequencerSettings::default()));
        let build = BuildInfo::current();
        let metrics = Metrics::new(config::Service::Proof, &build)?;
        let store = Store::with_schedule(db.clone(), settings::schedule(config));
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
                store,
                registry,
                freshness: freshness(config),
                limits: Limits { bindings: config.limits.bindings, aliases: config.limits.aliases },
                sequencer: Arc::clone(&sequencer),
            },
            limits: config.limits.clone(),
            build: build.clone(),
            rechecker: rechecker.clone(),
        });
        let document = boot::served_document(openapi::document(&build))?;
        let admin_app = app.clone();
        let spec = Spec {
            service: config::Service::Proof,
            cors: Cors::Proof,
            routes: Arc::new(move |cfg| {
                cfg.app_data(app.clone());
                document.register(cfg);
                routes::configure(cfg);
            }),
            admin_routes: Arc::new(move |cfg| {
                cfg.app_data(admin_app.clone());
                routes::configure_admin(cfg);
            }),
            readiness: boot::readiness(&db, &sequencer),
            metrics,
        };
        let running = server::start(spec, config, shutdown)?;
        let rechecks = config.recheck.enabled.then(|| rechecker.spawn(shutdown.clone()));
        Ok(Self { running, sequencer, rechecks })
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
        self.sequencer.stop().await;
        ended
    }
}

fn freshness(config: &Config) -> Freshness {
    let seconds = |value: u64| i64::try_from(value).unwrap_or(i64::MAX);
    Freshness {
        max_age_secs: seconds(config.payload.max_age_secs),
        max_skew_secs: seconds(config.payload.max_skew_secs),
    }
}
