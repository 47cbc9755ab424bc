//! Clients that send nothing, half a request, or leave.

use nextid_testkit::http::raw;
use nextid_testkit::keys::key;
use nextid_testkit::on_both_databases;

use crate::support::{App, Setup, Tally};

/// The bytes of a submit, as a client sends them.
fn request(body: &str) -> Vec<u8> {
    format!("POST /v1/proof HTTP/1.1\r\nHost: x\r\nContent-Length: {}\r\n\r\n{body}", body.len()).into_bytes()
}

on_both_databases! {
    /// A thousand connections that send nothing do not keep anybody else from being served.
    async fn a_thousand_idle_connections_do_no_harm(db: TestDatabase) {
        let app = App::start(&db).await;
        let idle = raw::idle_connections(app.address, 1000).await;
        let alice = key("alice");
        for number in 0..5 {
            app.bind_wallet(&alice, &key(&format!("wallet {number}"))).await;
        }
        app.verified(&alice.avatar()).await;
        assert_eq!(idle.len(), 1000);
    }

    /// A client that sends half a request is told so after a while, and nothing of it was done.
    async fn half_a_request_ends(db: TestDatabase) {
        let app = Setup::new(&db).set("server.request_timeout_secs", 1).start().await;
        let draft = app.wallet_draft(&key("alice"), &key("wallet")).await;
        let whole = request(&draft.body.to_string());
        let before = Tally::of(&db);
        let mut in_head = raw::half_request(app.address, &whole[..20]).await;
        let mut in_body = raw::half_request(app.address, &whole[..whole.len() - 1]).await;
        let answer = String::from_utf8_lossy(&raw::read_to_end(&mut in_body).await).into_owned();
        assert!(answer.starts_with("HTTP/1.1 408") && answer.contains("request_timeout"), "{answer}");
        let answer = String::from_utf8_lossy(&raw::read_to_end(&mut in_head).await).into_owned();
        assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 408"), "{answer}");
        assert_eq!(Tally::of(&db), before);
        app.accept(&draft).await;
    }

    /// A client that leaves in the middle of its request has done nothing; one that leaves before the answer finds out by
    /// submitting again.
    async fn clients_that_leave_do_no_harm(db: TestDatabase) {
        let app = App::start(&db).await;
        let alice = key("alice");
        let draft = app.wallet_draft(&alice, &key("wallet")).await;
        let whole = request(&draft.body.to_string());
        let before = Tally::of(&db);
        for end in (0..whole.len()).step_by(37) {
            raw::abandon(app.address, &whole[..end]).await;
        }
        app.get("/healthz").await.expect_status(200);
        assert_eq!(Tally::of(&db), before);
        for _ in 0..10 {
            raw::abandon(app.address, &whole).await;
        }
        app.accept(&draft).await;
        assert_eq!((Tally::of(&db).links, Tally::of(&db).bindings), (1, 1));
        app.changes(1).await;
        app.verified(&alice.avatar()).await;
    }

    /// What is no HTTP is answered as such, and the next client is served.
    async fn what_is_no_http_is_refused(db: TestDatabase) {
        let app = App::start(&db).await;
        for bytes in [
            b"hello\r\n\r\n".as_slice(),
            b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
            b"GET / HTTP/9.9\r\n\r\n",
            b"GET /v1/proof?identity=\xff HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
            b"POST /v1/proof HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
            b"POST /v1/proof HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello",
            b"POST /v1/proof HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\nzz\r\n",
        ] {
            let answer = raw::exchange(app.address, bytes).await;
            let answer = String::from_utf8_lossy(&answer).into_owned();
            assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 4"), "{bytes:?}: {answer}");
        }
        app.get("/healthz").await.expect_status(200);
    }
}
