//! The end: what is there, against what was answered.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::time::{Duration, Instant};

use nextid_core::export::{ExportVerifier, VerifiedChain};
use nextid_core::verify::KvChainState;
use reqwest::Client;
use serde_json::Value;

use crate::Failure;
use crate::http::get;
use crate::ledger::{Accepted, Chain, Fate, Ledger};
use crate::plan::Service;
use crate::stack::Stack;

/// How long the feed may take to show what was appended last.
const PATIENCE: Duration = Duration::from_secs(60);
/// Links of one page of the feed.
const PAGE: usize = 100;

/// What was found.
#[derive(Debug, Default)]
pub struct Findings {
    /// Links in all chains, by service.
    pub links: BTreeMap<Service, u64>,
    /// Answered 201, and not there as answered.
    pub lost: Vec<String>,
    /// Two links that claim one place.
    pub forks: Vec<String>,
    /// A link without what follows from it, or the other way round.
    pub half_applied: Vec<String>,
    /// Anything else that should not be.
    pub wrong: Vec<String>,
    /// Of submits whose outcome nobody knew, how many are there.
    pub unknown_there: u64,
    /// Of those, how many are not.
    pub unknown_not_there: u64,
}

impl Findings {
    /// Whether nothing was found.
    pub fn is_clean(&self) -> bool {
        [&self.lost, &self.forks, &self.half_applied, &self.wrong].iter().all(|list| list.is_empty())
    }
}

/// Downloads and verifies every chain, and follows both feeds from 0.
///
/// # Errors
/// When a service does not answer any more.
pub async fn verify(stack: &Stack, ledger: &Ledger, client: &Client) -> Result<Findings, Failure> {
    let mut findings = Findings { wrong: ledger.violations(), ..Findings::default() };
    let mut lengths: HashMap<Chain, u64> = HashMap::new();
    for (number, chain) in ledger.chains().into_iter().enumerate() {
        // By one replica or the other.
        let length = verify_chain(stack, ledger, client, chain, number, &mut findings).await?;
        lengths.insert(chain, length);
        *findings.links.entry(chain.0).or_default() += length;
    }
    for service in Service::ALL {
        follow(stack, client, service, &lengths, &mut findings).await?;
    }
    Ok(findings)
}

async fn verify_chain(
    stack: &Stack,
    ledger: &Ledger,
    client: &Client,
    chain: Chain,
    number: usize,
    findings: &mut Findings,
) -> Result<u64, Failure> {
    let (service, avatar) = chain;
    let address = stack.address(service, number);
    let url = format!("http://{address}/v1/avatar/{avatar}/export");
    let mut response = client.get(&url).send().await?.error_for_status()?;
    let mut verifier = ExportVerifier::new(Some(avatar));
    let mut sent = ledger.of(&chain);
    let (mut rest, mut is_header) = (Vec::new(), true);
    loop {
        let piece = response.chunk().await?;
        let is_end = piece.is_none();
        rest.extend_from_slice(&piece.unwrap_or_default());
        while let Some(end) = rest.iter().position(|byte| *byte == b'\n') {
            let line: Vec<u8> = rest.drain(..=end).collect();
            if let Err(error) = verifier.push_line(&line) {
                findings.wrong.push(format!("{} {avatar}: {error}", service.name()));
                return Ok(verifier.links());
            }
            if !std::mem::take(&mut is_header) {
                compare(chain, &serde_json::from_slice(&line)?, &mut sent, findings);
            }
        }
        if is_end {
            break;
        }
    }
    for (uuid, fate) in sent {
        match fate {
            Fate::Accepted(_) => {
                findings.lost.push(format!("{} {avatar}: {uuid} was answered 201", service.name()));
            }
            Fate::Refused => {}
            Fate::Unknown => findings.unknown_not_there += 1,
        }
    }
    let state = match verifier.finish() {
        Ok(state) => state,
        Err(error) => {
            findings.wrong.push(format!("{} {avatar}: {error}", service.name()));
            return Ok(0);
        }
    };
    if let VerifiedChain::Kv(contents) = &state.chain {
        compare_contents(client, address, chain, contents, findings).await?;
    }
    Ok(state.links)
}

/// A link of a chain against what was answered for it.
fn compare(chain: Chain, link: &Value, sent: &mut HashMap<String, Fate>, findings: &mut Findings) {
    let name = format!("{} {}", chain.0.name(), chain.1);
    let Some(uuid) = link.get("uuid").and_then(Value::as_str) else { return };
    let is = Accepted::of(link);
    match sent.remove(uuid) {
        Some(Fate::Accepted(answered)) => match is {
            Some(is) if is == answered => {}
            Some(is) if is.seq != answered.seq => {
                findings
                    .forks
                    .push(format!("{name}: {uuid} was answered at {}, and is at {}", answered.seq, is.seq));
            }
            _ => findings.lost.push(format!("{name}: {uuid} is not what was answered")),
        },
        Some(Fate::Refused) => {
            findings.wrong.push(format!("{name}: {uuid} is there, though its place was said to be taken"));
        }
        Some(Fate::Unknown) => findings.unknown_there += 1,
        None => findings.wrong.push(format!("{name}: {uuid} was never sent, or is there twice")),
    }
}

/// What is published is the fold of the patches.
async fn compare_contents(
    client: &Client,
    address: std::net::SocketAddr,
    (service, avatar): Chain,
    expected: &KvChainState,
    findings: &mut Findings,
) -> Result<(), Failure> {
    let answer = get(client, address, &format!("/v1/kv?avatar={avatar}")).await;
    let answer = answer.filter(|answer| answer.status == 200);
    let answer = answer.ok_or_else(|| Failure::new("GET /v1/kv is not answered"))?;
    let proofs = answer.body.get("proofs").and_then(Value::as_array).cloned().unwrap_or_default();
    let text = |proof: &Value, field: &str| proof.get(field).and_then(Value::as_str).map(str::to_owned);
    let shown: BTreeMap<(String, String), Value> = proofs
        .iter()
        .filter_map(|proof| {
            Some(((text(proof, "platform")?, text(proof, "identity")?), proof.get("content")?.clone()))
        })
        .collect();
    let expected: BTreeMap<(String, String), Value> = expected
        .contents
        .iter()
        .map(|((platform, identity), content)| {
            ((platform.as_str().to_owned(), identity.clone()), content.clone())
        })
        .collect();
    if shown != expected {
        findings
            .half_applied
            .push(format!("{} {avatar}: the content is not the fold of the patches", service.name()));
    }
    Ok(())
}

/// Every link once, in the order of its chain.
async fn follow(
    stack: &Stack,
    client: &Client,
    service: Service,
    lengths: &HashMap<Chain, u64>,
    findings: &mut Findings,
) -> Result<(), Failure> {
    let path = match service {
        Service::Proof => "/v1/proofchain/changes",
        Service::Kv => "/v1/kvchain/changes",
    };
    let wanted: u64 = lengths.iter().filter(|(chain, _)| chain.0 == service).map(|(_, length)| length).sum();
    let mut next: HashMap<String, u64> = HashMap::new();
    let (mut last, mut seen) = (0, 0);
    let mut ids = HashSet::new();
    let deadline = Instant::now() + PATIENCE;
    loop {
        let query = format!("{path}?last_id={last}&count={PAGE}");
        let answer = get(client, stack.address(service, 0), &query).await;
        let answer = answer.filter(|answer| answer.status == 200);
        let answer = answer.ok_or_else(|| Failure::new(format_args!("{query} is not answered")))?;
        let links = answer.body.get("links").and_then(Value::as_array).cloned().unwrap_or_default();
        for link in &links {
            let number = |field: &str| link.get(field).and_then(Value::as_u64).unwrap_or(u64::MAX);
            let avatar = link.get("avatar").and_then(Value::as_str).unwrap_or_default().to_owned();
            let place = next.entry(avatar.clone()).or_insert(0);
            if number("seq") != *place || !ids.insert(number("id")) {
                let words =
                    format!("feed {}: {avatar} {} where {place} should be", number("id"), number("seq"));
                findings.wrong.push(format!("{}: {words}", service.name()));
            }
            *place = number("seq").saturating_add(1);
            last = last.max(number("id"));
            seen += 1;
        }
        if seen >= wanted && links.is_empty() {
            break;
        }
        if Instant::now() > deadline && links.is_empty() {
            findings
                .half_applied
                .push(format!("{}: the feed shows {seen} of {wanted} links", service.name()));
            return Ok(());
        }
        if links.is_empty() {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }
    if seen != wanted {
        findings
            .wrong
            .push(format!("{}: the feed shows {seen} links, the chains have {wanted}", service.name()));
    }
    Ok(())
}
