//! Origins that show what does not hold, or something else than they showed before.

use nextid_core::link::ProofLink;
use nextid_core::verify::{Anchor, verify_proof_chain};
use nextid_service::mirror::{self, Ended, Stop};
use nextid_testkit::keys::key;
use nextid_testkit::{TestDatabase, on_both_databases};

use super::scripted::{Script, item, signed};
use super::support::{another, store};
use crate::support::address_of;

/// Three links, and one more that is signed for the place of the last.
struct Genuine {
    links: Vec<ProofLink>,
    twin: ProofLink,
}

fn genuine() -> Genuine {
    let alice = key("alice");
    let first = signed(&alice, None, "create", &key("first"));
    let second = signed(&alice, Some(&first), "create", &key("second"));
    let third = signed(&alice, Some(&second), "delete", &key("first"));
    let twin = signed(&alice, Some(&second), "create", &key("third"));
    Genuine { links: vec![first, second, third], twin }
}

/// A lie about a link.
type Change = fn(&mut ProofLink);

async fn chain_of(db: &TestDatabase) -> Vec<ProofLink> {
    let (links, _) = store(db).await.chain_page(key("alice").avatar(), 0, 100).await.unwrap();
    links.iter().map(|link| link.to_link()).collect()
}

on_both_databases! {
    /// Whatever is changed in a link, it is not copied; what stands before it is.
    async fn a_link_that_does_not_hold_is_not_copied(db: TestDatabase) {
        let Genuine { links, .. } = genuine();
        let changes: [(&str, Change); 8] = [
            ("signature", |link| link.signature = key("bob").personal_sign(b"x").with_reduced_v().to_base64()),
            ("identity", |link| link.identity = address_of(&key("another"))),
            ("signature_payload", |link| link.signature_payload.push(' ')),
            ("seq", |link| link.seq += 1),
            ("uuid", |link| link.uuid = "00000000-0000-4000-8000-000000000001".to_owned()),
            ("created_at", |link| link.created_at = "1".to_owned()),
            ("avatar", |link| link.avatar = "0x00".to_owned()),
            ("action", |link| link.action = "update".to_owned()),
        ];
        for (field, change) in changes {
            let mut forged = links.clone();
            change(&mut forged[2]);
            let stop = Script::of(&forged).copy(&db).await.unwrap_err();
            assert!(matches!(stop, Stop::Broken { feed_id: 3, .. }), "{field}: {stop}");
            assert_eq!(chain_of(&db).await, links[..2], "{field}");
        }
        // Once the origin is honest again, the copy goes on.
        assert_eq!(Script::of(&links).copy(&db).await.unwrap(), Ended::CaughtUp);
        assert_eq!(chain_of(&db).await, links);
        // A revocation of what is not bound here, and a uuid for the second time.
        let copy = another(&db);
        let stop = Script::of(&[links[0].clone(), links[2].clone()]).copy(&copy).await.unwrap_err();
        assert!(matches!(stop, Stop::Broken { feed_id: 2, .. }), "{stop}");
        let stop = Script::of(&[links[0].clone(), links[0].clone()]).copy(&copy).await.unwrap_err();
        assert!(matches!(stop, Stop::Broken { feed_id: 2, .. }), "{stop}");
        assert_eq!(copy.count("mirror_evidence"), 0);
    }

    /// Two signed links for one place, in one batch or later: both are kept, and the first stays.
    async fn a_fork_is_kept_as_evidence(db: TestDatabase) {
        let Genuine { links, twin } = genuine();
        let mut forked = links.clone();
        forked.push(twin.clone());
        let (at_once, later) = (another(&db), db);
        Script::of(&links).copy(&later).await.unwrap();
        for copy in [&at_once, &later] {
            for attempt in 1..=2 {
                let stop = Script::of(&forked).copy(copy).await.unwrap_err();
                let Stop::Fork { seq, stored, found, feed_id, .. } = &stop else { panic!("{attempt}: {stop}") };
                assert_eq!((*seq, *feed_id), (2, 4));
                assert_eq!((stored, found), (&links[2].uuid, &twin.uuid));
            }
            assert_eq!(chain_of(copy).await, links);
            let evidence = store(copy).await.db().primary(mirror::evidence).await.unwrap();
            assert_eq!(evidence.len(), 1, "once, however often it is met");
            for (kept, wanted) in [(&evidence[0].stored, &links[2]), (&evidence[0].found, &twin)] {
                let kept: ProofLink = serde_json::from_str(kept).unwrap();
                assert_eq!(kept, *wanted);
                // Whoever gets it can see for himself that both are signed.
                let chain = [links[0].clone(), links[1].clone(), kept];
                verify_proof_chain(&key("alice").avatar(), Anchor::Genesis, &chain).unwrap();
            }
            assert!(evidence[0].why.contains("both are signed"), "{}", evidence[0].why);
        }
    }

    /// A link that continues another history: the origin is asked what it shows at the place before.
    async fn a_history_that_was_replaced_is_found_out(db: TestDatabase) {
        let Genuine { links, twin } = genuine();
        let other_history = vec![links[0].clone(), links[1].clone(), twin.clone()];
        let next = signed(&key("alice"), Some(&twin), "create", &key("fourth"));
        let copy = db;
        Script::of(&links).copy(&copy).await.unwrap();
        let mut script = Script::of(&links);
        script.items.push((4, item(next.clone())));
        // An origin that does not show what it did there is not believed, that is all.
        let stop = script.copy(&copy).await.unwrap_err();
        assert!(matches!(stop, Stop::Broken { feed_id: 4, .. }), "{stop}");
        assert_eq!(copy.count("mirror_evidence"), 0);
        script.chain = other_history;
        let stop = script.copy(&copy).await.unwrap_err();
        assert!(matches!(stop, Stop::Fork { seq: 2, feed_id: 4, .. }), "{stop}");
        assert_eq!(copy.count("mirror_evidence"), 1);
        assert_eq!(chain_of(&copy).await, links);
    }

    /// The last item is compared when the mirror comes back: a feed that was rewritten behind it does not go unnoticed.
    async fn a_feed_that_was_rewritten_is_found_out(db: TestDatabase) {
        let Genuine { links, twin } = genuine();
        let copy = db;
        Script::of(&links).copy(&copy).await.unwrap();
        let mut rewritten = links.clone();
        rewritten[2] = twin;
        let stop = Script::of(&rewritten).copy(&copy).await.unwrap_err();
        assert!(matches!(stop, Stop::Fork { seq: 2, feed_id: 3, .. }), "{stop}");

        let stop = Script::of(&links[..2]).copy(&copy).await.unwrap_err();
        assert!(matches!(stop, Stop::WentBack { latest: 2, cursor: 3 }), "{stop}");
        let mut renewed = Script::of(&links);
        renewed.epoch = "another".to_owned();
        let stop = renewed.copy(&copy).await.unwrap_err();
        assert_eq!(stop.code(), "other_epoch", "{stop}");
        assert_eq!(chain_of(&copy).await, links);
    }
}
