//! The same submit again is answered as the first time; the same uuid for something else is not.

use std::time::{SystemTime, UNIX_EPOCH};

use nextid_testkit::Outcome;
use nextid_testkit::keys::key;
use nextid_testkit::on_both_databases;
use serde_json::json;

use crate::support::platforms::{github, publish_gist};
use crate::support::steps::until;
use crate::support::{App, Draft, Setup, Tally, Terms, address_of};

on_both_databases! {
    /// The stored link comes back, marked, and the platform is not asked again.
    async fn a_replay_is_answered_with_the_stored_link(db: TestDatabase) {
        let github = github();
        let app = Setup::new(&db).github(&github).start().await;
        let alice = key("alice");
        let draft = app.draft(&alice, "create", "github", "octocat").await;
        let gist = publish_gist(&github, "octocat", &draft);
        let draft = draft.at(&gist);
        let mut link = app.accept(&draft).await;
        let (asked, before) = (github.requests().len(), Tally::of(&db));
        github.script(Outcome::Status(404));
        link["replayed"] = json!(true);
        for again in [
            draft.clone(),
            draft.clone().signed(),
            // What is not signed may differ: the stored link is answered.
            draft.clone().at("elsewhere"),
            draft.clone().without("proof_location"),
            draft.clone().with("identity", "OctoCat"),
            draft.clone().with("uuid", draft.text("uuid").to_uppercase()),
        ] {
            assert_eq!(app.accept(&again).await, link);
        }
        // Also when the chain has gone on, and the identity is not bound any more.
        app.revoke(&alice, "github", "octocat").await;
        let after = Tally::of(&db);
        assert_eq!(app.accept(&draft).await, link);
        assert_eq!(app.bound(&alice.avatar()).await, Vec::<String>::new());
        assert_eq!((github.requests().len(), Tally::of(&db)), (asked, after));
        assert_eq!(before.links + 1, after.links);
    }

    /// A signature in a replay has to fit the stored string; nobody learns that a link is there by a bad one.
    async fn a_signature_in_a_replay_is_checked(db: TestDatabase) {
        let app = App::start(&db).await;
        let (alice, wallet, mallory) = (key("alice"), key("wallet"), key("mallory"));
        let draft = app.wallet_draft(&alice, &wallet).await;
        app.accept(&draft).await;
        let before = Tally::of(&db);
        app.refuse(&draft.clone().signed_by(&mallory), 400, "bad_signature").await;
        app.refuse(&draft.clone().by_wallet(&mallory), 400, "bad_wallet_signature").await;
        app.refuse(&draft.clone().extra("signature", "!"), 400, "bad_signature_encoding").await;
        assert_eq!(app.accept(&draft.clone().extra("signature", "")).await["replayed"], true);
        assert_eq!(Tally::of(&db), before);
    }

    /// A client that heard nothing may ask again when its payload has become too old.
    async fn a_replay_needs_no_freshness(db: TestDatabase) {
        let app = Setup::new(&db).set("payload.max_age_secs", 1).start().await;
        let (alice, wallet) = (key("alice"), key("wallet"));
        let draft = app.wallet_draft(&alice, &wallet).await;
        let issued: u64 = draft.text("created_at").parse().unwrap();
        app.accept(&draft).await;
        until("the payload is too old", || {
            SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs() > issued + 1
        })
        .await;
        let terms = Terms {
            action: "create",
            platform: "ethereum",
            identity: &address_of(&wallet),
            created_at: i64::try_from(issued).unwrap(),
            uuid: "353449e6-3a6f-4ac8-ae65-ba14bf466baf",
            prev: None,
        };
        let new = Draft::offline(&alice, terms).signed().by_wallet(&wallet);
        app.refuse(&new, 400, "created_at_too_old").await;
        assert_eq!(app.accept(&draft).await["replayed"], true);
    }

    /// The uuid of a link is taken for everything else in its chain: whatever differs.
    async fn a_uuid_is_used_once_in_a_chain(db: TestDatabase) {
        let app = App::start(&db).await;
        let (alice, wallet) = (key("alice"), key("wallet"));
        let draft = app.wallet_draft(&alice, &wallet).await;
        app.accept(&draft).await;
        let before = Tally::of(&db);
        let next = (draft.text("created_at").parse::<i64>().unwrap() + 1).to_string();
        for (field, value) in [
            ("action", "delete"),
            ("identity", &address_of(&key("other"))),
            ("created_at", &next),
        ] {
            let error = app.refuse(&draft.clone().with(field, value), 409, "uuid_reused").await;
            assert_eq!(error["field"], "uuid");
        }
        let other = draft.clone().with("platform", "nextid").with("identity", key("bob").avatar().to_hex());
        app.refuse(&other, 409, "uuid_reused").await;
        assert_eq!(Tally::of(&db), before);
    }

    /// A uuid is taken in one chain only: a stranger who reads it in a post cannot use it up.
    async fn two_avatars_may_use_one_uuid(db: TestDatabase) {
        let app = App::start(&db).await;
        let (alice, mallory) = (key("alice"), key("mallory"));
        let draft = app.wallet_draft(&alice, &key("wallet")).await;
        let taken = Terms {
            action: "create",
            platform: "ethereum",
            identity: &address_of(&mallory),
            created_at: draft.text("created_at").parse().unwrap(),
            uuid: &draft.text("uuid"),
            prev: None,
        };
        app.accept(&Draft::offline(&mallory, taken).signed().by_wallet(&mallory)).await;
        let link = app.accept(&draft).await;
        assert_eq!(link.get("replayed"), None);
        assert_eq!(link["uuid"], draft.body["uuid"]);
    }

    /// Any version of RFC 9562 in any spelling; nil and max identify nothing.
    async fn a_uuid_has_many_spellings(db: TestDatabase) {
        let app = App::start(&db).await;
        let (alice, wallet) = (key("alice"), key("wallet"));
        let draft = app.wallet_draft(&alice, &wallet).await;
        for bad in [
            "00000000-0000-0000-0000-000000000000", "ffffffff-ffff-ffff-ffff-ffffffffffff",
            "FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF", "00000000000000000000000000000000", "353449e6", "not a uuid",
            "353449e6-3a6f-4ac8-ae65-ba14bf466ba", "353449e6-3a6f-4ac8-ae65-ba14bf466bafa", "353449e63a6f-4ac8-ae65-ba14bf466baf0",
        ] {
            assert_eq!(app.refuse(&draft.clone().with("uuid", bad), 400, "bad_uuid").await["field"], "uuid", "{bad}");
        }
        assert_eq!(Tally::of(&db).links, 0);
        let mut prev = None;
        for (spelling, shown) in [
            ("353449e63a6f4ac8ae65ba14bf466baf", "353449e6-3a6f-4ac8-ae65-ba14bf466baf"),
            ("URN:UUID:353449E6-3A6F-4AC8-AE65-BA14BF466BB0", "353449e6-3a6f-4ac8-ae65-ba14bf466bb0"),
            ("{353449e6-3a6f-1ac8-ae65-ba14bf466bb1}", "353449e6-3a6f-1ac8-ae65-ba14bf466bb1"),
            ("01890a5d-ac96-774b-bcce-b302099a8057", "01890a5d-ac96-774b-bcce-b302099a8057"),
        ] {
            let terms = Terms {
                action: "create",
                platform: "ethereum",
                identity: &address_of(&wallet),
                created_at: draft.text("created_at").parse().unwrap(),
                uuid: spelling,
                prev: prev.as_deref(),
            };
            let link = app.accept(&Draft::offline(&alice, terms).signed().by_wallet(&wallet)).await;
            assert_eq!(link["uuid"], shown);
            prev = link["signature"].as_str().map(str::to_owned);
        }
        app.verified(&alice.avatar()).await;
    }
}
