//! What becomes of everything that a server of the fediverse may answer.

use std::time::Duration;

use nextid_core::Platform;
use nextid_net::GuardedClient;
use nextid_platforms::activitypub::ActivitypubVerifier;
use nextid_platforms::{
    ActivitypubSettings, CheckError, Claim, Evidence, FetchError, Mismatch, Verified, Verifier,
};
use nextid_testkit::Outcome;
use nextid_testkit::activitypub::{ActivitypubStandIn, Note, Software};
use nextid_testkit::keys::key;
use serde_json::json;

use crate::support::{LONG, claim, loopback_net, net, signed_post};

const ALL: [Software; 6] = [
    Software::Mastodon,
    Software::Pleroma,
    Software::Akkoma,
    Software::Misskey,
    Software::MisskeyFork("sharkey"),
    Software::LikeMastodon("snac"),
];

/// A server with alice's proof, and the claim that it proves.
fn set_up(software: Software) -> (ActivitypubStandIn, Claim) {
    set_up_with(software, |note| note)
}

fn set_up_with(software: Software, change: impl FnOnce(Note) -> Note) -> (ActivitypubStandIn, Claim) {
    let server = ActivitypubStandIn::start(software).unwrap();
    let identity = format!("@Alice@social.test:{}", server.port());
    let mut claim = claim(&key("alice"), Platform::Activitypub, &identity, "");
    claim.location = server.publish(change(Note::new("alice", signed_post(&claim, &key("alice")))));
    (server, claim)
}

fn verifier() -> ActivitypubVerifier {
    ActivitypubVerifier::new(&ActivitypubSettings { scheme: "http".to_owned() }).unwrap()
}

fn social_net(timeout_ms: u64) -> GuardedClient {
    loopback_net("social.test", timeout_ms)
}

async fn fetch(claim: &Claim) -> Result<Evidence, FetchError> {
    verifier().fetch(claim, &social_net(LONG)).await
}

async fn judge(claim: &Claim) -> Result<Verified, CheckError> {
    verifier().check(claim, &fetch(claim).await.unwrap())
}

fn targets(server: &ActivitypubStandIn) -> Vec<String> {
    server.requests().into_iter().map(|request| format!("{} {}", request.method, request.target)).collect()
}

#[tokio::test]
async fn a_post_on_every_software() {
    for software in ALL {
        let (server, claim) = set_up(software);
        let verified = judge(&claim).await.unwrap_or_else(|error| panic!("{software:?}: {error}"));
        assert_eq!((verified.alt_id.as_str(), verified.alt_name.as_str()), ("108222", "alice 🎭"));
        assert_eq!(verified.location, claim.location);
        let post = match software {
            Software::Misskey | Software::MisskeyFork(_) => "POST /api/notes/show".to_owned(),
            _ => format!("GET /api/v1/statuses/{}", claim.location),
        };
        assert_eq!(
            targets(&server),
            ["GET /.well-known/nodeinfo".to_owned(), "GET /nodeinfo/2.1".to_owned(), post]
        );
    }
}

#[tokio::test]
async fn unknown_software_is_asked_in_both_ways() {
    let (server, claim) = set_up(Software::LikeMastodon("something"));
    judge(&claim).await.unwrap();
    assert_eq!(targets(&server).len(), 3);
    // A fork whose name says nothing.
    let (server, claim) = set_up(Software::MisskeyFork("unheard-of"));
    judge(&claim).await.unwrap();
    assert_eq!(targets(&server)[3], "POST /api/notes/show");
    let gone = Claim { location: "9zzz".to_owned(), ..claim };
    assert_eq!(fetch(&gone).await, Err(FetchError::NotFound));
}

#[tokio::test]
async fn gotosocial_is_out() {
    let (server, claim) = set_up(Software::GoToSocial);
    let error = fetch(&claim).await.unwrap_err();
    assert!(matches!(error, FetchError::BadLocation(why) if why.contains("GoToSocial")), "{error}");
    assert_eq!(server.requests().len(), 2);
}

#[tokio::test]
async fn addresses_of_posts() {
    let (server, claim) = set_up(Software::Mastodon);
    let (port, id) = (server.port(), claim.location.clone());
    for location in [
        format!("http://social.test:{port}/@alice/{id}"),
        format!("https://SOCIAL.test:{port}/users/alice/statuses/{id}"),
    ] {
        assert_eq!(judge(&Claim { location, ..claim.clone() }).await.unwrap().location, id);
    }
    let asked = server.requests().len();
    for location in ["", "https://other.test/@alice/1", "../accounts/1", "https://social.test/@alice/1"] {
        let error = fetch(&Claim { location: location.to_owned(), ..claim.clone() }).await.unwrap_err();
        assert!(matches!(error, FetchError::BadLocation(_)), "{location}: {error}");
    }
    assert_eq!(server.requests().len(), asked);
}

#[tokio::test]
async fn evidence_against_a_proof() {
    for software in ALL {
        let (server, claim) = set_up(software);
        server.script(Outcome::WrongCase);
        judge(&claim).await.unwrap();
        for (outcome, mismatch) in [
            (Outcome::Missing, None),
            (Outcome::Tampered, Some(Mismatch::Signature)),
            (Outcome::OtherAuthor, Some(Mismatch::Author)),
        ] {
            server.script(outcome.clone());
            assert_eq!(judge(&claim).await.unwrap_err().mismatch(), mismatch, "{software:?} {outcome:?}");
        }
        for status in [404, 410] {
            server.script(Outcome::Status(status));
            assert_eq!(fetch(&claim).await, Err(FetchError::NotFound), "{software:?} {status}");
        }
        server.script(Outcome::Ok);
        let gone = Claim { location: "1".to_owned(), ..claim };
        assert_eq!(fetch(&gone).await, Err(FetchError::NotFound), "{software:?}");
    }
}

/// Everything but a public post in the account's own words, on its own server.
#[tokio::test]
async fn near_misses() {
    type Change = fn(Note) -> Note;
    let changes: [(Change, Mismatch); 6] = [
        (|note| Note { host: Some("other.example".to_owned()), ..note }, Mismatch::Author),
        (|note| Note { username: "mallory".to_owned(), ..note }, Mismatch::Author),
        (|note| Note { visibility: "private".to_owned(), ..note }, Mismatch::Text),
        (|note| Note { visibility: "direct".to_owned(), ..note }, Mismatch::Text),
        (|note| Note { reply_to: Some("5".to_owned()), ..note }, Mismatch::Text),
        (|note| Note { boost: true, ..note }, Mismatch::Text),
    ];
    for software in [Software::Mastodon, Software::Misskey] {
        for (number, (change, mismatch)) in changes.iter().enumerate() {
            let (_server, claim) = set_up_with(software, change);
            let error = judge(&claim).await.unwrap_err();
            assert_eq!(error.mismatch(), Some(*mismatch), "{software:?} {number}: {error}");
        }
        // Quoted words are not one's own, and do not take the place of them either.
        let (_server, claim) = set_up_with(software, |note| Note {
            quotes: Some(note.text.clone()),
            text: "Look!".to_owned(),
            ..note
        });
        assert_eq!(judge(&claim).await.unwrap_err().mismatch(), None);
        let quoting = |note| Note { quotes: Some("Signature: AAAA".to_owned()), ..note };
        let (_server, claim) = set_up_with(software, quoting);
        judge(&claim).await.unwrap();
        let (_server, claim) =
            set_up_with(software, |note| Note { visibility: "unlisted".to_owned(), ..note });
        judge(&claim).await.unwrap();
    }
}

/// A server that says that an account of its own is another one's.
#[tokio::test]
async fn a_name_with_the_servers_own_address_is_local() {
    let (server, claim) = set_up(Software::Mastodon);
    let host = format!("social.test:{}", server.port());
    let location =
        server.publish(Note { host: Some(host), ..Note::new("alice", signed_post(&claim, &key("alice"))) });
    judge(&Claim { location, ..claim }).await.unwrap();
}

#[tokio::test]
async fn what_says_nothing_about_a_proof() {
    for software in [Software::Mastodon, Software::Misskey] {
        let (server, claim) = set_up(software);
        for status in [401, 403, 429, 500, 503] {
            server.script(Outcome::Status(status));
            let error = fetch(&claim).await.unwrap_err();
            assert!(matches!(error, FetchError::Unavailable { .. }), "{status}: {error}");
        }
        for outcome in
            [Outcome::Garbage, Outcome::Status(400), Outcome::Status(418), Outcome::Huge(2_000_000)]
        {
            server.script(outcome.clone());
            let error = fetch(&claim).await.unwrap_err();
            assert!(matches!(error, FetchError::Odd(_)), "{outcome:?}: {error}");
        }
        server.script(Outcome::Slow(Duration::from_secs(3_600)));
        let error = verifier().fetch(&claim, &social_net(300)).await;
        assert_eq!(error, Err(FetchError::Timeout));
    }
}

#[tokio::test]
async fn node_info_of_every_kind() {
    let (server, claim) = set_up(Software::Mastodon);
    let schema = |version: &str| format!("http://nodeinfo.diaspora.software/ns/schema/{version}");
    // A path alone, another scheme, and a later version.
    for links in [
        json!([{ "rel": schema("2.0"), "href": "/nodeinfo/2.0" }]),
        json!([{ "rel": schema("2.2"), "href": format!("https://social.test:{}/nodeinfo/2.2", server.port()) },
               { "rel": schema("3.0"), "href": "/elsewhere" }]),
    ] {
        server.set_links(links);
        judge(&claim).await.unwrap();
    }
    let asked = server.requests().len();
    for links in [
        json!([]),
        json!([{ "rel": schema("1.0"), "href": "/nodeinfo/1.0" }]),
        json!([{ "rel": schema("2.0"), "href": "http://other.test/nodeinfo/2.0" }]),
        json!([{ "rel": schema("2.0"), "href": "http://127.0.0.1:1/nodeinfo/2.0" }]),
        json!([{ "rel": schema("2.0"), "href": "file:///etc/passwd" }]),
        json!([{ "rel": schema("2.0"), "href": "http://a@social.test/nodeinfo/2.0" }]),
        json!("none"),
    ] {
        server.set_links(links.clone());
        let error = fetch(&claim).await.unwrap_err();
        assert!(matches!(error, FetchError::Odd(_)), "{links}: {error}");
    }
    assert_eq!(server.requests().len(), asked + 7, "nothing but the links was asked for");
    // A server that has none says nothing about the post.
    for status in [404, 410, 400] {
        server.script_node_info(Outcome::Status(status));
        assert!(matches!(fetch(&claim).await, Err(FetchError::Odd(_))), "{status}");
    }
    for status in [403, 500] {
        server.script_node_info(Outcome::Status(status));
        assert!(matches!(fetch(&claim).await, Err(FetchError::Unavailable { .. })), "{status}");
    }
}

#[tokio::test]
async fn redirects() {
    let (server, claim) = set_up(Software::Mastodon);
    let there = format!("/api/v1/statuses/{}", claim.location);
    let (other, _) = set_up(Software::Mastodon);
    let elsewhere = format!("http://social.test:{}{there}", other.port());
    server.script(Outcome::Redirect(elsewhere));
    let error = fetch(&claim).await.unwrap_err();
    assert!(matches!(error, FetchError::Odd(_)), "{error}");
    server.script(Outcome::Redirect("http://127.0.0.1:1/".to_owned()));
    let error = fetch(&claim).await.unwrap_err();
    assert!(matches!(error, FetchError::Forbidden(_)), "{error}");
}

/// A person names the server, so it gets what the guard lets through and nothing more.
#[tokio::test]
async fn the_guard_is_asked() {
    let (server, claim) = set_up(Software::Mastodon);
    let error = verifier().fetch(&claim, &net(LONG)).await.unwrap_err();
    assert!(matches!(error, FetchError::Forbidden(_)), "{error}");
    assert_eq!(server.requests(), []);
    for scheme in ["ftp", "httpss", "https://"] {
        let settings = ActivitypubSettings { scheme: scheme.to_owned() };
        assert_eq!(ActivitypubVerifier::new(&settings).unwrap_err().key, "platforms.activitypub.scheme");
    }
}
