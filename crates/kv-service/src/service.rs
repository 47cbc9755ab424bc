//! The service as a whole: put together, started, stopped.

use std::net::SocketAddr;
use std::sync::Arc;

use actix_web::web::Data;
use nextid_core::Freshness;
use nextid_service::boot::{self, StartError};
use nextid_service::build_info::BuildInfo;
use nextid_service::config::{self, Config};
use nextid_service::db::Db;
use nextid_service::feed::{Sequencer, SequencerSettings};
use nextid_service::health::{Outcome, Readiness};
use nextid_service::http::Cors;
use nextid_service::metrics::Metrics;
use nextid_service::server::{self, Running, ServerError, Spec};
use nextid_service::shutdown::Shutdown;

use crate::app::App;
use crate::bindings::ProofService;
use crate::store::{MIGRATIONS, Store};
use crate::submit::{Limits, Submitter};
use crate::{openapi, routes};

/// A kv-service that answers.
#[derive(Debug)]
pub struct Service {
    running: Running,
    sequencer: Arc<Sequencer>,
}

impl Service {
    /// Opens the database, migrates it and begins to answer. `shutdown` decides when it stops. proof-service need not run
    /// yet.
    ///
    /// # Errors
    /// [`StartError`], which names the key to change.
    pub async fn start(config: &Config, shutdown: &Shutdown) -> Result<Self, StartError> {
        let db = boot::open_database(config, config::Service::Kv, &MIGRATIONS).await?;
        let bindings = ProofService::new(config).map_err(|error| StartError::Net(error.to_string()))?;
        let asked = bindings.clone();
        let sequencer = Arc::new(Sequencer::spawn(db.clone(), SequencerSettings::default()));
        let build = BuildInfo::current();
        let app = Data::new(App {
            submitter: Submitter {
                store: Store::new(db.clone()),
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
            build: build.clone(),
        });
        let document = boot::served_document(openapi::document(&build))?;
        let admin_app = app.clone();
        let spec = Spec {
            service: config::Service::Kv,
            cors: Cors::Kv,
            routes: Arc::new(move |cfg| {
                cfg.app_data(app.clone());
                document.register(cfg);
                routes::configure(cfg);
            }),
            admin_routes: Arc::new(move |cfg| {
                cfg.app_data(admin_app.clone());
                routes::configure_admin(cfg);
            }),
            readiness: readiness(&db, &sequencer, asked),
            metrics: Metrics::new(config::Service::Kv, &build)?,
        };
        let running = server::start(spec, config, shutdown)?;
        Ok(Self { running, sequencer })
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
        self.sequencer.stop().await;
        ended
    }
}

/// Without proof-service there are no writes under what is bound; everything else goes on.
fn readiness(db: &Db, sequencer: &Arc<Sequencer>, proof_service: ProofService) -> Readiness {
    boot::readiness(db, sequencer).check("proof_service", move || {
        let proof_service = proof_service.clone();
        async move {
            match proof_service.is_there().await {
                Ok(()) => Outcome::Ok,
                // Its cause may name hosts of the operator's network.
                Err(_) => Outcome::Degraded("proof-service does not answer".to_owned()),
            }
        }
    })
}

fn freshness(config: &Config) -> Freshness {
    let seconds = |value: u64| i64::try_from(value).unwrap_or(i64::MAX);
    Freshness {
        max_age_secs: seconds(config.payload.max_age_secs),
        max_skew_secs: seconds(config.payload.max_skew_secs),
    }
}
