//! The steps that tests are made of.

use std::time::{Duration, Instant};

use nextid_core::link::ProofLink;
use nextid_core::verify::{Anchor, ProofChainState, verify_proof_chain};
use nextid_core::{Avatar, SecretKey};
use nextid_testkit::github::GithubStandIn;
use nextid_testkit::http::Answer;
use serde_json::{Value, json};

use super::platforms::publish_gist;
use super::{App, Draft, address_of};

/// How long something may take that happens by itself.
const PATIENCE: Duration = Duration::from_secs(20);
/// How often it is looked at.
const GLANCE: Duration = Duration::from_millis(5);

impl App {
    /// Asks for a payload.
    pub async fn draft(&self, key: &SecretKey, action: &str, platform: &str, identity: &str) -> Draft {
        let body = json!({
            "action": action, "platform": platform, "identity": identity, "public_key": key.avatar().to_hex(),
        });
        let payload = self.post("/v1/proof/payload", &body).await.expect_status(200).json();
        Draft::of_payload(key, action, platform, identity, &payload)
    }

    /// A binding of an Ethereum wallet, with both signatures.
    pub async fn wallet_draft(&self, key: &SecretKey, wallet: &SecretKey) -> Draft {
        self.draft(key, "create", "ethereum", &address_of(wallet)).await.signed().by_wallet(wallet)
    }

    /// Submits.
    pub async fn submit(&self, draft: &Draft) -> Answer {
        self.post("/v1/proof", &draft.body).await
    }

    /// Submits what has to be accepted, and returns the link.
    pub async fn accept(&self, draft: &Draft) -> Value {
        self.submit(draft).await.expect_status(201).json()
    }

    /// Submits what has to be refused, and returns the error.
    pub async fn refuse(&self, draft: &Draft, status: u16, code: &str) -> Value {
        self.submit(draft).await.expect_error(status, code)
    }

    /// Binds an Ethereum wallet.
    pub async fn bind_wallet(&self, key: &SecretKey, wallet: &SecretKey) -> Value {
        self.accept(&self.wallet_draft(key, wallet).await).await
    }

    /// Binds a GitHub account over a gist.
    pub async fn bind_github(&self, key: &SecretKey, github: &GithubStandIn, login: &str) -> Value {
        let draft = self.draft(key, "create", "github", login).await;
        let gist = publish_gist(github, login, &draft);
        self.accept(&draft.at(&gist)).await
    }

    /// Makes another Avatar an alias.
    pub async fn bind_alias(&self, key: &SecretKey, target: &SecretKey) -> Value {
        let draft = self.draft(key, "create", "nextid", &target.avatar().to_hex()).await;
        self.accept(&draft.signed().by_target(target)).await
    }

    /// Revokes a binding by the Avatar's signature.
    pub async fn revoke(&self, key: &SecretKey, platform: &str, identity: &str) -> Value {
        let draft = self.draft(key, "delete", platform, identity).await;
        self.accept(&draft.signed()).await
    }

    /// All links of a chain, page by page.
    pub async fn chain(&self, avatar: &Avatar) -> Vec<ProofLink> {
        let mut links = Vec::new();
        let mut page = 1;
        while page > 0 {
            let body = self.read(&format!("/v1/proofchain?avatar={avatar}&page={page}")).await;
            let shown: Vec<ProofLink> =
                serde_json::from_value(body["proof_chain"].clone()).expect("links as core reads them");
            links.extend(shown);
            page = body["pagination"]["next"].as_i64().expect("a number");
        }
        links
    }

    /// Downloads a chain and checks it as anybody can who does not trust the service.
    pub async fn verified(&self, avatar: &Avatar) -> ProofChainState {
        let links = self.chain(avatar).await;
        verify_proof_chain(avatar, Anchor::Genesis, &links).unwrap_or_else(|error| panic!("{error}"))
    }

    /// What a search shows for one Avatar; none if it is not found.
    pub async fn shown(&self, avatar: &Avatar) -> Option<Value> {
        let body = self.read(&format!("/v1/proof?platform=nextid&identity={avatar}")).await;
        body["ids"].as_array().expect("a list").first().cloned()
    }

    /// `platform:identity` of everything that is shown as bound to an Avatar, in alphabetical order.
    pub async fn bound(&self, avatar: &Avatar) -> Vec<String> {
        let shown = self.shown(avatar).await.unwrap_or_else(|| json!({"proofs": []}));
        let proofs = shown["proofs"].as_array().expect("a list").clone();
        let text = |proof: &Value, name: &str| proof[name].as_str().expect("a text").to_owned();
        let mut names: Vec<String> = proofs
            .iter()
            .map(|proof| format!("{}:{}", text(proof, "platform"), text(proof, "identity")))
            .collect();
        names.sort();
        names
    }

    /// Asks whether a binding exists.
    pub async fn exists(&self, avatar: &Avatar, platform: &str, identity: &str) -> Answer {
        self.get(&format!("/v1/proof/exists?platform={platform}&identity={identity}&public_key={avatar}"))
            .await
    }

    /// Follows the feed from 0 until it has `count` links.
    pub async fn changes(&self, count: usize) -> Vec<Value> {
        let deadline = Instant::now() + PATIENCE;
        let mut links: Vec<Value> = Vec::new();
        while links.len() < count {
            assert!(Instant::now() < deadline, "the feed has {} of {count} links", links.len());
            let last = links.last().map_or(0, |link| link["id"].as_i64().expect("a number"));
            let body = self.read(&format!("/v1/proofchain/changes?last_id={last}&count=100")).await;
            let more = body["links"].as_array().expect("a list").clone();
            if more.is_empty() {
                tokio::time::sleep(GLANCE).await;
            }
            links.extend(more);
        }
        links
    }
}

/// Looks again and again until something is so.
pub async fn until(what: &str, mut is_so: impl FnMut() -> bool) {
    let deadline = Instant::now() + PATIENCE;
    while !is_so() {
        assert!(Instant::now() < deadline, "still not: {what}");
        tokio::time::sleep(GLANCE).await;
    }
}
