//! What becomes of everything that a resolver may answer.

use std::time::Duration;

use nextid_core::Platform;
use nextid_platforms::dns::DnsVerifier;
use nextid_platforms::{Claim, DnsSettings, Evidence, FetchError, Mismatch, Verified, Verifier};
use nextid_testkit::dns::{DnsOutcome, DnsStandIn, Transport};
use nextid_testkit::keys::key;

use crate::support::{LONG, claim, net, signed_post};

const DOMAIN: &str = "example.test";

fn alice() -> Claim {
    claim(&key("alice"), Platform::Dns, "Example.TEST.", "")
}

fn record() -> String {
    signed_post(&alice(), &key("alice"))
}

/// A resolver that knows alice's record.
fn set_up() -> DnsStandIn {
    let dns = DnsStandIn::start();
    dns.publish_txt(DOMAIN, &record());
    dns
}

fn verifier(resolver: String, timeout_ms: u64) -> DnsVerifier {
    let timeout = Duration::from_millis(timeout_ms);
    DnsVerifier::new(&DnsSettings { resolver, timeout }).unwrap()
}

async fn fetch(dns: &DnsStandIn) -> Result<Evidence, FetchError> {
    verifier(dns.udp_url(), LONG).fetch(&alice(), &net(LONG)).await
}

async fn texts(dns: &DnsStandIn) -> Vec<String> {
    fetch(dns).await.unwrap().texts.into_iter().map(|text| text.content).collect()
}

fn judge(evidence: &Evidence) -> Verified {
    verifier("system".to_owned(), LONG).check(&alice(), evidence).unwrap()
}

#[tokio::test]
async fn over_udp_and_tcp() {
    let dns = set_up();
    for (resolver, transport) in [(dns.udp_url(), Transport::Udp), (dns.tcp_url(), Transport::Tcp)] {
        let evidence = verifier(resolver, LONG).fetch(&alice(), &net(LONG)).await.unwrap();
        assert_eq!(judge(&evidence).location, DOMAIN);
        let query = dns.queries().pop().unwrap();
        assert_eq!((query.name.as_str(), query.transport), (DOMAIN, transport));
        assert_eq!(query.record_type.to_string(), "TXT");
    }
    assert_eq!(dns.queries().len(), 2);
}

#[tokio::test]
async fn a_record_in_several_strings_is_joined() {
    let dns = DnsStandIn::start();
    let record = record();
    let (head, tail) = record.as_bytes().split_at(100);
    dns.publish_txt_strings(DOMAIN, &[head, tail, b""]);
    dns.publish_txt_strings(DOMAIN, &[b"\xff\xfe not text"]);
    let evidence = fetch(&dns).await.unwrap();
    assert_eq!(evidence.texts[0].content, record);
    judge(&evidence);
}

#[tokio::test]
async fn many_records() {
    let dns = DnsStandIn::start();
    for number in 0..60 {
        dns.publish_txt(DOMAIN, &format!("record {number} {}", "x".repeat(200)));
    }
    dns.publish_txt(DOMAIN, &record());
    // They do not fit a datagram.
    let evidence = fetch(&dns).await.unwrap();
    assert_eq!(evidence.texts.len(), 61);
    judge(&evidence);
    let transports: Vec<_> = dns.queries().iter().map(|query| query.transport).collect();
    assert_eq!(transports, [Transport::Udp, Transport::Tcp]);
}

#[tokio::test]
async fn a_truncated_answer_is_asked_for_again() {
    let dns = set_up();
    dns.script(DnsOutcome::Truncated);
    assert_eq!(texts(&dns).await, [record()]);
    assert_eq!(dns.queries().last().unwrap().transport, Transport::Tcp);
}

#[tokio::test]
async fn aliases_are_followed() {
    let dns = DnsStandIn::start();
    dns.publish_cname(DOMAIN, "one.test");
    dns.publish_cname("one.test", "two.test");
    dns.publish_txt("two.test", &record());
    let evidence = fetch(&dns).await.unwrap();
    assert_eq!(judge(&evidence).alt_id, DOMAIN);
    // One that leads to nothing.
    dns.remove("two.test");
    assert_eq!(fetch(&dns).await, Err(FetchError::NotFound));
    // One that leads in a circle.
    dns.publish_cname("two.test", DOMAIN);
    assert_eq!(fetch(&dns).await, Err(FetchError::NotFound));
}

#[tokio::test]
async fn evidence_against_a_proof() {
    let dns = set_up();
    for outcome in [DnsOutcome::NoSuchName, DnsOutcome::NoRecords] {
        dns.script(outcome);
        let error = fetch(&dns).await.unwrap_err();
        assert_eq!((error.is_evidence(), error), (true, FetchError::NotFound));
    }
    dns.script(DnsOutcome::Tampered);
    let evidence = fetch(&dns).await.unwrap();
    let error = verifier(dns.udp_url(), LONG).check(&alice(), &evidence).unwrap_err();
    assert_eq!(error.mismatch(), Some(Mismatch::Signature));
}

#[tokio::test]
async fn what_says_nothing_about_a_proof() {
    let dns = set_up();
    for outcome in [DnsOutcome::ServFail, DnsOutcome::Refused] {
        dns.script(outcome.clone());
        let error = fetch(&dns).await.unwrap_err();
        assert!(
            matches!(error, FetchError::Unavailable { .. }) && !error.is_evidence(),
            "{outcome:?}: {error}"
        );
    }
    for outcome in [
        DnsOutcome::Slow(Duration::from_secs(3_600)),
        DnsOutcome::Silent,
        DnsOutcome::OtherId,
        DnsOutcome::OtherName,
        DnsOutcome::Garbage,
    ] {
        dns.script(outcome.clone());
        let error = verifier(dns.udp_url(), 300).fetch(&alice(), &net(LONG)).await.unwrap_err();
        assert_eq!(error, FetchError::Timeout, "{outcome:?}");
    }
}

/// The library gives up on the first packet that is no answer or goes on waiting; either way there is no evidence.
#[tokio::test]
async fn oddities_over_tcp() {
    let dns = set_up();
    for outcome in [DnsOutcome::Silent, DnsOutcome::OtherId, DnsOutcome::Garbage] {
        dns.script(outcome.clone());
        let error = verifier(dns.tcp_url(), 300).fetch(&alice(), &net(LONG)).await.unwrap_err();
        assert!(!error.is_evidence(), "{outcome:?}: {error}");
    }
}

/// A record is seen at once: neither an answer nor its absence is remembered, whatever its time to live.
#[tokio::test]
async fn nothing_is_cached() {
    let dns = DnsStandIn::start();
    dns.set_ttl(86_400);
    dns.publish_txt("other.test", "x");
    let verifier = verifier(dns.udp_url(), LONG);
    let (claim, net) = (alice(), net(LONG));
    assert_eq!(verifier.fetch(&claim, &net).await, Err(FetchError::NotFound));
    dns.publish_txt(DOMAIN, "first");
    assert_eq!(verifier.fetch(&claim, &net).await.unwrap().texts[0].content, "first");
    dns.remove(DOMAIN);
    dns.publish_txt(DOMAIN, "second");
    assert_eq!(verifier.fetch(&claim, &net).await.unwrap().texts[0].content, "second");
    assert_eq!(dns.queries().len(), 3);
}

#[tokio::test]
async fn a_resolver_that_is_not_there() {
    let error = verifier("tcp://127.0.0.1:1".to_owned(), LONG).fetch(&alice(), &net(LONG)).await.unwrap_err();
    assert!(matches!(error, FetchError::Unavailable { .. }), "{error}");
    assert!(!error.to_string().contains("127.0.0.1"), "{error}");
}
