//! Origins that show what does not hold, or something else than they showed before.

use async_trait::async_trait;
use kv_service::store::mirror::KvKeeper;
use nextid_core::Avatar;
use nextid_core::link::KvLink;
use nextid_service::mirror::{self, Ended, Follower, Origin, OriginError, Position, Status, Stop, Told};
use nextid_service::shutdown::Shutdown;
use nextid_testkit::{TestDatabase, on_both_databases};
use serde_json::json;

use super::support::{another, store};
use crate::support::{Kv, Person, ProofStandIn, stored_chain};

/// An origin that says whatever a test wants: links, numbered from 1.
#[derive(Clone)]
struct Script {
    links: Vec<KvLink>,
    position: usize,
}

#[async_trait]
impl Origin for Script {
    type Item = Box<KvLink>;

    fn url(&self) -> &str {
        "http://origin.example"
    }

    async fn position(&mut self) -> Result<Position, OriginError> {
        Ok(Position { epoch: "e".to_owned(), latest: i64::try_from(self.links.len()).unwrap() })
    }

    async fn follow(&mut self, after: i64, _: &str) -> Result<(), OriginError> {
        self.position = usize::try_from(after).unwrap();
        Ok(())
    }

    async fn next(&mut self) -> Result<Told<Box<KvLink>>, OriginError> {
        let Some(link) = self.links.get(self.position).cloned() else { return std::future::pending().await };
        self.position += 1;
        Ok(Told::Item(i64::try_from(self.position).unwrap(), Box::new(link)))
    }

    async fn link_at(&mut self, _: &Avatar, seq: u64) -> Result<Option<Box<KvLink>>, OriginError> {
        Ok(self.links.iter().rev().skip(1).find(|link| link.seq == seq).cloned().map(Box::new))
    }
}

async fn copy(links: &[KvLink], db: &TestDatabase) -> Result<Ended, Stop> {
    let script = Script { links: links.to_vec(), position: 0 };
    Follower::new(script, KvKeeper::new(store(db).await), Status::new()).run(&Shutdown::new(), true).await
}

on_both_databases! {
    /// What is forged is not copied; of two signed links for one place both are kept.
    async fn an_origin_is_not_believed(db: TestDatabase) {
        let (one, two) = (another(&db), another(&db));
        let proof_service = ProofStandIn::start().await;
        let (here, there) = (Kv::start(&one, &proof_service).await, Kv::start(&two, &proof_service).await);
        let alice = Person::new("alice");
        let first = alice.own_draft(&here, json!({"a": 1})).await;
        for kv in [&here, &there] {
            kv.submit(&alice.signed(&first)).await.expect_status(201);
        }
        alice.own_write(&here, json!({"here": true})).await;
        alice.own_write(&there, json!({"there": true})).await;
        let links = stored_chain(&one, alice.avatar()).await;
        let twin = stored_chain(&two, alice.avatar()).await[1].clone();

        for change in [
            |link: &mut KvLink| link.patch = json!({"here": false}),
            |link: &mut KvLink| link.signature = link.prev.clone().unwrap(),
            |link: &mut KvLink| link.prev = None,
            |link: &mut KvLink| link.created_at -= 100_000,
            |link: &mut KvLink| link.seq = 5,
        ] {
            let mut forged = links.clone();
            change(&mut forged[1]);
            let stop = copy(&forged, &db).await.unwrap_err();
            assert!(matches!(stop, Stop::Broken { feed_id: 2, .. }), "{stop}");
            assert_eq!(stored_chain(&db, alice.avatar()).await, links[..1]);
        }
        assert_eq!(copy(&links, &db).await.unwrap(), Ended::CaughtUp);
        let forked = [links[0].clone(), links[1].clone(), twin.clone()];
        let stop = copy(&forked, &db).await.unwrap_err();
        assert!(matches!(stop, Stop::Fork { seq: 1, feed_id: 3, .. }), "{stop}");
        assert_eq!(stored_chain(&db, alice.avatar()).await, links);
        let evidence = store(&db).await.db().primary(mirror::evidence).await.unwrap();
        let kept: Vec<KvLink> = [&evidence[0].stored, &evidence[0].found]
            .map(|text| serde_json::from_str(text).unwrap())
            .to_vec();
        assert_eq!(kept, [links[1].clone(), twin]);
        let contents = crate::support::verified_contents(&db, alice.avatar()).await;
        assert_eq!(contents.into_values().collect::<Vec<_>>(), [json!({"a": 1, "here": true})]);
        assert_eq!(db.count("namespaces"), 1);
    }
}
