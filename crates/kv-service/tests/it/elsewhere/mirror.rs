//! A mirror that follows a service.

use nextid_service::config::HttpUrl;
use nextid_testkit::{TestDatabase, on_both_databases};
use serde_json::json;

use super::support::{another, assert_sound, export};
use crate::support::{Kv, Person, ProofStandIn, until};

async fn mirror_of(db: &TestDatabase, origin: &Kv, proof_service: &ProofStandIn) -> Kv {
    let url = origin.client.base().to_owned();
    Kv::with(db, proof_service.url(), |config| config.mirror.of = Some(HttpUrl::parse(&url).unwrap())).await
}

on_both_databases! {
    /// Under writes: the same links under the same ids, every chain byte for byte, the same contents; again after a stop.
    async fn a_mirror_follows_and_resumes(db: TestDatabase) {
        let copied = another(&db);
        let proof_service = ProofStandIn::start().await;
        let origin = Kv::start(&db, &proof_service).await;
        let people: Vec<Person> = (0..4).map(|number| Person::new(&format!("person-{number}"))).collect();
        people[0].own_write(&origin, json!({"before": "the mirror"})).await;
        let mut written = 1;
        for _ in 0..2 {
            let copy = mirror_of(&copied, &origin, &proof_service).await;
            let writes = people.iter().map(|person| async {
                for number in 0..3 {
                    person.own_write(&origin, json!({"n": number, "text": "ä\n\u{0}", "o": {"a": null}})).await;
                }
            });
            futures_util::future::join_all(writes).await;
            written += 12;
            let path = "/v1/kvchain/changes?last_id=0&count=100";
            until("the copy is whole", async || {
                let feed = copy.client.get(path).await.expect_status(200).json();
                feed["links"].as_array().unwrap().len() == written
            })
            .await;
            let feed = copy.client.get(path).await.json();
            assert_eq!(feed, origin.client.get(path).await.json(), "ids, links and epoch");
            for person in &people {
                assert_eq!(export(&copy, &person.hex()).await, export(&origin, &person.hex()).await);
                assert_eq!(copy.contents(&person.hex()).await, origin.contents(&person.hex()).await);
            }
            copy.stop().await;
            assert_sound(&copied).await;
            people[1].own_write(&origin, json!({"while": "it was away"})).await;
            written += 1;
        }
    }

    /// Writes are refused, and the refusal says where they are taken.
    async fn a_mirror_takes_no_writes(db: TestDatabase) {
        let copied = another(&db);
        let proof_service = ProofStandIn::start().await;
        let origin = Kv::start(&db, &proof_service).await;
        let copy = mirror_of(&copied, &origin, &proof_service).await;
        for path in ["/v1/kv", "/v1/kv/payload", "/v1/KV/payload"] {
            let error = copy.client.post_json(path, &json!({})).await.expect_error(403, "read_only_mirror");
            assert_eq!(error["origin"], origin.client.base(), "{path}");
        }
        assert_eq!(copy.client.get("/healthz").await.json()["mirror_of"], origin.client.base());
        assert_eq!(origin.client.get("/healthz").await.json().get("mirror_of"), None);
        assert_eq!(copy.contents(&Person::new("nobody").hex()).await, json!([]));
    }
}
