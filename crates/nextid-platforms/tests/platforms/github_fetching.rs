//! What becomes of everything that GitHub may answer.

use std::time::Duration;

use nextid_core::{Platform, post_text};
use nextid_platforms::github::GithubVerifier;
use nextid_platforms::{
    CheckError, Claim, Evidence, FetchError, GithubSettings, Mismatch, Secret, Verified, Verifier,
};
use nextid_testkit::Outcome;
use nextid_testkit::github::{Gist, GithubStandIn};
use nextid_testkit::keys::key;

use crate::support::{LONG, claim, net, signed_post};

/// A stand-in with alice's proof, and the claim that it proves.
fn set_up() -> (GithubStandIn, Claim) {
    let github = GithubStandIn::start().unwrap();
    let mut claim = claim(&key("alice"), Platform::Github, "alice-codes", "");
    let gist = Gist::new("Alice-Codes")
        .file(post_text::file_name(&claim.avatar), signed_post(&claim, &key("alice")));
    claim.location = github.publish(gist);
    (github, claim)
}

fn verifier(github: &GithubStandIn, token: Option<&str>) -> GithubVerifier {
    GithubVerifier::new(&GithubSettings {
        base_url: github.base_url().to_owned(),
        token: token.map(Secret::new),
    })
    .unwrap()
}

async fn fetch_within(
    github: &GithubStandIn,
    claim: &Claim,
    timeout_ms: u64,
) -> Result<Evidence, FetchError> {
    verifier(github, None).fetch(claim, &net(timeout_ms)).await
}

async fn fetch(github: &GithubStandIn, claim: &Claim) -> Result<Evidence, FetchError> {
    fetch_within(github, claim, LONG).await
}

async fn judge(github: &GithubStandIn, claim: &Claim) -> Result<Verified, CheckError> {
    verifier(github, None).check(claim, &fetch(github, claim).await.unwrap())
}

#[tokio::test]
async fn a_gist_is_fetched_and_judged() {
    let (github, claim) = set_up();
    let verified = judge(&github, &claim).await.unwrap();
    assert_eq!(verified.alt_name, "Alice-Codes");
    assert!(verified.alt_id.bytes().all(|byte| byte.is_ascii_digit()) && !verified.alt_id.is_empty());
    assert_eq!(verified.location, claim.location);
    github.script(Outcome::WrongCase);
    assert_eq!(judge(&github, &claim).await.unwrap().alt_name, "aLICE-cODES");
}

#[tokio::test]
async fn every_location_asks_for_the_same() {
    let (github, claim) = set_up();
    let id = claim.location.clone();
    for location in [
        id.to_uppercase(),
        format!("https://gist.github.com/mallory/{id}"),
        format!("https://gist.github.com/Alice-Codes/{id}/{id}"),
    ] {
        let verified = judge(&github, &Claim { location, ..claim.clone() }).await.unwrap();
        assert_eq!(verified.location, id);
    }
    let path = format!("/gists/{id}");
    assert!(github.requests().iter().all(|request| request.method == "GET" && request.target == path));
}

#[tokio::test]
async fn a_bad_location_is_not_asked_for() {
    let (github, claim) = set_up();
    for location in
        ["", "12345", "../users/alice", "https://example.com/alice/5b3acc09d25242950e4b7ea0ee707ada"]
    {
        let location = location.to_owned();
        let error = fetch(&github, &Claim { location, ..claim.clone() }).await.unwrap_err();
        assert!(matches!(error, FetchError::BadLocation(_)), "{error}");
    }
    assert_eq!(github.requests(), []);
}

#[tokio::test]
async fn what_is_sent() {
    let (github, claim) = set_up();
    for token in [None, Some(""), Some("ghp_test")] {
        verifier(&github, token).fetch(&claim, &net(LONG)).await.unwrap();
    }
    let requests = github.requests();
    let sent: Vec<_> = requests.iter().map(|request| request.header("authorization")).collect();
    assert_eq!(sent, [None, None, Some("Bearer ghp_test")]);
    for request in &requests {
        assert_eq!(request.header("accept"), Some("application/vnd.github+json"));
        assert_eq!(request.header("x-github-api-version"), Some("2022-11-28"));
        assert!(request.header("user-agent").is_some());
    }
}

#[tokio::test]
async fn evidence_against_a_proof() {
    let (github, claim) = set_up();
    github.script(Outcome::Missing);
    assert_eq!(judge(&github, &claim).await.unwrap_err().mismatch(), None);
    github.script(Outcome::Tampered);
    assert_eq!(judge(&github, &claim).await.unwrap_err().mismatch(), Some(Mismatch::Signature));
    github.script(Outcome::OtherAuthor);
    let error = judge(&github, &claim).await.unwrap_err();
    assert_eq!((error.mismatch(), error.found().as_deref()), (Some(Mismatch::Author), Some("somebody-else")));
    for status in [404, 410] {
        github.script(Outcome::Status(status));
        let error = fetch(&github, &claim).await.unwrap_err();
        assert_eq!((error.is_evidence(), error), (true, FetchError::NotFound));
    }
    github.script(Outcome::Ok);
    let unknown = Claim { location: "0".repeat(32), ..claim };
    assert_eq!(fetch(&github, &unknown).await, Err(FetchError::NotFound));
}

#[tokio::test]
async fn what_says_nothing_about_a_proof() {
    let (github, claim) = set_up();
    for (status, waits) in [(401, false), (403, true), (429, true), (500, false), (502, false), (503, false)]
    {
        github.script(Outcome::Status(status));
        let error = fetch(&github, &claim).await.unwrap_err();
        assert!(matches!(error, FetchError::Unavailable { .. }) && !error.is_evidence(), "{status}: {error}");
        assert_eq!(error.retry_after().is_some_and(|wait| wait > Duration::ZERO), waits, "{status}");
    }
    for outcome in [Outcome::Garbage, Outcome::Status(418), Outcome::Status(451), Outcome::Huge(2_000_000)] {
        github.script(outcome.clone());
        let error = fetch(&github, &claim).await.unwrap_err();
        assert!(matches!(error, FetchError::Odd(_)) && !error.is_evidence(), "{outcome:?}: {error}");
    }
    github.script(Outcome::Slow(Duration::from_secs(3_600)));
    assert_eq!(fetch_within(&github, &claim, 200).await, Err(FetchError::Timeout));
}

#[tokio::test]
async fn who_asks_to_be_left_alone_is() {
    for (status, answers) in [(429, 1), (500, 5)] {
        let (github, claim) = set_up();
        let (verifier, net) = (verifier(&github, None), net(LONG));
        github.script(Outcome::Status(status));
        for _ in 0..answers {
            verifier.fetch(&claim, &net).await.unwrap_err();
        }
        github.script(Outcome::Ok);
        let error = verifier.fetch(&claim, &net).await.unwrap_err();
        assert!(error.retry_after().is_some_and(|wait| wait > Duration::ZERO), "{error}");
        assert_eq!(github.requests().len(), answers);
    }
}

#[tokio::test]
async fn redirects() {
    let (github, claim) = set_up();
    // Within the API a redirect is followed.
    let there = format!("/gists/{}", claim.location);
    github.script_next([Outcome::Redirect(there.clone())]);
    judge(&github, &claim).await.unwrap();
    // A page elsewhere is not GitHub's word, even if it can be reached.
    let elsewhere = GithubStandIn::start().unwrap();
    let same_gist = Gist::new("alice-codes")
        .file(post_text::file_name(&claim.avatar), signed_post(&claim, &key("alice")));
    elsewhere.publish(Gist { id: claim.location.clone(), ..same_gist });
    github.script(Outcome::Redirect(format!("{}{there}", elsewhere.base_url())));
    let error = fetch(&github, &claim).await.unwrap_err();
    assert!(matches!(error, FetchError::Odd(_)), "{error}");
    assert_eq!(elsewhere.requests(), []);
    let allowing = nextid_net::GuardedClient::new(nextid_net::NetConfig {
        allow_hosts: nextid_net::AllowHost::parse_list("127.0.0.1").unwrap(),
        ..nextid_net::NetConfig::default()
    });
    let error = verifier(&github, Some("ghp_test")).fetch(&claim, &allowing.unwrap()).await.unwrap_err();
    assert!(matches!(error, FetchError::Odd(_)), "{error}");
    assert_eq!(elsewhere.requests().len(), 1);
    assert_eq!(elsewhere.requests()[0].header("authorization"), None);
    // One that comes back to itself ends.
    github.script(Outcome::Redirect(there));
    let error = fetch(&github, &claim).await.unwrap_err();
    assert!(matches!(error, FetchError::Odd(_)), "{error}");
}

#[tokio::test]
async fn a_large_file_is_cut_and_refused() {
    let (github, mut claim) = set_up();
    let content = format!("{}{}", signed_post(&claim, &key("alice")), " ".repeat(1_200_000));
    claim.location =
        github.publish(Gist::new("alice-codes").file(post_text::file_name(&claim.avatar), content));
    let roomy = nextid_net::GuardedClient::new(nextid_net::NetConfig {
        max_bytes: 4_000_000,
        ..nextid_net::NetConfig::default()
    });
    let verifier = verifier(&github, None);
    let evidence = verifier.fetch(&claim, &roomy.unwrap()).await.unwrap();
    assert_eq!(verifier.check(&claim, &evidence).unwrap_err().mismatch(), Some(Mismatch::Text));
}

#[tokio::test]
async fn nobody_listens() {
    let (github, claim) = set_up();
    let verifier = GithubVerifier::new(&GithubSettings {
        // Port 1 needs rights that nothing on a loopback interface is given.
        base_url: "http://127.0.0.1:1".to_owned(),
        token: Some(Secret::new("ghp_test")),
    })
    .unwrap();
    drop(github);
    let error = verifier.fetch(&claim, &net(LONG)).await.unwrap_err();
    assert!(matches!(error, FetchError::Unavailable { .. }), "{error}");
    assert!(!format!("{error} {error:?} {verifier:?}").contains("ghp_test"));
}
