//! A service that takes links of any age. The configuration allows a year, and most vectors are older.

use std::io;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;

use actix_web::web::Data;
use async_trait::async_trait;
use nextid_core::Freshness;
use nextid_net::{AllowHost, GuardedClient, NetConfig, Resolver};
use nextid_platforms::Registry;
use nextid_service::boot;
use nextid_service::build_info::BuildInfo;
use nextid_service::config::{self, Config};
use nextid_service::feed::{Sequencer, SequencerSettings};
use nextid_service::http::Cors;
use nextid_service::metrics::Metrics;
use nextid_service::server::{self, Running, Spec};
use nextid_service::shutdown::Shutdown;
use nextid_testkit::http::{Answer, TestClient};
use nextid_testkit::{TestDatabase, block_on};
use proof_service::app::App;
use proof_service::recheck::{RecheckMetrics, RecheckRules, Rechecker};
use proof_service::routes;
use proof_service::store::{MIGRATIONS, Store};
use proof_service::submit::{Limits, Submitter};
use serde_json::Value;
use tokio::sync::oneshot;

use super::Platforms;

/// Longer than anybody has signed links.
const MAX_AGE_SECS: i64 = 100 * 365 * 86_400;

/// A service that answers; it is asked to stop when this is dropped.
#[derive(Debug)]
pub struct Served {
    client: TestClient,
    shutdown: Shutdown,
    /// What it asks.
    pub platforms: Platforms,
}

impl Drop for Served {
    fn drop(&mut self) {
        self.shutdown.request();
    }
}

impl Served {
    /// Starts it on this database with these platforms.
    pub async fn start(db: &TestDatabase, platforms: Platforms) -> Self {
        let settings = [
            ("NEXTID__DATABASE__URL", db.url()),
            ("NEXTID__SERVER__LISTEN", "127.0.0.1:0"),
            ("NEXTID__SERVER__ADMIN_LISTEN", "127.0.0.1:0"),
            ("NEXTID__SERVER__WORKERS", "1"),
            ("NEXTID__DATABASE__POOL_SIZE", "2"),
        ];
        let settings = settings.into_iter().map(|(key, value)| (key.to_owned(), value.to_owned()));
        let config = Config::load(config::Service::Proof, Some(Path::new("/dev/null")), settings)
            .expect("a configuration");
        let registry = Registry::new(&platforms.settings, client(&platforms)).expect("the platforms");
        let shutdown = Shutdown::new();
        let stopping = shutdown.clone();
        let (tell, told) = oneshot::channel();
        std::thread::spawn(move || {
            block_on(async move {
                let (running, sequencer) = serve(&config, registry, &stopping).await;
                tell.send(running.address()).expect("the test waits for the address");
                running.wait().await.expect("it stops when it is asked to");
                sequencer.stop().await;
            });
        });
        let address = told.await.expect("it starts");
        Self { client: TestClient::new(format!("http://{address}")), shutdown, platforms }
    }

    /// `POST` of JSON.
    pub async fn post(&self, path: &str, body: &Value) -> Answer {
        self.client.post_json(path, body).await
    }

    /// `GET`.
    pub async fn get(&self, path: &str) -> Answer {
        self.client.get(path).await
    }
}

/// Reaches the one host that identities name, wherever it is.
fn client(platforms: &Platforms) -> GuardedClient {
    let mut net = NetConfig::default();
    let mut places = Vec::new();
    if let Some((host, address)) = &platforms.host {
        net.allow_hosts = AllowHost::parse_list(host).expect("a host");
        places.push(*address);
    }
    GuardedClient::builder(net).resolver(Arc::new(Everywhere(places))).build().expect("a client")
}

/// Every name has these addresses.
#[derive(Debug)]
struct Everywhere(Vec<SocketAddr>);

#[async_trait]
impl Resolver for Everywhere {
    async fn resolve(&self, _host: &str) -> io::Result<Vec<SocketAddr>> {
        Ok(self.0.clone())
    }
}

/// Puts the service together as it is in operation, with a registry and a freshness of the test's own.
async fn serve(config: &Config, registry: Registry, shutdown: &Shutdown) -> (Running, Arc<Sequencer>) {
    let db = boot::open_database(config, config::Service::Proof, &MIGRATIONS).await.expect("the database");
    let sequencer = Arc::new(Sequencer::spawn(db.clone(), SequencerSettings::default()));
    let build = BuildInfo::current();
    let metrics = Metrics::new(config::Service::Proof, &build).expect("the metrics");
    let (store, registry) = (Store::new(db.clone()), Arc::new(registry));
    let rechecker = Rechecker::new(
        store.clone(),
        Arc::clone(&registry),
        Arc::clone(&sequencer),
        RecheckMetrics::new(metrics.registry()).expect("the metrics"),
        RecheckRules::default(),
        Arc::new(|| boot::now().seconds()),
    );
    let freshness = Freshness { max_age_secs: MAX_AGE_SECS, max_skew_secs: 300 };
    let limits = Limits { bindings: config.limits.bindings, aliases: config.limits.aliases };
    let app = Data::new(App {
        submitter: Submitter { store, registry, freshness, limits, sequencer: Arc::clone(&sequencer) },
        limits: config.limits.clone(),
        build,
        rechecker,
        mirror_of: None,
    });
    let spec = Spec {
        service: config::Service::Proof,
        cors: Cors::Proof,
        routes: Arc::new(move |cfg| {
            cfg.app_data(app.clone());
            routes::configure(cfg);
        }),
        admin_routes: Arc::new(|_| {}),
        readiness: boot::readiness(&db, &sequencer),
        metrics,
    };
    (server::start(spec, config, shutdown).expect("free ports"), sequencer)
}
