//! What becomes of everything that a website may answer.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use nextid_core::Platform;
use nextid_net::{AllowHost, GuardedClient, NetConfig, Resolver};
use nextid_platforms::website::{WebsiteSettings, WebsiteVerifier};
use nextid_platforms::{CheckError, Claim, Evidence, FetchError, Mismatch, Verified, Verifier};
use nextid_testkit::Outcome;
use nextid_testkit::website::WebsiteStandIn;

use crate::support::{LONG, claim, net, signed_post};
use crate::worlds::alice;

const HOST: &str = "site.test";

/// Every name is the stand-in's.
#[derive(Debug)]
struct Pointing(u16);

#[async_trait]
impl Resolver for Pointing {
    async fn resolve(&self, _host: &str) -> io::Result<Vec<SocketAddr>> {
        Ok(vec![(Ipv4Addr::LOCALHOST, self.0).into()])
    }
}

fn net_of(site: &WebsiteStandIn, timeout_ms: u64) -> GuardedClient {
    let allow_hosts = AllowHost::parse_list("site.test,other.test").unwrap();
    let config = NetConfig { timeout_ms, allow_hosts, ..NetConfig::default() };
    GuardedClient::builder(config).resolver(Arc::new(Pointing(site.port()))).build().unwrap()
}

/// A website with alice's proof, and the claim that it proves.
fn set_up() -> (WebsiteStandIn, Claim) {
    let site = WebsiteStandIn::start().unwrap();
    let claim = claim(&alice(), Platform::Website, HOST, "ignored");
    site.publish(signed_post(&claim, &alice()));
    (site, claim)
}

fn verifier(scheme: &str) -> WebsiteVerifier {
    WebsiteVerifier::new(&WebsiteSettings { scheme: scheme.to_owned() }).unwrap()
}

async fn fetch(site: &WebsiteStandIn, claim: &Claim) -> Result<Evidence, FetchError> {
    verifier("http").fetch(claim, &net_of(site, LONG)).await
}

async fn judge(site: &WebsiteStandIn, claim: &Claim) -> Result<Verified, CheckError> {
    verifier("http").check(claim, &fetch(site, claim).await.unwrap())
}

#[tokio::test]
async fn a_file_is_fetched_and_judged() {
    let (site, claim) = set_up();
    let verified = judge(&site, &claim).await.unwrap();
    assert_eq!((verified.alt_id.as_str(), verified.alt_name.as_str()), (HOST, HOST));
    assert_eq!(verified.location, "https://site.test/.well-known/nextid.json");
    let requests = site.requests();
    assert_eq!(requests.len(), 1);
    assert_eq!(
        (requests[0].method.as_str(), requests[0].target.as_str()),
        ("GET", "/.well-known/nextid.json")
    );
    assert_eq!(requests[0].header("host"), Some(HOST));
    let again = Claim { location: verified.location.clone(), alt_id: Some(HOST.to_owned()), ..claim };
    assert_eq!(judge(&site, &again).await.unwrap(), verified);
}

#[tokio::test]
async fn evidence_against_a_proof() {
    let (site, claim) = set_up();
    for (outcome, mismatch) in [
        (Outcome::Missing, None),
        (Outcome::OtherAuthor, None),
        (Outcome::Tampered, Some(Mismatch::Signature)),
        (Outcome::Garbage, Some(Mismatch::Text)),
    ] {
        site.script(outcome.clone());
        assert_eq!(judge(&site, &claim).await.unwrap_err().mismatch(), mismatch, "{outcome:?}");
    }
    for status in [404, 410] {
        site.script(Outcome::Status(status));
        assert_eq!(fetch(&site, &claim).await, Err(FetchError::NotFound), "{status}");
    }
    site.script(Outcome::WrongCase);
    judge(&site, &claim).await.unwrap();
}

#[tokio::test]
async fn what_says_nothing_about_a_proof() {
    let (site, claim) = set_up();
    for status in [401, 403, 429, 500, 503] {
        site.script(Outcome::Status(status));
        let error = fetch(&site, &claim).await.unwrap_err();
        assert!(matches!(error, FetchError::Unavailable { .. }), "{status}: {error}");
    }
    for outcome in [Outcome::Status(418), Outcome::Huge(2_000_000), Outcome::Redirect("/again".to_owned())] {
        site.script(outcome.clone());
        let error = fetch(&site, &claim).await.unwrap_err();
        assert!(matches!(error, FetchError::Odd(_)), "{outcome:?}: {error}");
    }
    site.script(Outcome::Slow(Duration::from_millis(20)));
    judge(&site, &claim).await.unwrap();
    site.script(Outcome::Slow(Duration::from_secs(3_600)));
    let error = verifier("http").fetch(&claim, &net_of(&site, 300)).await;
    assert_eq!(error, Err(FetchError::Timeout));
}

#[tokio::test]
async fn redirects_stay_on_the_host() {
    let (site, claim) = set_up();
    site.script_next([Outcome::Redirect("/.well-known/nextid.json".to_owned())]);
    judge(&site, &claim).await.unwrap();
    // The same server by another name, with the same proof: not this host's word.
    site.script_next([Outcome::Redirect("http://other.test/.well-known/nextid.json".to_owned())]);
    let error = fetch(&site, &claim).await.unwrap_err();
    assert!(matches!(error, FetchError::Odd(_)), "{error}");
    for inside in [
        "http://127.0.0.1/",
        "http://169.254.169.254/latest/meta-data/",
        "http://localhost/",
        "file:///etc/passwd",
    ] {
        site.script_next([Outcome::Redirect(inside.to_owned())]);
        let error = fetch(&site, &claim).await.unwrap_err();
        assert!(matches!(error, FetchError::Forbidden(_)), "{inside}: {error}");
    }
}

/// A person names the host, so it gets what the guard lets through and nothing more.
#[tokio::test]
async fn the_guard_is_asked() {
    let (site, claim) = set_up();
    let strict =
        GuardedClient::builder(NetConfig::default()).resolver(Arc::new(Pointing(site.port()))).build();
    let error = verifier("http").fetch(&claim, &strict.unwrap()).await.unwrap_err();
    assert!(matches!(error, FetchError::Forbidden(_)), "{error}");
    let inside = self::claim(&alice(), Platform::Website, "printer.local", "");
    let error = verifier("https").fetch(&inside, &net(LONG)).await.unwrap_err();
    assert!(matches!(error, FetchError::Forbidden(_)), "{error}");
    // Without a certificate there is no https.
    let error = verifier("https").fetch(&claim, &net_of(&site, LONG)).await.unwrap_err();
    assert!(matches!(error, FetchError::Unavailable { .. }), "{error}");
    assert_eq!(site.requests(), []);
}
