//! A kv-service on free ports.

use kv_service::Service;
use nextid_service::config::{self, Config};
use nextid_service::shutdown::Shutdown;
use nextid_testkit::TestDatabase;
use nextid_testkit::http::{Answer, TestClient};
use serde_json::Value;

use super::ProofStandIn;

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
        let env = [
            ("NEXTID__SERVER__LISTEN", "127.0.0.1:0"),
            ("NEXTID__SERVER__ADMIN_LISTEN", "127.0.0.1:0"),
            ("NEXTID__SERVER__WORKERS", "2"),
            ("NEXTID__DATABASE__URL", db.url()),
            ("NEXTID__PROOF_SERVICE__URL", proof_service),
        ];
        let env = env.map(|(name, value)| (name.to_owned(), value.to_owned()));
        let mut config = Config::load(config::Service::Kv, None, env.into_iter()).unwrap();
        change(&mut config);
        let shutdown = Shutdown::new();
        let service = Service::start(&config, &shutdown).await.unwrap();
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
