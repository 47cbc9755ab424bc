//! What becomes of the answers of a real name server.

use std::net::Ipv4Addr;

use nextid_core::Platform;
use nextid_platforms::dns::DnsVerifier;
use nextid_platforms::{CheckError, Claim, DnsSettings, Evidence, FetchError, Mismatch, Verified, Verifier};
use nextid_testkit::keys::key;
use nextid_testkit::knot::{Knot, Zone};

use crate::support::{LONG, claim, net, post, sign, signed_post};

const ZONE: &str = "example.test";

/// A link of alice's for a domain.
fn alice(domain: &str) -> Claim {
    claim(&key("alice"), Platform::Dns, domain, "")
}

/// What alice puts into a domain's TXT record.
fn record(domain: &str) -> String {
    signed_post(&alice(domain), &key("alice"))
}

fn verifier(resolver: String) -> DnsVerifier {
    let timeout = std::time::Duration::from_millis(LONG);
    DnsVerifier::new(&DnsSettings { resolver, timeout }).unwrap()
}

/// Fetches over UDP and over TCP; both have the same to say.
async fn fetch(knot: &Knot, domain: &str) -> Result<Evidence, FetchError> {
    let claim = alice(domain);
    let [udp, tcp] = [knot.udp_url(), knot.tcp_url()].map(verifier);
    let evidence = udp.fetch(&claim, &net(LONG)).await.map(sorted);
    assert_eq!(tcp.fetch(&claim, &net(LONG)).await.map(sorted), evidence, "{domain}");
    evidence
}

/// A server may give the records of a name in any order.
fn sorted(mut evidence: Evidence) -> Evidence {
    evidence.texts.sort_by(|one, other| one.content.cmp(&other.content));
    evidence
}

async fn judge(knot: &Knot, domain: &str) -> Result<Verified, CheckError> {
    let evidence = fetch(knot, domain).await.unwrap();
    verifier(knot.udp_url()).check(&alice(domain), &evidence)
}

#[tokio::test]
async fn a_genuine_record_passes() {
    let zone = Zone::new(ZONE).txt(ZONE, "v=spf1 -all").txt(ZONE, &record(ZONE));
    let Some(knot) = Knot::start(&[zone]) else { return };
    let verified = judge(&knot, ZONE).await.unwrap();
    assert_eq!(verified.signature, sign(&alice(ZONE), &key("alice")));
    assert_eq!((verified.alt_id.as_str(), verified.location.as_str()), (ZONE, ZONE));
}

#[tokio::test]
async fn a_record_in_several_strings_is_joined() {
    let text = record(ZONE);
    let (head, tail) = text.as_bytes().split_at(100);
    let zone = Zone::new(ZONE).txt_strings(ZONE, &[head, b"", tail]).txt_strings(ZONE, &[b"\xff\"\\\0"]);
    let Some(knot) = Knot::start(&[zone]) else { return };
    let texts = fetch(&knot, ZONE).await.unwrap().texts;
    let texts: Vec<&str> = texts.iter().map(|text| text.content.as_str()).collect();
    assert_eq!(texts, [text.as_str(), "\u{fffd}\"\\\0"]);
    judge(&knot, ZONE).await.unwrap();
}

/// The server follows an alias within a zone itself; one into another zone has to be asked for.
#[tokio::test]
async fn aliases_are_followed() {
    let zones = [
        Zone::new(ZONE)
            .cname("near.example.test", "proof.example.test")
            .cname("far.example.test", "deep.other.test")
            .cname("dangling.example.test", "nothing.example.test")
            .txt("proof.example.test", &record("near.example.test")),
        Zone::new("other.test")
            .cname("deep.other.test", "proof.other.test")
            .txt("proof.other.test", &record("far.example.test")),
    ];
    let Some(knot) = Knot::start(&zones) else { return };
    for domain in ["near.example.test", "far.example.test"] {
        assert_eq!(judge(&knot, domain).await.unwrap().alt_id, domain);
    }
    assert_eq!(fetch(&knot, "dangling.example.test").await, Err(FetchError::NotFound));
}

#[tokio::test]
async fn an_answer_that_fits_no_datagram() {
    let many = (0..60).fold(Zone::new(ZONE), |zone, number| {
        zone.txt(ZONE, &format!("record {number} {}", "x".repeat(200)))
    });
    let Some(knot) = Knot::start(&[many.txt(ZONE, &record(ZONE))]) else { return };
    assert!(knot.ask_over_udp(ZONE).metadata.truncation);
    assert_eq!(fetch(&knot, ZONE).await.unwrap().texts.len(), 61);
    judge(&knot, ZONE).await.unwrap();
}

/// The zone has no such name, the name has no such record, or it is there only because of a name below.
#[tokio::test]
async fn nothing_there_is_evidence() {
    let zone = Zone::new(ZONE)
        .address("host.example.test", Ipv4Addr::LOCALHOST)
        .txt("below.middle.example.test", &record("middle.example.test"));
    let Some(knot) = Knot::start(&[zone]) else { return };
    for domain in ["absent.example.test", "host.example.test", "middle.example.test"] {
        let error = fetch(&knot, domain).await.unwrap_err();
        assert_eq!((error.is_evidence(), error), (true, FetchError::NotFound), "{domain}");
    }
}

/// A zone that does not load is SERVFAIL, one that the server does not have is REFUSED, and so is an alias into either.
#[tokio::test]
async fn a_server_that_does_not_know_is_no_evidence() {
    let zone = Zone::new(ZONE)
        .cname("broken.example.test", "broken.test")
        .cname("foreign.example.test", "foreign.test");
    let Some(knot) = Knot::start(&[zone, Zone::broken("broken.test")]) else { return };
    for (domain, code) in [("broken.test", "ServFail"), ("foreign.test", "Refused")] {
        assert_eq!(format!("{:?}", knot.ask_over_udp(domain).metadata.response_code), code);
    }
    for domain in
        ["broken.test", "www.broken.test", "foreign.test", "broken.example.test", "foreign.example.test"]
    {
        let error = fetch(&knot, domain).await.unwrap_err();
        assert!(matches!(error, FetchError::Unavailable { .. }) && !error.is_evidence(), "{domain}: {error}");
    }
}

#[tokio::test]
async fn a_wrong_signature_is_a_mismatch() {
    let claim = alice(ZONE);
    let by_bob = post(&claim, &sign(&claim, &key("bob")).to_base64());
    let Some(knot) = Knot::start(&[Zone::new(ZONE).txt(ZONE, &by_bob)]) else { return };
    let error = judge(&knot, ZONE).await.unwrap_err();
    assert_eq!(error.mismatch(), Some(Mismatch::Signature));
}
