//! What becomes of everything that a platform may answer: the same for each, but for what the tables here say.

use std::time::Duration;

use nextid_core::Platform;
use nextid_net::{AllowHost, GuardedClient, NetConfig};
use nextid_platforms::{CheckError, Claim, Evidence, FetchError, Mismatch, Verified};
use nextid_testkit::Outcome;

use crate::support::{LONG, net, sign};
use crate::worlds::{self, TOKEN, World, alice};

async fn fetch(world: &World) -> Result<Evidence, FetchError> {
    world.verifier.fetch(&world.claim, &net(LONG)).await
}

async fn judge(world: &World) -> Result<Verified, CheckError> {
    world.verifier.check(&world.claim, &fetch(world).await.unwrap())
}

#[tokio::test]
async fn a_proof_is_fetched_and_judged() {
    for world in worlds::all() {
        let expected = Verified {
            signature: sign(&world.claim, &alice()),
            alt_id: world.given.alt_id.to_owned(),
            alt_name: world.given.alt_name.to_owned(),
            location: world.location.clone(),
        };
        assert_eq!(judge(&world).await.unwrap(), expected);
        // It is found again where it was stored to be.
        let stored = Claim { location: expected.location.clone(), ..world.claim.clone() };
        let evidence = world.verifier.fetch(&stored, &net(LONG)).await.unwrap();
        assert_eq!(world.verifier.check(&stored, &evidence).unwrap(), expected);
        // The account is known by its id.
        let pinned = Claim { alt_id: Some(expected.alt_id.clone()), ..stored };
        assert_eq!(world.verifier.check(&pinned, &evidence).unwrap(), expected);
    }
}

#[tokio::test]
async fn evidence_against_a_proof() {
    for world in worlds::all() {
        let platform = world.claim.identity.platform();
        world.stand_in.script(Outcome::Missing);
        match platform {
            Platform::Keybase => assert_eq!(fetch(&world).await, Err(FetchError::NotFound)),
            _ => assert_eq!(judge(&world).await.unwrap_err().mismatch(), None, "{platform}"),
        }
        world.stand_in.script(Outcome::Tampered);
        assert_eq!(judge(&world).await.unwrap_err().mismatch(), Some(Mismatch::Signature), "{platform}");
        world.stand_in.script(Outcome::OtherAuthor);
        let expected = match platform {
            Platform::Keybase => Some(Mismatch::Text),
            Platform::Dotbit => None,
            _ => Some(Mismatch::Author),
        };
        assert_eq!(judge(&world).await.unwrap_err().mismatch(), expected, "{platform}");
        for status in [404, 410] {
            world.stand_in.script(Outcome::Status(status));
            let error = fetch(&world).await.unwrap_err();
            assert_eq!((error.is_evidence(), error), (true, FetchError::NotFound), "{platform}");
        }
    }
}

#[tokio::test]
async fn what_was_never_there_is_not_found() {
    for (world, location) in [
        (worlds::twitter(), "1504363098328924999"),
        (worlds::minds(), "https://www.minds.com/newsfeed/1421043369127186999"),
        (worlds::discord(), "https://discord.com/channels/960708146706395176/960708146706395179/1"),
        (worlds::discord(), "https://discord.com/channels/960708146706395176/1/961458176719487076"),
        (worlds::telegram(), "https://t.me/NextDotID/999"),
        (worlds::slack(), "https://nextid.slack.com/archives/C04Q3P6H7TK/p1677499644698199"),
        (worlds::slack(), "https://nextid.slack.com/archives/C00000000/p1677499644698189"),
        (worlds::tiktok(), "https://www.tiktok.com/@alice.codes/video/7287329983805197999"),
        (worlds::tiktok(), "7287329983805197999"),
        (worlds::bluesky(), "https://bsky.app/profile/alice.bsky.social/post/3lbv3urcaaaaa"),
        (worlds::bluesky(), "https://bsky.app/profile/nobody.bsky.social/post/3lbv3urcj3s2t"),
        (worlds::farcaster(), "0xd66fcc8888d51be5aafd3ba10d52f0e113125dff"),
        (worlds::farcaster(), "https://farcaster.xyz/alice/0xd66fcc89"),
    ] {
        let claim = Claim { location: location.to_owned(), ..world.claim.clone() };
        assert_eq!(world.verifier.fetch(&claim, &net(LONG)).await, Err(FetchError::NotFound), "{location}");
    }
    for (world, identity) in [
        (worlds::keybase(), "bob"),
        (worlds::dotbit(), "bob.bit"),
        (worlds::steam(), "76561197960287930"),
        (worlds::bluesky(), "bob.bsky.social"),
        (worlds::farcaster(), "bob"),
        (worlds::farcaster(), "7"),
    ] {
        let location = &world.claim.location;
        let claim = crate::support::claim(&alice(), world.claim.identity.platform(), identity, location);
        assert_eq!(world.verifier.fetch(&claim, &net(LONG)).await, Err(FetchError::NotFound), "{identity}");
    }
}

#[tokio::test]
async fn letter_case_of_names() {
    for world in worlds::all() {
        world.stand_in.script(Outcome::WrongCase);
        let platform = world.claim.identity.platform();
        assert!(judge(&world).await.is_ok(), "{platform}");
    }
}

#[tokio::test]
async fn what_says_nothing_about_a_proof() {
    for world in worlds::all() {
        let platform = world.claim.identity.platform();
        for (status, waits) in
            [(401, false), (403, true), (429, true), (500, false), (502, false), (503, false)]
        {
            world.stand_in.script(Outcome::Status(status));
            let error = fetch(&world).await.unwrap_err();
            assert!(
                matches!(error, FetchError::Unavailable { .. }) && !error.is_evidence(),
                "{platform} {status}: {error}"
            );
            assert_eq!(
                error.retry_after().is_some_and(|wait| wait > Duration::ZERO),
                waits,
                "{platform} {status}"
            );
        }
        for outcome in
            [Outcome::Garbage, Outcome::Status(418), Outcome::Status(451), Outcome::Huge(2_000_000)]
        {
            // The file itself is what a folder answers, so that a page in its place is judged.
            if platform == Platform::Keybase && outcome == Outcome::Garbage {
                world.stand_in.script(outcome);
                assert_eq!(judge(&world).await.unwrap_err().mismatch(), Some(Mismatch::Text));
                continue;
            }
            world.stand_in.script(outcome.clone());
            let error = fetch(&world).await.unwrap_err();
            assert!(
                matches!(error, FetchError::Odd(_)) && !error.is_evidence(),
                "{platform} {outcome:?}: {error}"
            );
        }
        world.stand_in.script(Outcome::Slow(Duration::from_secs(3_600)));
        let error = world.verifier.fetch(&world.claim, &net(200)).await.unwrap_err();
        assert_eq!(error, FetchError::Timeout, "{platform}");
    }
}

#[tokio::test]
async fn a_slow_answer_in_time_is_an_answer() {
    for world in worlds::all() {
        world.stand_in.script(Outcome::Slow(Duration::from_millis(20)));
        judge(&world).await.unwrap();
    }
}

#[tokio::test]
async fn redirects() {
    for (world, elsewhere) in worlds::all().into_iter().zip(worlds::all()) {
        let platform = world.claim.identity.platform();
        // POST becomes GET, which the .bit service does not answer.
        if platform != Platform::Dotbit {
            fetch(&world).await.unwrap();
            let there = world.stand_in.requests()[0].target.clone();
            world.stand_in.script_next([Outcome::Redirect(there.clone())]);
            judge(&world).await.unwrap();
        }
        // A page elsewhere is not the platform's word, even if it can be reached; and gets no credential.
        world.stand_in.script(Outcome::Redirect(format!("{}/there", elsewhere.stand_in.base_url())));
        let error = fetch(&world).await.unwrap_err();
        assert!(matches!(error, FetchError::Odd(_)), "{platform}: {error}");
        let allowing = GuardedClient::new(NetConfig {
            allow_hosts: AllowHost::parse_list("127.0.0.1").unwrap(),
            ..NetConfig::default()
        });
        let error = world.verifier.fetch(&world.claim, &allowing.unwrap()).await.unwrap_err();
        assert!(matches!(error, FetchError::Odd(_)), "{platform}: {error}");
        let arrived = elsewhere.stand_in.requests();
        assert_eq!(arrived.len(), 1, "{platform}");
        assert_eq!(arrived[0].header("authorization"), None, "{platform}");
        // One that comes back to itself ends.
        world.stand_in.script(Outcome::Redirect("/again".to_owned()));
        let error = fetch(&world).await.unwrap_err();
        assert!(matches!(error, FetchError::Odd(_)), "{platform}: {error}");
    }
}

#[tokio::test]
async fn who_asks_to_be_left_alone_is() {
    for world in worlds::all() {
        let net = net(LONG);
        world.stand_in.script(Outcome::Status(429));
        world.verifier.fetch(&world.claim, &net).await.unwrap_err();
        world.stand_in.script(Outcome::Ok);
        let error = world.verifier.fetch(&world.claim, &net).await.unwrap_err();
        assert!(error.retry_after().is_some_and(|wait| wait > Duration::ZERO), "{error}");
        assert_eq!(world.stand_in.requests().len(), 1);
    }
}

#[tokio::test]
async fn a_bad_location_is_not_asked_for() {
    for world in worlds::all() {
        let platform = world.claim.identity.platform();
        if matches!(platform, Platform::Keybase | Platform::Dotbit | Platform::Steam) {
            continue;
        }
        for location in ["", "x", "../../users", "https://example.com/alice/status/1504363098328924163"] {
            let claim = Claim { location: location.to_owned(), ..world.claim.clone() };
            let error = world.verifier.fetch(&claim, &net(LONG)).await.unwrap_err();
            assert!(matches!(error, FetchError::BadLocation(_)), "{platform} {location}: {error}");
        }
        assert_eq!(world.stand_in.requests(), [], "{platform}");
    }
}

/// What is sent where, to the letter.
#[tokio::test]
async fn what_is_asked() {
    for world in worlds::all() {
        fetch(&world).await.unwrap();
        let requests = world.stand_in.requests();
        let sent: Vec<_> =
            requests.iter().map(|request| format!("{} {}", request.method, request.target)).collect();
        let key = world.claim.avatar;
        let (expected, authorization) = match world.claim.identity.platform() {
            Platform::Twitter => (
                vec![
                    format!(
                        "GET /2/tweets/{}?expansions=entities.mentions.username,author_id&tweet.fields=text,created_at,entities",
                        world.location
                    ),
                    format!("GET /2/users/{}?user.fields=username", world.given.alt_id),
                ],
                Some(format!("Bearer {TOKEN}")),
            ),
            Platform::Keybase => (vec![format!("GET /alice/NextID/{key}.json")], None),
            Platform::Dotbit => {
                assert_eq!(requests[0].body, "{\"account\":\"alice.bit\"}");
                (vec!["POST /v1/account/records".to_owned()], None)
            }
            Platform::Minds => (
                vec![format!(
                    "GET /api/v2/entities/?urns=urn%3Aactivity%3A{}&as_activities=0&export_user_counts=false",
                    world.location
                )],
                None,
            ),
            Platform::Steam => (vec!["GET /profiles/76561198092541763/?xml=1".to_owned()], None),
            Platform::Discord => (
                vec!["GET /api/v9/channels/960708146706395179/messages/961458176719487076".to_owned()],
                Some(format!("Bot {TOKEN}")),
            ),
            Platform::Telegram => (vec!["GET /NextDotID/101?embed=1".to_owned()], None),
            Platform::Slack => (
                vec![
                    "GET /api/conversations.history?channel=C04Q3P6H7TK&latest=1677499644.698189&oldest=1677499644.\
                     698189&inclusive=true&limit=1"
                        .to_owned(),
                ],
                Some(format!("Bearer {TOKEN}")),
            ),
            Platform::Tiktok => (
                vec![format!(
                    "GET /oembed?url=https%3A%2F%2Fwww.tiktok.com%2F%40alice.codes%2Fvideo%2F{}",
                    world.location
                )],
                None,
            ),
            Platform::Bluesky => (
                vec![
                    "GET /xrpc/com.atproto.identity.resolveHandle?handle=alice.bsky.social".to_owned(),
                    format!(
                        "GET /xrpc/app.bsky.feed.getPosts?uris={}",
                        world.location.replace(':', "%3A").replace('/', "%2F")
                    ),
                ],
                None,
            ),
            Platform::Farcaster => {
                assert!(requests.iter().all(|request| request.header("x-api-key") == Some(TOKEN)));
                (
                    vec![
                        "GET /v1/userNameProofByName?name=alice".to_owned(),
                        format!("GET /v1/castById?fid=402328&hash={}", world.location),
                        "GET /v1/userDataByFid?fid=402328".to_owned(),
                    ],
                    None,
                )
            }
            other => panic!("{other}"),
        };
        assert_eq!(sent, expected);
        for request in requests {
            assert_eq!(request.header("authorization"), authorization.as_deref());
            assert!(request.header("accept").is_some() && request.header("user-agent").is_some());
        }
    }
}

#[tokio::test]
async fn no_credential_is_told() {
    for world in worlds::all() {
        for outcome in [Outcome::Status(401), Outcome::Status(500), Outcome::Garbage, Outcome::Tampered] {
            world.stand_in.script(outcome);
            let shown = match fetch(&world).await {
                Ok(evidence) => {
                    let error = world.verifier.check(&world.claim, &evidence).unwrap_err();
                    format!("{error} {error:?} {evidence:?}")
                }
                Err(error) => format!("{error} {error:?}"),
            };
            assert!(!shown.contains(TOKEN), "{shown}");
        }
    }
    let verifier = worlds::twitter_verifier("https://api.twitter.com");
    assert!(!format!("{verifier:?}").contains(TOKEN));
}
