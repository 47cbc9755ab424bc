//! How much is too much, each with its own code.

use nextid_testkit::keys::key;
use nextid_testkit::on_both_databases;
use serde_json::json;

use crate::support::platforms::{github, publish_gist};
use crate::support::{App, Setup, Tally, address_of};

on_both_databases! {
    /// An Avatar has so many bindings; at the limit it may still bind again, and revoke.
    async fn bindings_are_limited(db: TestDatabase) {
        let app = Setup::new(&db).set("limits.bindings", 2).start().await;
        let (alice, bob) = (key("alice"), key("bob"));
        app.bind_wallet(&alice, &key("wallet 1")).await;
        app.bind_alias(&alice, &bob).await;
        let before = Tally::of(&db);
        let third = app.wallet_draft(&alice, &key("wallet 2")).await;
        assert_eq!(app.refuse(&third, 413, "too_many_bindings").await["expected"], 2);
        assert_eq!(Tally::of(&db), before);
        app.bind_wallet(&alice, &key("wallet 1")).await;
        app.bind_wallet(&bob, &key("wallet 1")).await;
        app.revoke(&alice, "nextid", &bob.avatar().to_hex()).await;
        app.bind_wallet(&alice, &key("wallet 2")).await;
        app.verified(&alice.avatar()).await;
    }

    /// Identities: 1,024 bytes wherever one is given, not one more.
    async fn identities_are_limited(db: TestDatabase) {
        let app = App::start(&db).await;
        let alice = key("alice");
        let draft = app.wallet_draft(&alice, &key("wallet")).await;
        for length in [1_025, 10_000] {
            let long = "a".repeat(length);
            assert_eq!(app.refuse(&draft.clone().with("identity", long.as_str()), 400, "bad_identity").await["field"], "identity");
            for query in [
                format!("/v1/proof?identity={long}"),
                format!("/v1/proof?identity=octocat,{long}"),
                format!("/v1/proof/exists?platform=github&identity={long}&public_key={}", alice.avatar()),
            ] {
                app.get(&query).await.expect_error(400, "bad_identity");
            }
        }
        let longest = "a".repeat(1_024);
        assert_eq!(app.read(&format!("/v1/proof?identity={longest}")).await["ids"], json!([]));
        app.exists(&alice.avatar(), "github", &longest).await.expect_error(404, "not_found");
        let long_domain = format!("{}.example", "a.".repeat(100));
        app.draft(&alice, "create", "dns", &long_domain.replace("..", ".")).await;
        assert_eq!(Tally::of(&db).links, 0);
    }

    /// The place of a proof: 1,024 bytes, no control characters, and otherwise any text.
    async fn locations_are_limited(db: TestDatabase) {
        let github = github();
        let app = Setup::new(&db).github(&github).start().await;
        let alice = key("alice");
        let draft = app.wallet_draft(&alice, &key("wallet")).await;
        for bad in ["a".repeat(1_025), "é".repeat(513), "a\0b".to_owned(), "a\tb".to_owned(), "a\u{7f}".to_owned()] {
            assert_eq!(app.refuse(&draft.clone().at(&bad), 400, "bad_field").await["field"], "proof_location");
        }
        let longest = format!("{}%27\"'\\;--<script>", "é".repeat(500));
        assert_eq!(app.accept(&draft.at(&longest)).await["proof_location"], longest);

        let draft = app.draft(&alice, "create", "github", "octocat").await;
        let gist = publish_gist(&github, "octocat", &draft);
        for bad in ["", "not-a-gist", "../../users/octocat", &format!("{gist}/.."), &format!("https://evil.example/octocat/{gist}")] {
            assert_eq!(app.refuse(&draft.clone().at(bad), 400, "bad_field").await["field"], "proof_location", "{bad}");
        }
        app.refuse(&draft.clone().without("proof_location"), 400, "bad_field").await;
        assert_eq!(github.requests().len(), 0);
        app.accept(&draft.at(&gist)).await;
    }

    /// So many identities in one search.
    async fn identities_in_a_search_are_limited(db: TestDatabase) {
        let app = Setup::new(&db).set("limits.identities", 3).start().await;
        app.bind_wallet(&key("alice"), &key("wallet")).await;
        let error = app.get("/v1/proof?identity=a,b,c,d").await.expect_error(413, "too_many_identities");
        assert_eq!(error["expected"], 3);
        let found = app.read(&format!("/v1/proof?identity=a,,%20,b,{}", address_of(&key("wallet")))).await;
        assert_eq!(found["pagination"]["total"], 1);
        let app = App::start(&db).await;
        let many = vec!["some-identity"; 100].join(",");
        app.get(&format!("/v1/proof?identity={many}")).await.expect_status(200);
        app.get(&format!("/v1/proof?identity={many},x")).await.expect_error(413, "too_many_identities");
    }

    /// A body of 256 KiB is read, one byte more is not, whether its length was announced or not.
    async fn bodies_are_limited(db: TestDatabase) {
        let app = App::start(&db).await;
        let draft = app.wallet_draft(&key("alice"), &key("wallet")).await;
        let before = Tally::of(&db);
        let padded = |bytes: usize| {
            let text = draft.body.to_string();
            format!("{}{text}", " ".repeat(bytes - text.len()))
        };
        for path in ["/v1/proof", "/v1/proof/payload"] {
            app.post_text(path, &padded(262_145)).await.expect_error(413, "body_too_large");
        }
        let chunks = padded(262_145).into_bytes();
        let chunked = [
            b"POST /v1/proof HTTP/1.1\r\nHost: x\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n".as_slice(),
            format!("{:x}\r\n", chunks.len()).as_bytes(),
            &chunks,
            b"\r\n0\r\n\r\n",
        ]
        .concat();
        let answer = nextid_testkit::http::raw::exchange(app.address, &chunked).await;
        let answer = String::from_utf8_lossy(&answer).into_owned();
        assert!(answer.starts_with("HTTP/1.1 413") && answer.contains("body_too_large"), "{answer}");
        assert_eq!(Tally::of(&db), before);
        app.post_text("/v1/proof", &padded(262_144)).await.expect_status(201);
        let small = Setup::new(&db).set("limits.body_bytes", 2048).set("limits.patch_bytes", 1024).start().await;
        small.post_text("/v1/proof", &padded(2049)).await.expect_error(413, "body_too_large");
    }

    /// 64 levels inside a field are read, 65 are not, even in a field that nobody asked for.
    async fn nesting_is_limited(db: TestDatabase) {
        let app = App::start(&db).await;
        let draft = app.wallet_draft(&key("alice"), &key("wallet")).await;
        let nested = |levels: usize, open: &str, close: &str| {
            let body = draft.body.to_string();
            let inner = format!("{}1{}", open.repeat(levels), close.repeat(levels));
            format!(r#"{},"deep":{inner}}}"#, body.strip_suffix('}').unwrap())
        };
        for (open, close) in [("[", "]"), (r#"{"a":"#, "}")] {
            for levels in [65, 1000, 20_000] {
                app.post_text("/v1/proof", &nested(levels, open, close)).await.expect_error(400, "too_deep");
            }
        }
        // Unbalanced as well: what is too deep is not read to its end.
        app.post_text("/v1/proof", &"[".repeat(100_000)).await.expect_error(400, "too_deep");
        assert_eq!(Tally::of(&db).links, 0);
        app.post_text("/v1/proof", &nested(64, "[", "]")).await.expect_status(201);
    }
}
