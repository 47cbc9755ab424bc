//! A kv-service on free ports.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use kv_service::follow::{Clock, FollowSettings};
use kv_service::{Parts, Service};
use nextid_service::config::{self, Config};
use nextid_service::shutdown::Shutdown;
use nextid_testkit::TestDatabase;
use nextid_testkit::http::{Answer, TestClient};
use serde_json::Value;

use super::{ProofStandIn, ScriptedFeed, until};

/// A kv-service that answers, until it is dropped.
pub struct Kv {
    pub client: TestClient,
    pub admin: TestClient,
    service: Option<Service>,
    shutdown: Shutdown,
}

impl Kv {
    pub async fn start(db: &TestDatabase, proof_service: &ProofStandIn) -> Self {
        Self::with(db, proof_service.url(), |_| {}).await
    }

    /// With another configuration than the usual one.
    pub async fn with(db: &TestDatabase, proof_service: &str, change: impl FnOnce(&mut Config)) -> Self {
        let mut config = Self::config(db, proof_service);
        change(&mut config);
        let shutdown = Shutdown::new();
        let service = Service::start(&config, &shutdown).await.unwrap();
        Self::of(service, shutdown)
    }

    /// Beside a scripted feed, once that was read to its end.
    pub async fn following(db: &TestDatabase, proof_service: &ProofStandIn, feed: &ScriptedFeed) -> Self {
        let kv = Self::following_by(db, proof_service, feed, &TestClock::new()).await;
        kv.until_followed("ok").await;
        kv
    }

    /// Beside a scripted feed, by a clock of the test's own.
    pub async fn following_by(
        db: &TestDatabase,
        proof_service: &ProofStandIn,
        feed: &ScriptedFeed,
        clock: &TestClock,
    ) -> Self {
        Self::following_with(db, proof_service, feed, clock, FollowSettings::default()).await
    }

    pub async fn following_with(
        db: &TestDatabase,
        proof_service: &ProofStandIn,
        feed: &ScriptedFeed,
        clock: &TestClock,
        follow: FollowSettings,
    ) -> Self {
        let config = Self::config(db, proof_service.url());
        let shutdown = Shutdown::new();
        let follow = FollowSettings { longest_wait: Duration::from_millis(50), ..follow };
        let parts = Parts { clock: clock.clock(), feed: Some(Arc::new(feed.clone())), follow };
        let service = Service::start_with(&config, &shutdown, parts).await.unwrap();
        Self::of(service, shutdown)
    }

    fn config(db: &TestDatabase, proof_service: &str) -> Config {
        let env = [
            ("NEXTID__SERVER__LISTEN", "127.0.0.1:0"),
            ("NEXTID__SERVER__ADMIN_LISTEN", "127.0.0.1:0"),
            ("NEXTID__SERVER__WORKERS", "2"),
            ("NEXTID__DATABASE__URL", db.url()),
            ("NEXTID__PROOF_SERVICE__URL", proof_service),
        ];
        let env = env.map(|(name, value)| (name.to_owned(), value.to_owned()));
        Config::load(config::Service::Kv, None, env.into_iter()).unwrap()
    }

    fn of(service: Service, shutdown: Shutdown) -> Self {
        Self {
            client: TestClient::new(format!("http://{}", service.address())),
            admin: TestClient::new(format!("http://{}", service.admin_address())),
            service: Some(service),
            shutdown,
        }
    }

    pub fn address(&self) -> std::net::SocketAddr {
        self.service.as_ref().unwrap().address()
    }

    pub async fn payload(&self, body: &Value) -> Answer {
        self.client.post_json("/v1/kv/payload", body).await
    }

    pub async fn submit(&self, body: &Value) -> Answer {
        self.client.post_json("/v1/kv", body).await
    }

    /// What `/healthz` says of following.
    pub async fn followed(&self) -> Value {
        self.client.get("/healthz").await.expect_status(200).json()["bindings"].take()
    }

    /// Waits until following is `ok` or `degraded`.
    pub async fn until_followed(&self, status: &str) {
        until(&format!("following is {status}"), async || self.followed().await["status"] == status).await;
    }

    /// A number of `/metrics`, by its name without the prefix.
    pub async fn metric(&self, name: &str) -> i64 {
        let text = self.admin.get("/metrics").await.expect_status(200).text();
        let line = text.lines().find(|line| line.starts_with(&format!("nextid_{name}{{"))).unwrap();
        line.rsplit(' ').next().unwrap().parse().unwrap()
    }

    /// `proofs` of `GET /v1/kv`.
    pub async fn contents(&self, avatar: &str) -> Value {
        self.client.get(&format!("/v1/kv?avatar={avatar}")).await.expect_status(200).json()["proofs"].take()
    }

    /// Stops as a process does that is told to.
    pub async fn stop(mut self) {
        self.shutdown.request();
        self.service.take().unwrap().wait().await.unwrap();
    }
}

impl Drop for Kv {
    fn drop(&mut self) {
        self.shutdown.force();
    }
}

/// A clock that stands still until it is told to go on.
pub struct TestClock(Arc<AtomicI64>);

impl TestClock {
    pub fn new() -> Self {
        Self(Arc::new(AtomicI64::new(1_800_000_000_000)))
    }

    pub fn advance(&self, by: Duration) {
        self.0.fetch_add(i64::try_from(by.as_millis()).unwrap(), Ordering::SeqCst);
    }

    fn clock(&self) -> Clock {
        let now = Arc::clone(&self.0);
        Clock::new(move || now.load(Ordering::SeqCst))
    }
}
