//! What is particular to Bluesky and Farcaster: the shapes of their answers, and what they mean for a proof.

use nextid_core::Platform;
use nextid_platforms::farcaster::{CastHash, newest_with};
use nextid_platforms::{Claim, Evidence, FetchError, Mismatch, Verifier};
use nextid_testkit::bluesky::BlueskyStandIn;
use nextid_testkit::farcaster::FarcasterStandIn;
use nextid_testkit::{Author, Outcome};
use serde_json::{Value, json};

use crate::published::*;
use crate::support::{LONG, claim, net, signed_post};
use crate::worlds::{self, DID, alice};

fn odd(result: &Result<Evidence, FetchError>) -> bool {
    matches!(result, Err(FetchError::Odd(_)))
}

fn text(platform: Platform) -> String {
    signed_post(&place(platform).claim(&alice()), &alice())
}

fn place(platform: Platform) -> Place {
    LINES.into_iter().find(|place| place.platform == platform).unwrap()
}

fn verdict(platform: Platform, claim: &Claim, shown: &Evidence) -> Result<(), Option<Mismatch>> {
    place(platform).verifier().check(claim, shown).map(|_| ()).map_err(|error| error.mismatch())
}

const AUTHOR: Result<(), Option<Mismatch>> = Err(Some(Mismatch::Author));
const TEXT: Result<(), Option<Mismatch>> = Err(Some(Mismatch::Text));

#[test]
fn posts_on_bluesky() {
    let claim = place(Platform::Bluesky).claim(&alice());
    let text = text(Platform::Bluesky);
    let quoting = json!({ "$type": "app.bsky.embed.record", "record": { "uri": BLUESKY, "cid": "x" } });
    let answering = json!({ "root": { "uri": BLUESKY }, "parent": { "uri": BLUESKY } });
    for (view, record, expected) in [
        (json!({}), json!({ "text": text }), Ok(())),
        (json!({}), json!({ "text": text, "facets": [], "langs": ["en"], "reply": null }), Ok(())),
        (json!({ "author": { "did": DID, "handle": "ALICE.bsky.social" } }), json!({ "text": text }), Ok(())),
        // It quotes another post, and the words are its own.
        (json!({}), json!({ "text": text, "embed": quoting }), Ok(())),
        (
            json!({ "embed": { "record": { "value": { "text": text } } } }),
            json!({ "text": "Look!", "embed": quoting }),
            Err(None),
        ),
        (json!({}), json!({ "text": text, "reply": answering }), TEXT),
        (json!({ "author": { "did": DID, "handle": "handle.invalid" } }), json!({ "text": text }), AUTHOR),
        (
            json!({ "author": { "did": "did:plc:aaaaaaaaaaaaaaaaaaaaaaaa", "handle": "alice.bsky.social" } }),
            json!({ "text": text }),
            AUTHOR,
        ),
    ] {
        let shown = skeet(&view, &record).unwrap();
        assert_eq!(verdict(Platform::Bluesky, &claim, &shown), expected, "{view} {record}");
    }
    for shown in [
        skeet(&json!({ "uri": BLUESKY.replace("3lbv", "3lbw") }), &json!({})),
        skeet(&json!({}), &json!({ "$type": "app.bsky.feed.repost" })),
        skeet(&json!({}), &json!({ "text": null })),
        skeet(&json!({ "author": null }), &json!({})),
        skeet(&json!({ "author": { "did": DID } }), &json!({})),
        skeets(&json!([{}])),
        skeets(&json!(null)),
    ] {
        assert!(odd(&shown), "{shown:?}");
    }
    assert_eq!(skeets(&json!([])), Err(FetchError::NotFound));
}

#[test]
fn accounts_on_bluesky_by_their_did() {
    let by_did = claim(&alice(), Platform::Bluesky, DID, BLUESKY);
    let text = signed_post(&by_did, &alice());
    let show = |author: Value| skeet(&json!({ "author": author }), &json!({ "text": text })).unwrap();
    let verifier = place(Platform::Bluesky).verifier();
    for (author, alt_name) in [
        (json!({ "did": DID, "handle": "alice.bsky.social", "displayName": "A" }), "A"),
        (json!({ "did": DID, "handle": "alice.bsky.social", "displayName": "" }), "alice.bsky.social"),
        // The handle does not hold, and the account is the same.
        (json!({ "did": DID, "handle": "handle.invalid" }), DID),
    ] {
        let verified = verifier.check(&by_did, &show(author)).unwrap();
        assert_eq!((verified.alt_id.as_str(), verified.alt_name.as_str()), (DID, alt_name));
    }
    let other = show(json!({ "did": "did:plc:aaaaaaaaaaaaaaaaaaaaaaaa", "handle": "alice.bsky.social" }));
    assert_eq!(verdict(Platform::Bluesky, &by_did, &other), AUTHOR);
    assert_eq!(
        verdict(
            Platform::Bluesky,
            &by_did,
            &Evidence { location: None, ..show(json!({ "did": DID, "handle": "a" })) }
        ),
        AUTHOR
    );
}

async fn fetch_on_bluesky(stand_in: &BlueskyStandIn, claim: &Claim) -> Result<Evidence, FetchError> {
    worlds::bluesky_verifier(stand_in.base_url()).fetch(claim, &net(LONG)).await
}

#[tokio::test]
async fn handles_are_resolved_when_they_have_to_hold() {
    let stand_in = BlueskyStandIn::start().unwrap();
    let by_handle = claim(&alice(), Platform::Bluesky, "alice.bsky.social", "");
    let uri = stand_in.publish(Author::new("alice.bsky.social", DID, "A"), signed_post(&by_handle, &alice()));
    let address = uri.replace("at://", "https://bsky.app/profile/").replace("app.bsky.feed.post", "post");
    let by_did = claim(&alice(), Platform::Bluesky, DID, "");
    let pinned = Claim { alt_id: Some(DID.to_owned()), ..by_handle.clone() };
    let mut asked = 0;
    for (claim, location, calls) in [
        (&by_handle, uri.clone(), 2),
        (&by_handle, address.clone(), 2),
        (&by_handle, address.replace(DID, "alice.bsky.social"), 2),
        (&by_did, uri.clone(), 1),
        (&by_did, address.replace(DID, "alice.bsky.social"), 2),
        (&pinned, uri.clone(), 1),
    ] {
        let claim = Claim { location: location.clone(), ..claim.clone() };
        let shown = fetch_on_bluesky(&stand_in, &claim).await.unwrap();
        assert_eq!(shown.location.as_deref(), Some(uri.as_str()));
        asked += calls;
        assert_eq!(stand_in.requests().len(), asked, "{location}");
    }
}

/// The AppView shows a handle beside a post which by now is another account's.
#[tokio::test]
async fn a_handle_that_moves() {
    let stand_in = BlueskyStandIn::start().unwrap();
    let claim = claim(&alice(), Platform::Bluesky, "alice.bsky.social", "");
    // Of two accounts that are said to have a handle the first is who it leads to.
    let new =
        stand_in.publish(Author::new("alice.bsky.social", "did:plc:aaaaaaaaaaaaaaaaaaaaaaaa", "New"), "x");
    let old = stand_in.publish(Author::new("alice.bsky.social", DID, "Old"), signed_post(&claim, &alice()));
    assert!(new < old);
    let at_old = Claim { location: old.clone(), ..claim.clone() };
    assert!(odd(&fetch_on_bluesky(&stand_in, &at_old).await));
    // The account that was bound is known by its DID.
    let pinned = Claim { alt_id: Some(DID.to_owned()), ..at_old };
    let shown = fetch_on_bluesky(&stand_in, &pinned).await.unwrap();
    assert_eq!(verdict(Platform::Bluesky, &pinned, &shown), Ok(()));
    // A post of somebody else's that was given instead of one's own.
    let mallory = stand_in.publish(
        Author::new("mallory.bsky.social", "did:plc:mmmmmmmmmmmmmmmmmmmmmmmm", "M"),
        signed_post(&claim, &alice()),
    );
    let theirs = Claim { location: mallory, ..claim };
    let shown = fetch_on_bluesky(&stand_in, &theirs).await.unwrap();
    assert_eq!(verdict(Platform::Bluesky, &theirs, &shown), AUTHOR);
}

#[test]
fn casts_on_farcaster() {
    let claim = place(Platform::Farcaster).claim(&alice());
    let text = text(Platform::Farcaster);
    let alice = profile_of("alice");
    for (data, body, profile, expected) in [
        (json!({}), json!({ "text": text }), alice.clone(), Ok(())),
        // In a channel; and beside a cast that it embeds.
        (
            json!({}),
            json!({ "text": text, "parentUrl": "https://farcaster.xyz/~/channel/x" }),
            alice.clone(),
            Ok(()),
        ),
        (
            json!({}),
            json!({ "text": text, "embeds": [{ "castId": { "fid": 1, "hash": CAST } }] }),
            alice.clone(),
            Ok(()),
        ),
        (json!({}), json!({ "text": text, "type": "LONG_CAST" }), alice.clone(), Ok(())),
        (json!({}), json!({ "text": text, "parentCastId": { "fid": 1, "hash": CAST } }), alice.clone(), TEXT),
        (
            json!({}),
            json!({ "text": "Look!", "embeds": [{ "castId": { "fid": 1, "hash": CAST } }] }),
            alice.clone(),
            Err(None),
        ),
        (json!({}), json!({ "text": text }), profile_of("mallory"), AUTHOR),
        (json!({}), json!({ "text": text }), profile_of(""), AUTHOR),
        (json!({}), json!({ "text": text }), json!({ "messages": [] }), AUTHOR),
        (json!({}), json!({ "text": text }), json!({ "messages": [1, {}, { "data": {} }] }), AUTHOR),
    ] {
        let shown = cast(&data, &body, &profile).unwrap();
        assert_eq!(verdict(Platform::Farcaster, &claim, &shown), expected, "{body} {profile}");
    }
    for shown in [
        cast(&json!({ "type": "MESSAGE_TYPE_CAST_REMOVE" }), &json!({}), &alice),
        cast(&json!({ "castAddBody": null }), &json!({}), &alice),
        cast(&json!({ "fid": "402328" }), &json!({}), &alice),
        cast(&json!({}), &json!({ "text": null }), &alice),
        cast(&json!({}), &json!({}), &json!({})),
        cast(&json!({}), &json!({}), &json!([])),
    ] {
        assert!(odd(&shown), "{shown:?}");
    }
}

#[test]
fn accounts_on_farcaster_by_their_number() {
    let by_fid = claim(&alice(), Platform::Farcaster, "402328", CAST);
    let body = json!({ "text": signed_post(&by_fid, &alice()) });
    let verifier = place(Platform::Farcaster).verifier();
    for (profile, alt_name) in [(profile_of("alice"), "A"), (json!({ "messages": [] }), "402328")] {
        let verified = verifier.check(&by_fid, &cast(&json!({}), &body, &profile).unwrap()).unwrap();
        assert_eq!((verified.alt_id.as_str(), verified.alt_name.as_str()), ("402328", alt_name));
    }
    let other = cast(&json!({ "fid": 402_329 }), &body, &profile_of("402328x")).unwrap();
    assert_eq!(verdict(Platform::Farcaster, &by_fid, &other), AUTHOR);
}

/// A cast that the network has (its fields as a hub gave them).
#[test]
fn a_published_cast_is_read() {
    let body = r#"{"data":{"type":"MESSAGE_TYPE_CAST_ADD","fid":402328,"timestamp":148363916,
        "network":"FARCASTER_NETWORK_MAINNET","castAddBody":{"embedsDeprecated":[],"mentions":[],"parentCastId":null,
        "parentUrl":null,"text":"Hello world","embeds":[],"mentionsPositions":[],"type":"CAST"}},
        "hash":"0xd66fcc8888d51be5aafd3ba10d52f0e113125db2","hashScheme":"HASH_SCHEME_BLAKE3",
        "signature":"7vDqGH5pQpgqDw2C7oCXet1weKPgmKBNyokX5I4YDxgfgTLAkzXkYIQGvqWt9IjphmApehmIOQjToA0mxLuEDg==",
        "signatureScheme":"SIGNATURE_SCHEME_ED25519",
        "signer":"0x094c9e9f6fd7f709fa93936f448c29be5d3b3f71da3faddfffb7c7c58f1e2d60"}"#;
    let hash = CastHash::parse(CAST).unwrap();
    let shown = nextid_platforms::farcaster::evidence(&hash, body.as_bytes(), b"").unwrap();
    assert_eq!(shown.texts[0].content, "Hello world");
    assert_eq!(shown.account.unwrap().id.as_deref(), Some("402328"));
    let another = CastHash::parse(&CAST.replace("0xd6", "0xd7")).unwrap();
    assert!(odd(&nextid_platforms::farcaster::evidence(&another, body.as_bytes(), b"")));
}

#[test]
fn a_hash_that_begins_so() {
    let list = |hashes: &[&str]| {
        let messages: Vec<Value> = hashes.iter().map(|hash| json!({ "hash": hash })).collect();
        json!({ "messages": messages }).to_string()
    };
    let short = CastHash::parse("https://farcaster.xyz/alice/0xd66fcc88").unwrap();
    let (one, two) = (CAST, "0xd66fcc8800d51be5aafd3ba10d52f0e113125db2");
    let other = "0xaaaaaaaa88d51be5aafd3ba10d52f0e113125db2";
    let find = |body: &str| newest_with(&short, body.as_bytes());
    assert_eq!(find(&list(&[other, one])).unwrap(), format!("{{\"hash\":\"{one}\"}}").into_bytes());
    assert_eq!(find(&list(&[other])), Err(FetchError::NotFound));
    assert_eq!(find("{\"messages\":[null,{},{\"hash\":1}]}"), Err(FetchError::NotFound));
    for body in [list(&[one, two]), "[]".to_owned(), "{}".to_owned(), String::new()] {
        assert!(matches!(find(&body), Err(FetchError::Odd(_))), "{body}");
    }
}

#[tokio::test]
async fn names_and_addresses_on_farcaster() {
    let stand_in = FarcasterStandIn::start().unwrap();
    let named = claim(&alice(), Platform::Farcaster, "alice", "");
    let hash = stand_in.publish(Author::new("alice", "402328", "A"), signed_post(&named, &alice()));
    let verifier = worlds::farcaster_verifier(stand_in.base_url());
    let by_fid =
        Claim { identity: claim(&alice(), Platform::Farcaster, "402328", "").identity, ..named.clone() };
    let pinned = Claim { alt_id: Some("402328".to_owned()), ..named.clone() };
    let short = format!("https://farcaster.xyz/alice/{}", &hash[..10]);
    for (claim, location, asked) in [
        (&named, &hash, ["userNameProofByName", "castById", "userDataByFid"].as_slice()),
        (&named, &short, &["userNameProofByName", "castsByFid", "userDataByFid"]),
        (&by_fid, &hash, &["castById", "userDataByFid"]),
        (&pinned, &hash, &["castById", "userDataByFid"]),
    ] {
        let before = stand_in.requests().len();
        let claim = Claim { location: location.clone(), ..claim.clone() };
        let shown = verifier.fetch(&claim, &net(LONG)).await.unwrap();
        assert_eq!(verifier.check(&claim, &shown).unwrap().location, hash);
        let targets: Vec<String> =
            stand_in.requests()[before..].iter().map(|request| request.target.clone()).collect();
        assert_eq!(targets.len(), asked.len());
        for (target, method) in targets.iter().zip(asked) {
            assert!(target.starts_with(&format!("/v1/{method}?")), "{target}");
        }
    }
}

/// Another name of the account than the one that it shows.
#[tokio::test]
async fn a_second_name_on_farcaster() {
    let stand_in = FarcasterStandIn::start().unwrap();
    let named = claim(&alice(), Platform::Farcaster, "alice.eth", "");
    // The second cast of the account has its other name; its profile shows the first.
    let hash = stand_in.publish(Author::new("alice", "402328", "A"), signed_post(&named, &alice()));
    stand_in.publish(Author::new("alice.eth", "402328", "A"), "x");
    let verifier = worlds::farcaster_verifier(stand_in.base_url());
    let claim = Claim { location: hash, ..named };
    let shown = verifier.fetch(&claim, &net(LONG)).await.unwrap();
    assert_eq!(shown.account.as_ref().unwrap().name, "alice");
    assert_eq!(verifier.check(&claim, &shown).unwrap().alt_name, "A");
}

/// What hubs say of what they do not have, and what is something else.
#[tokio::test]
async fn bad_requests_of_hubs() {
    let world = worlds::farcaster();
    world.stand_in.script(Outcome::Status(400));
    let error = world.verifier.fetch(&world.claim, &net(LONG)).await;
    assert!(odd(&error), "{error:?}");
    let gone = Claim { location: CAST.replace("0xd6", "0xd7"), ..world.claim.clone() };
    world.stand_in.script(Outcome::Ok);
    assert_eq!(world.verifier.fetch(&gone, &net(LONG)).await, Err(FetchError::NotFound));
}
