//! A proof-service of the test's own.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::Path;

use http::Method;
use nextid_service::config::{self, Config};
use nextid_service::shutdown::Shutdown;
use nextid_testkit::dns::DnsStandIn;
use nextid_testkit::github::GithubStandIn;
use nextid_testkit::http::{Answer, TestClient};
use nextid_testkit::{TestDatabase, block_on};
use proof_service::Service;
use serde_json::Value;
use tokio::sync::oneshot;

use super::described;

/// The platforms that would be reached without credentials.
const BASE_URLS: [&str; 7] = ["github", "dotbit", "minds", "steam", "telegram", "tiktok", "bluesky"];

/// A service that answers; it is asked to stop when this is dropped.
#[derive(Debug)]
pub struct App {
    /// Where the API listens.
    pub address: SocketAddr,
    /// Where the operator's routes listen.
    pub admin_address: SocketAddr,
    /// Asks without comparing the answers with the document.
    pub client: TestClient,
    shutdown: Shutdown,
}

/// What a service is started with.
#[derive(Debug, Clone)]
pub struct Setup(BTreeMap<String, String>);

impl Setup {
    /// Free ports, this database, and no platform that could be reached.
    pub fn new(db: &TestDatabase) -> Self {
        let setup = Self(BTreeMap::new())
            .set("database.url", db.url())
            .set("server.listen", "127.0.0.1:0")
            .set("server.admin_listen", "127.0.0.1:0")
            .set("server.workers", 2)
            .set("database.pool_size", 4)
            .set("platforms.dns.resolver", "udp://127.0.0.1:9");
        BASE_URLS.iter().fold(setup, |setup, platform| {
            setup.set(&format!("platforms.{platform}.base_url"), "http://127.0.0.1:9")
        })
    }

    /// Changes a key of the configuration: `limits.bindings`.
    pub fn set(mut self, key: &str, value: impl ToString) -> Self {
        let variable = format!("NEXTID__{}", key.to_uppercase().replace('.', "__"));
        self.0.insert(variable, value.to_string());
        self
    }

    /// Takes the stand-in for GitHub.
    pub fn github(self, github: &GithubStandIn) -> Self {
        self.set("platforms.github.base_url", github.base_url())
    }

    /// Takes the stand-in for the resolver.
    pub fn dns(self, dns: &DnsStandIn) -> Self {
        self.set("platforms.dns.resolver", dns.udp_url())
    }

    /// Starts the service.
    pub async fn start(self) -> App {
        self.try_start().await.unwrap_or_else(|error| panic!("proof-service does not start: {error}"))
    }

    /// Starts the service, or says why it does not start.
    pub async fn try_start(self) -> Result<App, String> {
        // No file of the machine is read.
        let config = Config::load(config::Service::Proof, Some(Path::new("/dev/null")), self.0.into_iter())
            .map_err(|error| error.to_string())?;
        let shutdown = Shutdown::new();
        let (tell, told) = oneshot::channel();
        let stopping = shutdown.clone();
        // On a thread and runtime of its own, so that it can end properly after the test has.
        std::thread::spawn(move || {
            block_on(async move {
                match Service::start(&config, &stopping).await {
                    Ok(service) => {
                        let _ = tell.send(Ok((service.address(), service.admin_address())));
                        let _ = service.wait().await;
                    }
                    Err(error) => drop(tell.send(Err(error.to_string()))),
                }
            });
        });
        let (address, admin_address) = told.await.map_err(|_| "it panicked".to_owned())??;
        let client = TestClient::new(format!("http://{address}"));
        Ok(App { address, admin_address, client, shutdown })
    }
}

impl Drop for App {
    fn drop(&mut self) {
        self.shutdown.request();
    }
}

impl App {
    /// Starts a service without platforms.
    pub async fn start(db: &TestDatabase) -> Self {
        Setup::new(db).start().await
    }

    /// Sends a request; the answer has to be one that the OpenAPI document describes.
    pub async fn send(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: impl Into<Vec<u8>>,
    ) -> Answer {
        let answer = self.client.send(method.clone(), path, headers, body.into()).await;
        described::check(&method, path, &answer);
        answer
    }

    /// `GET`, path and query as given.
    pub async fn get(&self, path: &str) -> Answer {
        self.send(Method::GET, path, &[], "").await
    }

    /// The body of a `GET` that is answered 200.
    pub async fn read(&self, path: &str) -> Value {
        self.get(path).await.expect_status(200).json()
    }

    /// `POST` of a JSON value as `application/json`.
    pub async fn post(&self, path: &str, body: &Value) -> Answer {
        self.post_text(path, &body.to_string()).await
    }

    /// `POST` of a text as `application/json`.
    pub async fn post_text(&self, path: &str, body: &str) -> Answer {
        self.send(Method::POST, path, &[("Content-Type", "application/json")], body).await
    }
}
