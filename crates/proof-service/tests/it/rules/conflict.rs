//! A signature over a head that is the head no more: told apart from a bad one, with the new head.

use nextid_testkit::Outcome;
use nextid_testkit::keys::key;
use nextid_testkit::on_both_databases;
use serde_json::{Value, json};
use std::time::Duration;

use crate::support::platforms::{github, publish_gist};
use crate::support::steps::until;
use crate::support::{App, Draft, Setup, Tally, Terms, address_of};

/// What a conflict shows of this link.
fn head_of(link: &Value) -> Value {
    json!({
        "seq": link["seq"], "uuid": link["uuid"], "signature": link["signature"], "created_at": link["created_at"],
    })
}

/// The draft as it would be over another head, at the second of this link.
fn over(
    key: &nextid_core::SecretKey,
    wallet: &nextid_core::SecretKey,
    uuid: u8,
    at: &Value,
    prev: Option<&str>,
) -> Draft {
    let uuid = format!("00000000-0000-4000-8000-0000000000{uuid:02x}");
    let terms = Terms {
        action: "create",
        platform: "ethereum",
        identity: &address_of(wallet),
        created_at: at["created_at"].as_str().and_then(|text| text.parse().ok()).expect("seconds"),
        uuid: &uuid,
        prev,
    };
    Draft::offline(key, terms).signed().by_wallet(wallet)
}

on_both_databases! {
    /// Signed over no head, over each older head, and over the present one.
    async fn a_stale_signature_is_told_the_head(db: TestDatabase) {
        let app = App::start(&db).await;
        let alice = key("alice");
        let wallet = key("wallet");
        let mut links = Vec::new();
        for number in 0..3 {
            links.push(app.bind_wallet(&alice, &key(&format!("wallet {number}"))).await);
        }
        let before = Tally::of(&db);
        let head = links.last().unwrap();
        let prevs = [None, links[0]["signature"].as_str(), links[1]["signature"].as_str()];
        for (number, prev) in (0_u8..).zip(prevs) {
            let error = app.refuse(&over(&alice, &wallet, number, head, prev), 409, "chain_conflict").await;
            assert_eq!(error["head"], head_of(head));
        }
        // A head that never was is no conflict.
        let error = app
            .refuse(&over(&alice, &wallet, 9, head, Some(&alice.personal_sign(b"x").to_base64())), 400, "bad_signature")
            .await;
        assert_eq!(error.get("head"), None);
        assert_eq!(Tally::of(&db), before);
        app.accept(&over(&alice, &wallet, 10, head, head["signature"].as_str())).await;
    }

    /// Of older heads the last 32 are known.
    async fn far_older_heads_are_forgotten(db: TestDatabase) {
        let app = App::start(&db).await;
        let (alice, wallet) = (key("alice"), key("wallet"));
        let mut links = Vec::new();
        for _ in 0..36 {
            links.push(app.bind_wallet(&alice, &wallet).await);
        }
        let head = links.last().unwrap();
        let stale = |place: usize| over(&alice, &wallet, u8::try_from(place).unwrap(), head, links[place]["signature"].as_str());
        app.refuse(&stale(3), 409, "chain_conflict").await;
        app.refuse(&stale(2), 400, "bad_signature").await;
        app.refuse(&over(&alice, &wallet, 99, head, None), 409, "chain_conflict").await;
    }

    /// The wallet's signature over an older head is as stale as the Avatar's.
    async fn a_stale_wallet_signature_is_told_the_head(db: TestDatabase) {
        let app = App::start(&db).await;
        let (alice, wallet) = (key("alice"), key("wallet"));
        let first = app.bind_wallet(&alice, &wallet).await;
        let head = app.bind_wallet(&alice, &key("other")).await;
        let terms = Terms {
            action: "delete",
            platform: "ethereum",
            identity: &address_of(&wallet),
            created_at: head["created_at"].as_str().unwrap().parse().unwrap(),
            uuid: "353449e6-3a6f-4ac8-ae65-ba14bf466baf",
            prev: first["signature"].as_str(),
        };
        let error = app.refuse(&Draft::offline(&alice, terms).by_wallet(&wallet), 409, "chain_conflict").await;
        assert_eq!(error["head"], head_of(&head));
        app.accept(&Draft::offline(&alice, Terms { prev: head["signature"].as_str(), ..terms }).by_wallet(&wallet)).await;
    }

    /// The signature in a post over an older head: the post is genuine, the chain has moved.
    async fn a_stale_post_is_told_the_head(db: TestDatabase) {
        let github = github();
        let app = Setup::new(&db).github(&github).start().await;
        let alice = key("alice");
        let first = app.bind_wallet(&alice, &key("wallet")).await;
        let head = app.bind_wallet(&alice, &key("wallet 2")).await;
        for prev in [None, first["signature"].as_str()] {
            let terms = Terms {
                action: "create",
                platform: "github",
                identity: "octocat",
                created_at: head["created_at"].as_str().unwrap().parse().unwrap(),
                uuid: "353449e6-3a6f-4ac8-ae65-ba14bf466baf",
                prev,
            };
            let mut draft = Draft::offline(&alice, terms);
            draft.post_content = json!({"signature": "%SIG_BASE64%"}).to_string();
            let gist = publish_gist(&github, "octocat", &draft);
            let error = app.refuse(&draft.at(&gist), 409, "chain_conflict").await;
            assert_eq!(error["head"], head_of(&head));
        }
    }

    /// A payload that was issued before the head was made, for a post: the date tells that the chain has moved, and nobody
    /// asks for the post.
    async fn a_post_that_lost_a_race_is_told_the_head(db: TestDatabase) {
        let github = github();
        let app = Setup::new(&db).github(&github).start().await;
        let alice = key("alice");
        let first = app.bind_wallet(&alice, &key("wallet")).await;
        let draft = app.draft(&alice, "create", "github", "octocat").await;
        let late = draft.clone().at(&publish_gist(&github, "octocat", &draft));
        // The winner's clock is ahead.
        let ahead = draft.text("created_at").parse::<i64>().unwrap() + 60;
        let ahead = json!({"created_at": ahead.to_string()});
        let head = app.accept(&over(&alice, &key("wallet 2"), 1, &ahead, first["signature"].as_str())).await;
        let before = Tally::of(&db);
        for lost in [
            late.clone(),
            late.clone().with("prev", first["signature"].clone()),
            // The signature in the body tells the same; in a field that means nothing here, nothing.
            late.clone().signed(),
            late.clone().extra("wallet_signature", "!"),
        ] {
            let error = app.refuse(&lost, 409, "chain_conflict").await;
            assert_eq!(error["head"], head_of(&head));
        }
        // No race, but a wrong date: signed over no head that there was, or over the present one.
        let present = head["signature"].clone();
        for wrong in [late.clone().signed_by(&key("mallory")), late.with("prev", present)] {
            let error = app.refuse(&wrong, 400, "created_at_too_old").await;
            assert_eq!(error["expected"].to_string(), head["created_at"].as_str().unwrap());
            assert_eq!(error.get("head"), None);
        }
        assert_eq!((github.requests().len(), Tally::of(&db)), (0, before));
        app.bind_github(&alice, &github, "octocat").await;
        app.verified(&alice.avatar()).await;
    }

    /// A client may say what it takes for the head. It is compared once the signature fits.
    async fn a_claimed_head_is_compared(db: TestDatabase) {
        let app = App::start(&db).await;
        let (alice, wallet) = (key("alice"), key("wallet"));
        let draft = app.wallet_draft(&alice, &wallet).await;
        let other = alice.personal_sign(b"x").to_base64();
        for name in ["prev", "previous"] {
            let error = app.refuse(&draft.clone().with(name, other.as_str()), 409, "chain_conflict").await;
            assert_eq!(error.get("head"), Some(&Value::Null));
        }
        assert_eq!(Tally::of(&db).links, 0);
        let first = app.accept(&draft.with("prev", Value::Null)).await;
        let draft = app.wallet_draft(&alice, &key("wallet 2")).await;
        let error = app.refuse(&draft.clone().with("prev", ""), 409, "chain_conflict").await;
        assert_eq!(error["head"], head_of(&first));
        app.accept(&draft.with("previous", first["signature"].clone())).await;
    }

    /// The head moves while the platform answers; meanwhile no connection to the database is held.
    async fn the_head_moves_while_the_platform_answers(db: TestDatabase) {
        let github = github();
        let setup = Setup::new(&db).github(&github);
        let app = setup.set("database.pool_size", 1).set("database.acquire_timeout_ms", 700).start().await;
        let alice = key("alice");
        let draft = app.draft(&alice, "create", "github", "octocat").await;
        let gist = publish_gist(&github, "octocat", &draft);
        let (draft, wallet) = (draft.at(&gist), key("wallet"));
        let wallet_draft = app.wallet_draft(&alice, &wallet).await;
        github.script(Outcome::Slow(Duration::from_secs(2)));
        let overtaking = async {
            until("the gist is asked for", || !github.requests().is_empty()).await;
            app.accept(&wallet_draft).await
        };
        let (answer, link) = futures_util::join!(app.submit(&draft), overtaking);
        assert_eq!(answer.expect_error(409, "chain_conflict")["head"], head_of(&link));
        assert_eq!(app.bound(&alice.avatar()).await.len(), 1);
    }
}
