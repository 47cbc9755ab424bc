//! Bindings that proof-service took over from elsewhere: nobody may write under them before it has seen their proofs.

use nextid_client::{ClientOptions, EventBody, EventFilter, ProofClient};
use nextid_core::post_text;
use nextid_service::db::{Db, DbSettings};
use nextid_service::import::scan;
use nextid_testkit::github::{Gist, GithubStandIn};
use nextid_testkit::{TestDatabase, on_both_databases};
use serde_json::json;

use super::beside_proof_service::{ProofService, another, follow};
use super::writes::ask;
use crate::support::{Behaviour, Kv, Person, ProofStandIn, ScriptedFeed, until};

const GITHUB: &str = "NEXTID__PLATFORMS__GITHUB__BASE_URL";

/// Binds an account, with a gist for a proof, and returns the chain.
async fn bound_elsewhere(db: &TestDatabase, github: &GithubStandIn, person: &Person) -> String {
    let origin = ProofService::with(db, 0, &[(GITHUB, github.base_url())]).await;
    let mut body =
        json!({"action": "create", "platform": "github", "identity": "alice", "public_key": person.hex()});
    let payload = origin.client.post_json("/v1/proof/payload", &body).await.expect_status(200).json();
    let signature = person.sign(payload["sign_payload"].as_str().unwrap());
    let post = payload["post_content"]["default"].as_str().unwrap().replace("%SIG_BASE64%", &signature);
    let gist = Gist::new("alice").file(post_text::file_name(&person.avatar()), post);
    for name in ["uuid", "created_at"] {
        body[name] = payload[name].clone();
    }
    body["proof_location"] = github.publish(gist).into();
    origin.client.post_json("/v1/proof", &body).await.expect_status(201);
    origin.client.get(&format!("/v1/avatar/{}/export", person.hex())).await.expect_status(200).text()
}

async fn import(db: &TestDatabase, chain: &str) {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), chain).unwrap();
    let store = proof_service::store::Store::new(Db::open(DbSettings::new(db.url())).await.unwrap());
    for chain in scan(file.path()).unwrap() {
        assert_eq!(store.import(&chain, 1_800_000_000).await.unwrap().unchecked, 1);
    }
}

on_both_databases! {
    /// Not by the link, not by proof-service's own answer; and as soon as proof-service has seen the post.
    async fn an_imported_binding_counts_once_its_proof_was_seen(db: TestDatabase) {
        let (origin, proofs) = (another(&db), another(&db));
        let (github, alice) = (GithubStandIn::start().unwrap(), Person::new("alice"));
        let chain = bound_elsewhere(&origin, &github, &alice).await;
        let idle = ProofService::with(&proofs, 0, &[("NEXTID__RECHECK__ENABLED", "false")]).await;
        let kv = follow(&db, &idle).await;
        import(&proofs, &chain).await;
        until("the link is followed", async || db.count("bindings") == 1).await;
        let valid = "SELECT count(*) AS n FROM bindings WHERE is_valid";
        assert_eq!(db.number(valid), 0);
        kv.payload(&ask(&alice, "alice")).await.expect_error(400, "not_bound_for_kv");
        let asks = kv.metric("proof_service_asks_total").await;

        let client = ProofClient::new(&format!("http://{}", idle.address), &ClientOptions::default()).unwrap();
        let mut events = client.events(Some(0), &EventFilter::default()).await.unwrap();
        let link = events.next().await.unwrap().unwrap();
        assert!(matches!(link.body, EventBody::Link(_)) && link.is_unchecked, "{link:?}");
        let state = events.next().await.unwrap().unwrap();
        let EventBody::State(change) = state.body else { panic!("{state:?}") };
        assert_eq!((change.state.as_str(), change.is_valid), ("unchecked", false));

        let _looking = ProofService::with(&proofs, 0, &[(GITHUB, github.base_url())]).await;
        until("the proof was seen", async || db.number(valid) == 1).await;
        alice.write(&kv, "github", "alice", json!({"a": 1})).await;
        assert_eq!(kv.metric("proof_service_asks_total").await, asks, "the table knows it");
    }

    /// The link alone says it: what follows it in the feed may come late, or never.
    async fn a_link_that_is_not_valid_is_no_binding_to_rely_on(db: TestDatabase) {
        let (proof_service, feed) = (ProofStandIn::start().await, ScriptedFeed::new());
        let alice = Person::new("alice");
        let kv = Kv::following(&db, &proof_service, &feed).await;
        proof_service.behave(Behaviour::Fails(500));
        feed.tell(json!({"type": "link", "avatar": alice.hex(), "is_valid": false, "link": {
            "avatar": alice.hex(), "action": "create", "platform": "github", "identity": "alice", "alt_id": "7",
        }}));
        feed.bind(&alice.hex(), "github", "other", "8");
        until("both are read", async || db.count("bindings") == 2).await;
        kv.payload(&ask(&alice, "other")).await.expect_status(200);
        kv.payload(&ask(&alice, "alice")).await.expect_error(503, "proof_service_unavailable");
        feed.judge(&alice.hex(), "github", "alice", true);
        until("it counts", async || kv.payload(&ask(&alice, "alice")).await.status == 200).await;
    }
}
