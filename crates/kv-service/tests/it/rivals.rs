//! Fifty clients over one head, through two replicas, over and over.

use futures_util::future::join_all;
use nextid_core::export::{ChainService, ExportVerifier, VerifiedChain};
use nextid_testkit::http::Answer;
use nextid_testkit::on_both_databases;
use nextid_testkit::rivals::{Chances, RIVALS, rounds};
use serde_json::{Value, json};

use crate::support::{Kv, Person, ProofStandIn, verified_contents};

/// The exported chain's links, and its contents, each link checked as anybody can.
async fn exported(kv: &Kv, person: &Person) -> (u64, Vec<Value>) {
    let answer = kv.client.get(&format!("/v1/avatar/{}/export", person.hex())).await.expect_status(200);
    let mut verifier = ExportVerifier::new(Some(person.avatar()));
    for line in answer.text().lines() {
        verifier.push_line(line.as_bytes()).unwrap();
    }
    let state = verifier.finish().unwrap();
    assert_eq!(state.service, ChainService::Kv);
    let VerifiedChain::Kv(chain) = state.chain else { panic!("a KVChain") };
    (state.links, chain.contents.into_values().collect())
}

on_both_databases! {
    /// In every round one is answered 201, forty-nine 409 with the new head; the chain has each round's winner, and holds.
    async fn of_fifty_rivals_one_wins(db: TestDatabase) {
        let proof_service = ProofStandIn::start().await;
        let replicas = [Kv::start(&db, &proof_service).await, Kv::start(&db, &proof_service).await];
        let alice = Person::new("alice");
        let mut chances = Chances::new(1);
        alice.own_write(&replicas[0], json!({"first": true})).await;
        let mut content = json!({"first": true});
        for round in 1..=rounds(5) {
            // All payloads are issued before anybody submits, so all are over one head.
            let (alice, replicas) = (&alice, &replicas);
            let drafts = (0..RIVALS).map(|number| async move {
                let draft = alice.own_draft(&replicas[number % 2], json!({"round": round, "winner": number})).await;
                alice.signed(&draft)
            });
            let bodies = join_all(drafts).await;
            let submits: Vec<_> = bodies
                .iter()
                .enumerate()
                .map(|(number, body)| {
                    // Half of them submit where they did not ask.
                    let (kv, delay) = (&replicas[number / 2 % 2], chances.delay());
                    async move {
                        tokio::time::sleep(delay).await;
                        kv.submit(body).await
                    }
                })
                .collect();
            let answers = join_all(submits).await;
            let (won, lost): (Vec<Answer>, Vec<Answer>) = answers.into_iter().partition(|answer| answer.status == 201);
            assert_eq!((won.len(), lost.len()), (1, RIVALS - 1), "round {round}");
            let link = won[0].json()["link"].take();
            assert_eq!(link["seq"], round);
            for answer in lost {
                let told = answer.expect_error(409, "chain_conflict")["head"].take();
                for member in ["seq", "uuid", "signature", "created_at"] {
                    assert_eq!(told[member], link[member], "round {round}: {told}");
                }
            }
            content = json!({"first": true, "round": round, "winner": link["patch"]["winner"]});
        }
        let length = rounds(5) + 1;
        for kv in &replicas {
            assert_eq!(exported(kv, &alice).await, (length.unsigned_abs(), vec![content.clone()]));
            assert_eq!(kv.contents(&alice.hex()).await[0]["content"], content);
        }
        assert_eq!(db.count("links"), length);
        assert_eq!(verified_contents(&db, alice.avatar()).await.into_values().collect::<Vec<_>>(), [content]);
    }
}
