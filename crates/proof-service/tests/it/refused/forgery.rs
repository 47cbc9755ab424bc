//! What is no proof of a GitHub account, though somebody would like it to be.

use nextid_core::SecretKey;
use nextid_testkit::Outcome;
use nextid_testkit::github::Gist;
use nextid_testkit::keys::key;
use nextid_testkit::on_both_databases;
use serde_json::json;

use crate::support::platforms::{gist, github, publish_gist};
use crate::support::{Draft, Setup, Tally};

/// A proof file that repeats everything that its signer wants, signed by this key over this text.
fn file_by(draft: &Draft, key: &SecretKey, sign_payload: &str) -> String {
    let signature = key.personal_sign(sign_payload.as_bytes()).to_base64();
    json!({
        "version": "1", "persona": draft.avatar().to_hex(), "github_username": "octocat", "sign_payload": sign_payload,
        "signature": signature, "created_at": draft.text("created_at"), "uuid": draft.text("uuid"),
    })
    .to_string()
}

on_both_databases! {
    /// Each is refused with what was wrong; the genuine one at the end is taken.
    async fn forged_gists_are_refused(db: TestDatabase) {
        let github = github();
        let app = Setup::new(&db).github(&github).start().await;
        let (alice, mallory) = (key("alice"), key("mallory"));
        let draft = app.draft(&alice, "create", "github", "octocat").await;
        let before = Tally::of(&db);
        let name = format!("{}.json", alice.avatar());
        let another_payload = draft.sign_payload.replace("octocat", "somebody");
        let earlier = app.draft(&alice, "create", "github", "octocat").await;
        let of_mallory = app.draft(&mallory, "create", "github", "octocat").await;
        let cases: [(&str, Gist, &str, Option<&str>); 12] = [
            ("the genuine text in another account's gist", gist("mallory", &draft, &draft.post()), "proof_mismatch", Some("author")),
            (
                "signed by another key under our file name",
                gist("octocat", &draft, &draft.post_signed_by(&mallory)),
                "proof_mismatch",
                Some("signature"),
            ),
            (
                "a sound proof of another Avatar under our file name",
                gist("octocat", &draft, &of_mallory.post()),
                "proof_mismatch",
                Some("signature"),
            ),
            (
                "a genuine one of another payload",
                gist("octocat", &draft, &earlier.post()),
                "proof_mismatch",
                Some("signature"),
            ),
            (
                "it signs what itself says, which is something else",
                gist("octocat", &draft, &file_by(&draft, &alice, &another_payload)),
                "proof_mismatch",
                Some("signature"),
            ),
            (
                "it says the right payload, but signs another",
                gist("octocat", &draft, &file_by(&draft, &alice, &another_payload).replace("somebody", "octocat")),
                "proof_mismatch",
                Some("signature"),
            ),
            ("no file of our name", Gist::new("octocat").file("0x02.json", draft.post()), "proof_missing", None),
            (
                "a file of another Avatar's name",
                Gist::new("octocat").file(format!("{}.json", mallory.avatar()), draft.post()),
                "proof_missing",
                None,
            ),
            ("not JSON", Gist::new("octocat").file(&name, "hello"), "proof_mismatch", Some("text")),
            ("without a signature", Gist::new("octocat").file(&name, "{}"), "proof_mismatch", Some("text")),
            (
                "with a signature that is garbage",
                Gist::new("octocat").file(&name, r#"{"signature": "garbage"}"#),
                "proof_mismatch",
                Some("signature"),
            ),
            ("an empty file", Gist::new("octocat").file(&name, ""), "proof_mismatch", Some("text")),
        ];
        for (what, forged, code, which) in cases {
            let place = github.publish(forged);
            let error = app.refuse(&draft.clone().at(&place), 400, code).await;
            assert_eq!(error["which"].as_str(), which, "{what}: {error}");
        }
        assert_eq!(Tally::of(&db), before);
        let place = publish_gist(&github, "octocat", &draft);
        app.accept(&draft.at(&place)).await;
    }

    /// The same through the stand-in's own changes to a genuine gist.
    async fn a_changed_gist_is_refused(db: TestDatabase) {
        let github = github();
        let app = Setup::new(&db).github(&github).start().await;
        let alice = key("alice");
        let draft = app.draft(&alice, "create", "github", "octocat").await;
        let draft = draft.clone().at(&publish_gist(&github, "octocat", &draft));
        let before = Tally::of(&db);
        for (outcome, code, which) in [
            (Outcome::Missing, "proof_missing", None),
            (Outcome::Tampered, "proof_mismatch", Some("signature")),
            (Outcome::OtherAuthor, "proof_mismatch", Some("author")),
        ] {
            github.script(outcome);
            let error = app.refuse(&draft, 400, code).await;
            assert_eq!(error["which"].as_str(), which, "{error}");
        }
        assert_eq!(Tally::of(&db), before);
        // A login is the same in any letter case.
        github.script(Outcome::WrongCase);
        let link = app.accept(&draft).await;
        assert_eq!(link["identity"], "octocat");
    }

    /// A genuine gist does not prove a second time, after the binding was revoked.
    async fn an_older_gist_cannot_be_replayed(db: TestDatabase) {
        let github = github();
        let app = Setup::new(&db).github(&github).start().await;
        let alice = key("alice");
        let old = app.draft(&alice, "create", "github", "octocat").await;
        let place = publish_gist(&github, "octocat", &old);
        let old = old.at(&place);
        let link = app.accept(&old).await;
        app.revoke(&alice, "github", "octocat").await;
        let before = Tally::of(&db);
        // Under its own uuid it is the link that was, and binds nothing.
        assert_eq!(app.accept(&old).await["seq"], link["seq"]);
        assert_eq!(app.bound(&alice.avatar()).await, Vec::<String>::new());
        // Under a new uuid it is a signature over something else, whoever's uuid it says.
        let new = app.draft(&alice, "create", "github", "octocat").await.at(&place);
        let error = app.refuse(&new, 400, "proof_mismatch").await;
        assert_eq!(error["which"], "signature");
        assert_eq!(Tally::of(&db), before);
    }

    /// A stranger cannot bind somebody's account, nor somebody's Avatar, with what is public of both.
    async fn a_stranger_gains_nothing_from_what_is_public(db: TestDatabase) {
        let github = github();
        let app = Setup::new(&db).github(&github).start().await;
        let (alice, mallory) = (key("alice"), key("mallory"));
        let genuine = app.draft(&alice, "create", "github", "octocat").await;
        let place = publish_gist(&github, "octocat", &genuine);
        app.accept(&genuine.at(&place)).await;
        let theirs = app.draft(&mallory, "create", "github", "octocat").await.at(&place);
        app.refuse(&theirs.signed(), 400, "proof_missing").await;
        // In alice's name, over a gist of mallory's own.
        let draft = app.draft(&alice, "create", "github", "mallory").await;
        let place = github.publish(gist("mallory", &draft, &draft.post_signed_by(&mallory)));
        app.refuse(&draft.at(&place), 400, "proof_mismatch").await;
        assert_eq!(app.bound(&alice.avatar()).await, ["github:octocat"]);
        assert_eq!(app.bound(&mallory.avatar()).await, Vec::<String>::new());
    }
}
