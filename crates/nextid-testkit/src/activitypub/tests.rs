use reqwest::Method;
use serde_json::json;

use super::*;
use crate::block_on;
use crate::http::TestClient;

fn client(server: &ActivitypubStandIn) -> TestClient {
    TestClient::new(format!("http://127.0.0.1:{}", server.port()))
}

#[test]
fn says_which_software_it_runs() {
    block_on(async {
        for (software, name) in [
            (Software::Mastodon, "mastodon"),
            (Software::MisskeyFork("sharkey"), "sharkey"),
            (Software::GoToSocial, "gotosocial"),
        ] {
            let server = ActivitypubStandIn::start(software).unwrap();
            let client = client(&server);
            let links = client.get("/.well-known/nodeinfo").await.expect_status(200).json();
            let href = links["links"][1]["href"].as_str().unwrap();
            let path = href.strip_prefix(client.base()).unwrap();
            let info = client.get(path).await.expect_status(200).json();
            assert_eq!((&info["software"]["name"], &info["version"]), (&json!(name), &json!("2.1")));
        }
    });
}

#[test]
fn has_one_of_the_two_interfaces() {
    block_on(async {
        let mastodon = ActivitypubStandIn::start(Software::Mastodon).unwrap();
        let id = mastodon.publish(Note::new("alice", "a <b>\nc\n\nd"));
        let status = client(&mastodon).get(&format!("/api/v1/statuses/{id}")).await.expect_status(200).json();
        assert_eq!(status["content"], json!("<p>a &lt;b&gt;<br />c</p><p>d</p>"));
        assert_eq!(status["account"]["acct"], json!("alice"));
        client(&mastodon).get("/api/v1/statuses/1").await.expect_status(404);
        client(&mastodon).post_json("/api/notes/show", &json!({ "noteId": id })).await.expect_status(404);

        let misskey = ActivitypubStandIn::start(Software::Misskey).unwrap();
        let copy = Note { host: Some("other.example".to_owned()), ..Note::new("alice", "a\nb") };
        let id = misskey.publish(copy);
        let note = client(&misskey).post_json("/api/notes/show", &json!({ "noteId": id })).await.json();
        assert_eq!((&note["text"], &note["user"]["host"]), (&json!("a\nb"), &json!("other.example")));
        let none = client(&misskey)
            .post_json("/api/notes/show", &json!({ "noteId": "9x" }))
            .await
            .expect_status(400);
        assert_eq!(none.json()["error"]["code"], json!("NO_SUCH_NOTE"));
        client(&misskey).get(&format!("/api/v1/statuses/{id}")).await.expect_status(404);
    });
}

#[test]
fn outcomes() {
    block_on(async {
        let server = ActivitypubStandIn::start(Software::Pleroma).unwrap();
        let id = server.publish(Note::new("alice", "Signature: abc"));
        let path = format!("/api/v1/statuses/{id}");
        server.script(Outcome::OtherAuthor);
        assert_eq!(client(&server).get(&path).await.json()["account"]["acct"], json!("somebody-else"));
        server.script(Outcome::Status(429));
        assert_eq!(client(&server).get(&path).await.expect_status(429).header("Retry-After"), Some("60"));
        server.script(Outcome::Redirect("/x".to_owned()));
        client(&server).get(&path).await.expect_status(302);
        let gotosocial = ActivitypubStandIn::start(Software::GoToSocial).unwrap();
        client(&gotosocial).send(Method::GET, &path, &[], "").await.expect_status(401);
        assert_eq!(server.requests().len(), 3);
    });
}
