//! What becomes of everything that relays may answer, and which events prove a binding.

use std::time::Duration;

use nextid_core::Platform;
use nextid_core::nostr::{Event, npub};
use nextid_platforms::nostr::{NostrSettings, NostrVerifier, evidence};
use nextid_platforms::{CheckError, Claim, Evidence, FetchError, Mismatch, Verified, Verifier};
use nextid_testkit::Outcome;
use nextid_testkit::nostr::{NostrKey, NostrStandIn};
use serde_json::json;

use crate::published::{NOSTR_KEY, nostr_verifier};
use crate::support::{LONG, claim, net, sign, signed_post};
use crate::worlds::alice;

const DAY: Duration = Duration::from_secs(86_400);

/// A relay with alice's proof, and the claim that it proves.
fn set_up() -> (NostrStandIn, Claim) {
    let relay = NostrStandIn::start().unwrap();
    let mut claim = claim(&alice(), Platform::Nostr, NOSTR_KEY, "");
    claim.location = relay.publish(note(&signed_post(&claim, &alice())));
    (relay, claim)
}

fn note(text: &str) -> Event {
    NostrKey::of("alice").unwrap().note(text).unwrap()
}

async fn fetch(relay: &NostrStandIn, claim: &Claim) -> Result<Evidence, FetchError> {
    nostr_verifier(relay.url()).fetch(claim, &net(LONG)).await
}

fn check(claim: &Claim, evidence: &Evidence) -> Result<Verified, CheckError> {
    nostr_verifier("ws://127.0.0.1:1").check(claim, evidence)
}

#[tokio::test]
async fn a_note_is_fetched_and_judged() {
    let (relay, claim) = set_up();
    let key: [u8; 32] = hex::decode(NOSTR_KEY).unwrap().try_into().unwrap();
    let expected = Verified {
        signature: sign(&claim, &alice()),
        alt_id: NOSTR_KEY.to_owned(),
        alt_name: npub(&key),
        location: claim.location.clone(),
    };
    assert_eq!(check(&claim, &fetch(&relay, &claim).await.unwrap()).unwrap(), expected);
    assert_eq!(
        relay.asked(),
        [format!("[\"REQ\",\"nextid\",{{\"ids\":[\"{}\"],\"limit\":1}}]", claim.location)]
    );
    // By every name of the note, and again when the account is known by its key.
    let id: Vec<u8> = hex::decode(&claim.location).unwrap();
    let hint = [b"\x01\x20http://169.254.169.254/latest/me".as_slice(), &[0, 32], &id].concat();
    for location in [
        claim.location.to_uppercase(),
        format!(" nostr:{}\n", bech32("note", &id)),
        bech32("note", &id),
        bech32("nevent", &[&[0, 32], id.as_slice()].concat()),
        bech32("nevent", &hint),
    ] {
        let claim = Claim { location, alt_id: Some(NOSTR_KEY.to_owned()), ..claim.clone() };
        assert_eq!(check(&claim, &fetch(&relay, &claim).await.unwrap()).unwrap(), expected);
    }
}

fn bech32(prefix: &str, bytes: &[u8]) -> String {
    bech32::encode::<bech32::Bech32>(bech32::Hrp::parse(prefix).unwrap(), bytes).unwrap()
}

#[tokio::test]
async fn what_a_relay_may_answer() {
    let (relay, claim) = set_up();
    relay.script(Outcome::Missing);
    assert_eq!(fetch(&relay, &claim).await, Err(FetchError::NotFound));
    // What is not signed so is the relay's, and says nothing about the note.
    for outcome in [
        Outcome::Tampered,
        Outcome::OtherAuthor,
        Outcome::WrongCase,
        Outcome::Garbage,
        Outcome::Huge(2_000_000),
        Outcome::Redirect(relay.url().replace("ws", "http")),
        Outcome::Status(404),
        Outcome::Status(418),
    ] {
        relay.script(outcome.clone());
        let error = fetch(&relay, &claim).await.unwrap_err();
        assert!(matches!(error, FetchError::Odd(_)) && !error.is_evidence(), "{outcome:?}: {error}");
        assert!(!error.to_string().contains("127.0.0.1"), "{error}");
    }
    for status in [401, 403, 429, 500, 503] {
        relay.script(Outcome::Status(status));
        let error = fetch(&relay, &claim).await.unwrap_err();
        assert!(matches!(error, FetchError::Unavailable { .. }), "{status}: {error}");
    }
    relay.script(Outcome::Slow(Duration::from_millis(20)));
    fetch(&relay, &claim).await.unwrap();
    relay.script(Outcome::Slow(DAY));
    let settings =
        NostrSettings { relays: Some(relay.url().to_owned()), timeout: Duration::from_millis(200) };
    let verifier = NostrVerifier::new(&settings).unwrap().unwrap();
    assert_eq!(verifier.fetch(&claim, &net(LONG)).await, Err(FetchError::Timeout));
}

#[tokio::test]
async fn messages_of_relays() {
    let (relay, claim) = set_up();
    let id = &claim.location;
    let genuine = note(&signed_post(&claim, &alice()));
    let event = |event: &Event| json!(["EVENT", "nextid", event]).to_string();
    let found = vec![
        "[\"NOTICE\",\"hello\"]".to_owned(),
        "[\"AUTH\",\"challenge\"]".to_owned(),
        "[\"EOSE\",\"another\"]".to_owned(),
        json!(["EVENT", "another", {}]).to_string(),
        "[]".to_owned(),
        "[1,2]".to_owned(),
        event(&genuine),
    ];
    relay.say(found);
    fetch(&relay, &claim).await.unwrap();
    let other = note("another note");
    for odd in [
        event(&other),
        event(&Event { id: id.clone(), ..other.clone() }),
        json!(["EVENT", "nextid", { "id": id }]).to_string(),
        json!(["EVENT", "nextid"]).to_string(),
        json!(["EVENT", "nextid", null]).to_string(),
        "{}".to_owned(),
        "EOSE".to_owned(),
        String::new(),
    ] {
        relay.say([odd.as_str()]);
        let error = fetch(&relay, &claim).await.unwrap_err();
        assert!(matches!(error, FetchError::Odd(_)), "{odd}: {error}");
    }
    let refused = "[\"CLOSED\",\"nextid\",\"auth-required: we want to know you\"]";
    for messages in [vec![refused], vec![], vec!["[\"NOTICE\",\"bye\"]"], vec!["[\"NOTICE\",\"again\"]"; 50]]
    {
        relay.say(messages.clone());
        let error = fetch(&relay, &claim).await.unwrap_err();
        assert!(matches!(error, FetchError::Unavailable { .. }), "{messages:?}: {error}");
    }
}

/// One relay that has the note is enough; that it is nowhere, all have to say.
#[tokio::test]
async fn several_relays() {
    let (first, claim) = set_up();
    let second = NostrStandIn::start().unwrap();
    let closed = {
        let gone = NostrStandIn::start().unwrap();
        gone.url().to_owned()
    };
    let forging = NostrStandIn::start().unwrap();
    forging.say([json!(["EVENT", "nextid", { "id": claim.location }]).to_string()]);
    let ask = async |relays: &[&str]| nostr_verifier(&relays.join(", ")).fetch(&claim, &net(LONG)).await;
    for relays in [
        [second.url(), first.url()],
        [first.url(), second.url()],
        [closed.as_str(), first.url()],
        [forging.url(), first.url()],
    ] {
        check(&claim, &ask(&relays).await.unwrap()).unwrap();
    }
    assert_eq!(ask(&[second.url()]).await, Err(FetchError::NotFound));
    assert!(matches!(ask(&[second.url(), forging.url()]).await, Err(FetchError::Odd(_))));
    for relays in [[second.url(), closed.as_str()], [closed.as_str(), second.url()]] {
        let error = ask(&relays).await.unwrap_err();
        assert!(matches!(error, FetchError::Unavailable { .. }), "{error}");
    }
}

#[tokio::test]
async fn a_bad_location_is_not_asked_for() {
    let (relay, claim) = set_up();
    for location in ["", "x", &claim.location[1..], "https://njump.me/note1", &npub(&[2; 32])] {
        let claim = Claim { location: location.to_owned(), ..claim.clone() };
        let error = fetch(&relay, &claim).await.unwrap_err();
        assert!(matches!(error, FetchError::BadLocation(_)), "{location}: {error}");
    }
    assert_eq!(relay.asked(), [""; 0]);
    let shown = format!("{:?}", nostr_verifier("ws://127.0.0.1:1/secret?key=secret"));
    assert!(shown.contains("127.0.0.1") && !shown.contains("secret"), "{shown}");
}

/// What is signed by the account, but is no note of its own; and what is not signed by it at all.
#[test]
fn near_misses() {
    let claim = claim(&alice(), Platform::Nostr, NOSTR_KEY, "");
    let text = signed_post(&claim, &alice());
    let key = NostrKey::of("alice").unwrap();
    let id = "c8b4b5268edc80b6e8af3288f6e3a73a991f908287fa3848e3054b7bbb140897";
    let tag = |tag: &[&str]| vec![tag.iter().map(|text| (*text).to_owned()).collect::<Vec<String>>()];
    let verdict =
        |event: &Event| check(&claim, &evidence(event)).map(|_| ()).map_err(|error| error.mismatch());
    for (kind, tags, expected) in [
        (1, vec![], Ok(())),
        (1, tag(&["p", NOSTR_KEY]), Ok(())),
        // It quotes another note, and the words are its own.
        (1, tag(&["q", id]), Ok(())),
        (1, tag(&["e", id, "", "mention"]), Ok(())),
        (1, tag(&["e", id, "", "root"]), Err(Some(Mismatch::Text))),
        (1, tag(&["e", id]), Err(Some(Mismatch::Text))),
        (0, vec![], Err(Some(Mismatch::Text))),
        (6, tag(&["e", id]), Err(Some(Mismatch::Text))),
        (1111, vec![], Err(Some(Mismatch::Text))),
        (30_023, vec![], Err(Some(Mismatch::Text))),
    ] {
        let event = key.event(kind, tags, text.as_str()).unwrap();
        assert_eq!(verdict(&event), expected, "{event:?}");
    }
    let genuine = key.note(text.as_str()).unwrap();
    let other = NostrKey::of("mallory").unwrap().note(text.as_str()).unwrap();
    assert_eq!(verdict(&other), Err(Some(Mismatch::Author)));
    // Evidence that is not what it says it is.
    for forged in [
        Event { pubkey: NOSTR_KEY.to_owned(), ..other.clone() },
        Event { content: format!("{text} "), ..genuine.clone() },
        Event { sig: other.sig.clone(), ..genuine.clone() },
    ] {
        assert_eq!(verdict(&forged), Err(Some(Mismatch::Text)), "{forged:?}");
    }
    let account = evidence(&genuine).account;
    let swapped = Evidence { account: account.clone(), ..evidence(&other) };
    assert_eq!(check(&claim, &swapped).unwrap_err().mismatch(), Some(Mismatch::Author));
    let empty = Evidence { account, ..Evidence::default() };
    assert_eq!(check(&claim, &empty).unwrap_err().mismatch(), None);
    let mut broken = evidence(&genuine);
    broken.texts[0].content.truncate(50);
    assert_eq!(check(&claim, &broken).unwrap_err().mismatch(), Some(Mismatch::Text));
}

#[test]
fn encrypted_relays() {
    // The system's certificates are only needed where there are any to check.
    let settings =
        NostrSettings { relays: Some("wss://relay.example".to_owned()), ..NostrSettings::default() };
    match NostrVerifier::new(&settings) {
        Ok(verifier) => assert!(format!("{verifier:?}").contains("wss://relay.example:443")),
        Err(error) => assert_eq!(error.key, "platforms.nostr.relays"),
    }
}
