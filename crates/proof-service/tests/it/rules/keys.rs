//! An Avatar in every spelling and under every name.

use nextid_testkit::keys::key;
use nextid_testkit::on_both_databases;
use serde_json::json;

use crate::support::{App, Tally, address_of};

/// The three names of the one field, in the order in which they count.
const NAMES: [&str; 3] = ["avatar", "persona", "public_key"];

on_both_databases! {
    /// Compressed or not, with `0x` or without, in any letter case: it is the same chain.
    async fn every_spelling_is_one_avatar(db: TestDatabase) {
        let app = App::start(&db).await;
        let alice = key("alice");
        let (short, long) = (alice.avatar().to_hex(), alice.avatar().to_uncompressed_hex());
        let bare = |text: &str| text.trim_start_matches("0x").to_owned();
        let spellings = [
            short.clone(),
            long.clone(),
            bare(&short),
            bare(&long),
            short.to_uppercase(),
            format!("0x{}", bare(&long).to_uppercase()),
        ];
        for (number, spelling) in (0_i64..).zip(&spellings) {
            let wallet = key(&format!("wallet {number}"));
            let body = json!({
                "action": "create", "platform": "ethereum", "identity": address_of(&wallet), "public_key": spelling,
            });
            let payload = app.post("/v1/proof/payload", &body).await.expect_status(200).json();
            let draft = crate::support::Draft::of_payload(&alice, "create", "ethereum", &address_of(&wallet), &payload);
            assert!(draft.sign_payload.contains(&format!(r#""persona":"{short}""#)), "{spelling}");
            let link = app.accept(&draft.signed().by_wallet(&wallet).with("public_key", spelling.as_str())).await;
            assert_eq!((&link["avatar"], &link["seq"]), (&json!(short), &json!(number)));
            let page = app.read(&format!("/v1/proofchain?avatar={spelling}")).await;
            assert_eq!(page["pagination"]["total"], number + 1);
            let found = app.read(&format!("/v1/proof?platform=nextid&identity={spelling}")).await;
            assert_eq!((&found["ids"][0]["avatar"], &found["ids"][0]["persona"]), (&json!(short), &json!(short)));
            let path = format!("/v1/proof/exists?platform=ethereum&identity={}&public_key={spelling}", address_of(&wallet));
            app.get(&path).await.expect_status(200);
        }
        app.verified(&alice.avatar()).await;
    }

    /// `avatar`, `persona` and `public_key` are one field wherever an Avatar is named; empty and null are absent.
    async fn the_three_names_are_one(db: TestDatabase) {
        let app = App::start(&db).await;
        let alice = key("alice");
        let (hex, long) = (alice.avatar().to_hex(), alice.avatar().to_uncompressed_hex());
        for (number, name) in (0_i64..).zip(NAMES) {
            let wallet = key(name);
            let mut body = json!({"action": "create", "platform": "ethereum", "identity": address_of(&wallet)});
            body[name] = json!(hex);
            for other in NAMES.iter().filter(|other| **other != name) {
                body[*other] = if number == 0 { json!(null) } else { json!("") };
            }
            app.post("/v1/proof/payload", &body).await.expect_status(200);
            let draft = app.wallet_draft(&alice, &wallet).await.without("public_key").with(name, long.as_str());
            assert_eq!(app.accept(&draft).await["seq"], number);
            let page = app.read(&format!("/v1/proofchain?{name}={hex}")).await;
            assert_eq!(page["pagination"]["total"], number + 1);
            let path = format!("/v1/proof/exists?platform=ethereum&identity={}&{name}={hex}", address_of(&wallet));
            app.get(&path).await.expect_status(200);
        }
        let wallet = key("all three");
        let draft = app.wallet_draft(&alice, &wallet).await.with("avatar", long.to_uppercase()).with("persona", hex);
        app.accept(&draft).await;
    }

    /// Names that say different keys are refused, whichever they are.
    async fn differing_names_are_refused(db: TestDatabase) {
        let app = App::start(&db).await;
        let (alice, bob) = (key("alice"), key("bob"));
        let before = Tally::of(&db);
        let draft = app.wallet_draft(&alice, &key("wallet")).await.without("public_key");
        for (one, other) in [("avatar", "persona"), ("avatar", "public_key"), ("persona", "public_key")] {
            let draft = draft.clone().with(one, alice.avatar().to_hex()).with(other, bob.avatar().to_hex());
            assert_eq!(app.refuse(&draft, 400, "bad_field").await["field"], other);
            app.post("/v1/proof/payload", &draft.body).await.expect_error(400, "bad_field");
            let query = format!("{one}={}&{other}={}", alice.avatar(), bob.avatar());
            app.get(&format!("/v1/proofchain?{query}")).await.expect_error(400, "bad_field");
            app.get(&format!("/v1/proof/exists?platform=github&identity=octocat&{query}"))
                .await
                .expect_error(400, "bad_field");
        }
        assert_eq!(Tally::of(&db), before);
    }

    /// What is no key, in every field that takes one.
    async fn what_is_no_key_is_refused(db: TestDatabase) {
        let app = App::start(&db).await;
        let alice = key("alice");
        let before = Tally::of(&db);
        let draft = app.wallet_draft(&alice, &key("wallet")).await;
        let hex = alice.avatar().to_hex();
        let off_curve = format!("0x02{}", "ff".repeat(32));
        let bad = [
            "0x", "0x12", "hello", &hex[..66], &format!("{hex}00"), &format!("0x05{}", &hex[4..]), &off_curve,
            &format!("0x04{}", "00".repeat(64)), &format!("0x0x{}", &hex[2..]), &format!("0x {}", &hex[2..]),
            &alice.avatar().to_uncompressed_hex()[4..],
        ];
        for text in bad {
            for name in NAMES {
                let draft = draft.clone().without("public_key").with(name, text);
                assert_eq!(app.refuse(&draft, 400, "bad_public_key").await["field"], name, "{text}");
                app.post("/v1/proof/payload", &draft.body).await.expect_error(400, "bad_public_key");
            }
            let query = text.replace(' ', "%20");
            app.get(&format!("/v1/proofchain?avatar={query}")).await.expect_error(400, "bad_public_key");
            app.get(&format!("/v1/proof?platform=nextid&identity={query},{hex}")).await.expect_error(400, "bad_public_key");
            app.get(&format!("/v1/proof/exists?platform=github&identity=octocat&public_key={query}"))
                .await
                .expect_error(400, "bad_public_key");
        }
        assert_eq!(app.refuse(&draft.without("public_key"), 400, "missing_field").await["field"], "public_key");
        assert_eq!(Tally::of(&db), before);
    }
}
