//! Beside a real proof-service, over HTTP.

use std::net::SocketAddr;
use std::time::Duration;

use nextid_core::{EthAddress, SecretKey};
use nextid_service::config::{self, Config};
use nextid_service::shutdown::Shutdown;
use nextid_testkit::database::Backend;
use nextid_testkit::http::TestClient;
use nextid_testkit::keys::key;
use nextid_testkit::{TestDatabase, on_both_databases};
use serde_json::{Value, json};

use crate::support::{Kv, Person, until};

/// A proof-service that answers, until it is dropped or stopped.
pub(super) struct ProofService {
    pub(super) client: TestClient,
    pub(super) address: SocketAddr,
    service: Option<proof_service::Service>,
    shutdown: Shutdown,
}

impl ProofService {
    /// Port 0 is a free one.
    async fn start(db: &TestDatabase, port: u16) -> Self {
        Self::with(db, port, &[]).await
    }

    /// With more in its environment.
    pub(super) async fn with(db: &TestDatabase, port: u16, more: &[(&str, &str)]) -> Self {
        let listen = format!("127.0.0.1:{port}");
        let env = [
            ("NEXTID__SERVER__LISTEN", listen.as_str()),
            ("NEXTID__SERVER__ADMIN_LISTEN", "127.0.0.1:0"),
            ("NEXTID__SERVER__WORKERS", "2"),
            ("NEXTID__DATABASE__URL", db.url()),
        ];
        let env = env.iter().chain(more).map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        let config = Config::load(config::Service::Proof, None, env).unwrap();
        let shutdown = Shutdown::new();
        let service = proof_service::Service::start(&config, &shutdown).await.unwrap();
        let address = service.address();
        let client = TestClient::new(format!("http://{address}"));
        Self { client, address, service: Some(service), shutdown }
    }

    async fn stop(mut self) -> u16 {
        self.shutdown.request();
        self.service.take().unwrap().wait().await.unwrap();
        self.address.port()
    }

    /// Binds or revokes a wallet.
    async fn link(&self, action: &str, person: &Person, wallet: &SecretKey) {
        let mut body = json!({"action": action, "platform": "ethereum", "identity": address(wallet),
            "public_key": person.hex()});
        let payload = self.client.post_json("/v1/proof/payload", &body).await.expect_status(200).json();
        let text = payload["sign_payload"].as_str().unwrap();
        for name in ["uuid", "created_at"] {
            body[name] = payload[name].clone();
        }
        body["proof_location"] = "".into();
        body["extra"] = json!({
            "signature": person.sign(text), "wallet_signature": wallet.personal_sign(text.as_bytes()).to_base64(),
        });
        self.client.post_json("/v1/proof", &body).await.expect_status(201);
    }
}

impl Drop for ProofService {
    fn drop(&mut self) {
        self.shutdown.force();
    }
}

fn address(wallet: &SecretKey) -> String {
    EthAddress::of(&wallet.avatar()).to_string()
}

pub(super) fn another(db: &TestDatabase) -> TestDatabase {
    match db.backend() {
        Backend::Sqlite => TestDatabase::sqlite(),
        Backend::Postgres => TestDatabase::postgres(),
    }
}

pub(super) async fn follow(db: &TestDatabase, proof_service: &ProofService) -> Kv {
    let kv = Kv::with(db, &format!("http://{}", proof_service.address), |_| {}).await;
    kv.until_followed("ok").await;
    kv
}

fn ask(person: &Person, wallet: &SecretKey) -> Value {
    json!({"avatar": person.hex(), "platform": "ethereum", "identity": address(wallet), "patch": {"a": 1}})
}

async fn status(kv: &Kv, person: &Person, wallet: &SecretKey) -> u16 {
    kv.payload(&ask(person, wallet)).await.status
}

/// What is in force by the table.
fn bound(db: &TestDatabase) -> i64 {
    db.number("SELECT count(*) AS n FROM bindings WHERE is_bound")
}

on_both_databases! {
    async fn bindings_and_revocations_arrive(db: TestDatabase) {
        let proofs = another(&db);
        let proof_service = ProofService::start(&proofs, 0).await;
        let kv = follow(&db, &proof_service).await;
        let (alice, wallet) = (Person::new("alice"), key("wallet"));
        proof_service.link("create", &alice, &wallet).await;
        let took = until("the binding is known", async || bound(&db) == 1).await;
        assert!(took < Duration::from_secs(1), "{took:?}");
        alice.write(&kv, "ethereum", &address(&wallet), json!({"a": 1})).await;
        assert_eq!(kv.metric("proof_service_asks_total").await, 0);

        proof_service.link("delete", &alice, &wallet).await;
        let took = until("it is revoked", async || status(&kv, &alice, &wallet).await == 400).await;
        assert!(took < Duration::from_secs(1), "{took:?}");
        assert_eq!(kv.contents(&alice.hex()).await[0]["bound"], false);
    }

    /// A proof that is not there any more: what the worker that looks for it writes.
    async fn an_invalidation_arrives(db: TestDatabase) {
        let proofs = another(&db);
        let proof_service = ProofService::start(&proofs, 0).await;
        let kv = follow(&db, &proof_service).await;
        let (alice, wallet) = (Person::new("alice"), key("wallet"));
        proof_service.link("create", &alice, &wallet).await;
        until("the binding is known", async || bound(&db) == 1).await;
        alice.write(&kv, "ethereum", &address(&wallet), json!({"a": 1})).await;
        let read = async || {
            let path = format!("/v1/kv/by_identity?platform=ethereum&identity={}", address(&wallet));
            kv.client.get(&path).await.expect_status(200).json()["values"].as_array().unwrap().len()
        };
        assert_eq!(read().await, 1);
        proofs.execute(
            "BEGIN;
             UPDATE bindings SET state = 'missing', is_valid = FALSE, invalid_reason = 'gone';
             INSERT INTO state_changes (avatar, platform, identity, link_id, alt_id, alt_name, alt_name_before, state,
                 state_before, is_valid, is_valid_before, invalid_reason, changed_at)
             SELECT avatar, platform, identity, link_id, alt_id, alt_name, alt_name, 'missing', 'valid', FALSE, TRUE,
                 'gone', 1800000000 FROM bindings;
             INSERT INTO outbox (kind, ref) SELECT 2, max(id) FROM state_changes;
             COMMIT",
        );
        let took = until("it is not read any more", async || read().await == 0).await;
        assert!(took < Duration::from_secs(1), "{took:?}");
        kv.payload(&ask(&alice, &wallet)).await.expect_error(400, "not_bound_for_kv");
    }

    /// It is stopped and comes back at the same address; later another database is behind it.
    async fn it_goes_away_and_comes_back(db: TestDatabase) {
        let proofs = another(&db);
        let proof_service = ProofService::start(&proofs, 0).await;
        let (alice, bob) = (Person::new("alice"), Person::new("bob"));
        let [wallet, second, third] = ["wallet", "second", "third"].map(key);
        proof_service.link("create", &alice, &wallet).await;
        let kv = follow(&db, &proof_service).await;

        let port = proof_service.stop().await;
        kv.until_followed("degraded").await;
        alice.write(&kv, "ethereum", &address(&wallet), json!({"a": 1})).await;
        kv.payload(&ask(&bob, &second)).await.expect_error(503, "proof_service_unavailable");
        kv.client.get("/readyz").await.expect_status(200);

        let proof_service = ProofService::start(&proofs, port).await;
        proof_service.link("create", &bob, &second).await;
        proof_service.link("delete", &alice, &wallet).await;
        until("all is caught up with", async || bound(&db) == 1 && db.count("bindings") == 2).await;
        until("it is live", async || kv.followed().await["status"] == "ok").await;
        kv.payload(&ask(&bob, &second)).await.expect_status(200);
        kv.payload(&ask(&alice, &wallet)).await.expect_error(400, "not_bound_for_kv");

        let port = proof_service.stop().await;
        let other = another(&db);
        let proof_service = ProofService::start(&other, port).await;
        proof_service.link("create", &bob, &third).await;
        until("the new feed is read", async || {
            status(&kv, &bob, &third).await == 200 && status(&kv, &bob, &second).await == 400
        })
        .await;
        until("the old is cleared away", async || db.count("bindings") == 1).await;
    }
}
