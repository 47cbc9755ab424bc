//! Publishing, against the testkit's stand-in for GitHub.

use nextid_client::{ClientError, ClientOptions, GistClient, GistFile};
use nextid_testkit::github::GithubStandIn;

use crate::stand_in::StandIn;

const FILE: GistFile<'_> = GistFile { description: "d", name: "0x02.json", content: "{}" };

#[tokio::test]
async fn a_gist_is_published() {
    let github = GithubStandIn::start().unwrap();
    let client = GistClient::new(github.base_url(), &ClientOptions::default()).unwrap();
    assert!(client.is_stand_in().await.unwrap());
    let id = client.publish("octocat", "any", FILE).await.unwrap();
    assert!(id.len() >= 20, "{id}");
    let created = github.requests().pop().unwrap();
    assert!(created.body.contains("0x02.json"), "{}", created.body);
}

#[tokio::test]
async fn what_is_no_stand_in_is_not_taken_for_one() {
    for body in [r#"{"message":"Not Found"}"#, r#"{"current_user_url":"https://api.github.com/user"}"#] {
        let server = StandIn::answering(200, body);
        assert!(
            !GistClient::new(&server.base, &ClientOptions::default()).unwrap().is_stand_in().await.unwrap()
        );
    }
}

#[tokio::test]
async fn a_login_that_is_none_is_refused_before_it_is_sent() {
    let client = GistClient::new("http://127.0.0.1:1", &ClientOptions::default()).unwrap();
    let error = client.publish("a\r\nb", "t", FILE).await.unwrap_err();
    assert!(matches!(error, ClientError::Unsendable { .. }), "{error}");
}
