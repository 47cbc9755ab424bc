//! The service as a whole: `?recheck=true`, metrics, and links apart from changes of state.

use std::path::Path;
use std::time::{Duration, Instant};

use nextid_core::Avatar;
use nextid_service::boot;
use nextid_service::config::{self, Config};
use nextid_service::shutdown::Shutdown;
use nextid_testkit::github::GithubStandIn;
use nextid_testkit::http::TestClient;
use nextid_testkit::keys::key;
use nextid_testkit::{Outcome, TestDatabase, block_on, on_both_databases};
use proof_service::Service;
use serde_json::Value;
use tokio::sync::oneshot;

use crate::support::{Bench, bind_gist};

const PATIENCE: Duration = Duration::from_secs(20);

/// A service that answers; it is asked to stop when this is dropped.
struct Running {
    api: TestClient,
    admin: TestClient,
    shutdown: Shutdown,
}

impl Drop for Running {
    fn drop(&mut self) {
        self.shutdown.request();
    }
}

impl Running {
    async fn start(db: &TestDatabase, github: &GithubStandIn, enabled: bool) -> Self {
        let env = [
            ("NEXTID__DATABASE__URL", db.url().to_owned()),
            ("NEXTID__SERVER__LISTEN", "127.0.0.1:0".to_owned()),
            ("NEXTID__SERVER__ADMIN_LISTEN", "127.0.0.1:0".to_owned()),
            ("NEXTID__SERVER__WORKERS", "1".to_owned()),
            ("NEXTID__RECHECK__ENABLED", enabled.to_string()),
            ("NEXTID__PLATFORMS__GITHUB__BASE_URL", github.base_url().to_owned()),
        ];
        let env = env.into_iter().map(|(name, value)| (name.to_owned(), value));
        let config = Config::load(config::Service::Proof, Some(Path::new("/dev/null")), env).unwrap();
        let shutdown = Shutdown::new();
        let stopping = shutdown.clone();
        let (tell, told) = oneshot::channel();
        std::thread::spawn(move || {
            block_on(async move {
                let service = Service::start(&config, &stopping).await.unwrap();
                tell.send((service.address(), service.admin_address())).unwrap();
                service.wait().await.unwrap();
            });
        });
        let (api, admin) = told.await.expect("it starts");
        Self {
            api: TestClient::new(format!("http://{api}")),
            admin: TestClient::new(format!("http://{admin}")),
            shutdown,
        }
    }

    async fn exists(&self, avatar: &Avatar, more: &str) -> Value {
        let path = format!("/v1/proof/exists?platform=github&identity=octocat&public_key={avatar}{more}");
        self.api.get(&path).await.expect_status(200).json()
    }

    /// Reads until the state is this one.
    async fn until_state(&self, avatar: &Avatar, state: &str) -> Value {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let shown = self.exists(avatar, "").await;
            if shown["state"] == state {
                return shown;
            }
            assert!(Instant::now() < deadline, "still {shown}");
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }
}

on_both_databases! {
    /// The answer is the present state; the look follows by itself, and once a minute is enough.
    async fn a_recheck_is_asked_for(db: TestDatabase) {
        let (bench, github) = (Bench::new(&db).await, GithubStandIn::start().unwrap());
        let alice = key("alice");
        bind_gist(&bench.store, &github, &alice, "octocat", 7, boot::now().seconds() - 3600).await;
        github.script(Outcome::Status(404));
        let service = Running::start(&db, &github, true).await;
        let avatar = alice.avatar();
        let shown = service.exists(&avatar, "").await;
        assert_eq!((&shown["state"], &shown["alt_name"]), (&"valid".into(), &"octocat".into()));
        assert_eq!(service.exists(&avatar, "&recheck=false").await, shown);
        assert_eq!(service.exists(&avatar, "&recheck=true").await, shown, "it does not wait");
        let shown = service.until_state(&avatar, "missing").await;
        assert_eq!(shown["is_valid"], true, "one look decides nothing");

        let next = db.number("SELECT next_check_at AS n FROM bindings");
        for _ in 0..20 {
            service.exists(&avatar, "&recheck=true").await;
        }
        assert_eq!(db.number("SELECT next_check_at AS n FROM bindings"), next, "at most once a minute");
        assert_eq!(github.requests().len(), 1);

        let metrics = service.admin.get("/metrics").await.expect_status(200).text();
        for line in [
            "nextid_recheck_checks_total{outcome=\"missing\",platform=\"github\",service=\"proof-service\"} 1",
            "nextid_recheck_brake{platform=\"github\",service=\"proof-service\"} 0",
            "nextid_recheck_due{platform=\"github\",service=\"proof-service\"} ",
            "nextid_batched_calls_total{batcher=\"binding\",service=\"proof-service\"} ",
        ] {
            assert!(metrics.contains(line), "{line} is not in\n{metrics}");
        }
        let changes = service.api.get("/v1/proofchain/changes?count=100").await.expect_status(200).json();
        assert_eq!(changes["links"].as_array().unwrap().len(), 1);
        service.api.get("/v1/proof/exists?recheck=perhaps").await.expect_error(400, "bad_field");
    }

    /// Asking again and again is not a write each time, and a replica without a worker leaves it to the others.
    async fn without_a_worker_it_waits(db: TestDatabase) {
        let (bench, github) = (Bench::new(&db).await, GithubStandIn::start().unwrap());
        let alice = key("alice");
        bind_gist(&bench.store, &github, &alice, "octocat", 7, boot::now().seconds() - 3600).await;
        let service = Running::start(&db, &github, false).await;
        service.exists(&alice.avatar(), "&recheck=true").await;
        let due = db.number("SELECT next_check_at AS n FROM bindings");
        assert!(due <= boot::now().seconds());
        service.exists(&alice.avatar(), "&recheck=true").await;
        assert_eq!(db.number("SELECT next_check_at AS n FROM bindings"), due);
        assert_eq!(github.requests().len(), 0);
        let other = Running::start(&db, &github, true).await;
        let deadline = Instant::now() + PATIENCE;
        while github.requests().is_empty() {
            assert!(Instant::now() < deadline, "the other replica does it");
            other.exists(&alice.avatar(), "").await;
        }
    }
}
