//! What the worker holds in its hands.

use std::collections::HashMap;
use std::time::Duration;

use nextid_core::Platform;
use nextid_service::db::DbError;
use tokio::task::{Id, JoinError, JoinSet};
use tokio::time::Instant;

use super::Rechecker;
use crate::recheck::LEASE;
use crate::recheck::lanes::Lanes;
use crate::recheck::look::{look, unusable};
use crate::recheck::verdict::Verdict;
use crate::store::recheck::{DueProof, Finding};

/// How often it is looked for what has become due.
const POLL: Duration = Duration::from_secs(5);

/// After a look has ended, others that end within this time are written with it: each write is a durable commit.
const GATHER: Duration = Duration::from_millis(20);

type Ended = Result<(Id, Verdict), JoinError>;

/// The looks that are under way, and what is known about the rest.
pub(super) struct Round<'a> {
    of: &'a Rechecker,
    lanes: Lanes,
    looks: JoinSet<Verdict>,
    proofs: HashMap<Id, DueProof>,
    ended: Vec<Ended>,
    refreshed: Option<Instant>,
}

impl<'a> Round<'a> {
    pub(super) fn new(of: &'a Rechecker) -> Self {
        let asked = Platform::ALL.iter().copied().filter(|platform| match platform {
            // Contract wallets that were taken over from elsewhere.
            Platform::Ethereum => of.registry.contract_wallets().is_configured(),
            _ => of.registry.get(*platform).is_some(),
        });
        Self {
            of,
            lanes: Lanes::new(asked, of.rules.platform_concurrency),
            looks: JoinSet::new(),
            proofs: HashMap::new(),
            ended: Vec::new(),
            refreshed: None,
        }
    }

    /// Writes what has ended and begins what is due.
    pub(super) async fn step(&mut self) -> Result<(), DbError> {
        self.record_finished().await?;
        self.refresh_if_old().await?;
        self.claim().await
    }

    /// Makes the next step look for what has become due.
    pub(super) fn look_for_due(&mut self) {
        self.refreshed = None;
    }

    pub(super) async fn refresh_if_old(&mut self) -> Result<(), DbError> {
        match self.refreshed {
            Some(at) if at.elapsed() < POLL => Ok(()),
            _ => self.refresh().await,
        }
    }

    /// Reads what is due and how the platforms stand.
    pub(super) async fn refresh(&mut self) -> Result<(), DbError> {
        let (platforms, brake) = (self.lanes.platforms(), self.of.rules.brake);
        let overview = self.of.store.recheck_overview(platforms, brake, self.now()).await?;
        for platform in &overview {
            self.lanes.set_due(platform.platform, platform.due > 0);
        }
        self.of.metrics.show(&overview, brake);
        self.refreshed = Some(Instant::now());
        Ok(())
    }

    /// Claims as many proofs as there are free places, and begins to look at them.
    pub(super) async fn claim(&mut self) -> Result<(), DbError> {
        let now = self.now();
        let free = self.of.rules.concurrency.max(1).saturating_sub(self.looks.len() + self.ended.len());
        let wanted = self.lanes.wanted(free, now);
        if wanted.is_empty() {
            return Ok(());
        }
        let due = self.of.store.claim_due(wanted.clone(), now, LEASE).await?;
        for lane in &wanted {
            let got = due.iter().filter(|proof| proof.platform == lane.platform.as_str()).count();
            self.lanes.claimed(lane, got);
        }
        for proof in due {
            let (registry, looked_at) = (self.of.registry.clone(), proof.clone());
            let task = self.looks.spawn(async move { look(&registry, &looked_at).await });
            self.proofs.insert(task.id(), proof);
        }
        Ok(())
    }

    /// Nothing is under way and nothing can be begun now.
    pub(super) fn is_idle(&self) -> bool {
        self.looks.is_empty() && self.ended.is_empty() && !self.lanes.have_work(self.now())
    }

    /// Waits until looks have ended, or it is time to look for what has become due.
    pub(super) async fn await_news(&mut self) {
        let _ = tokio::time::timeout(POLL, self.await_looks()).await;
    }

    /// Waits until looks have ended; for ever if none is under way.
    async fn await_looks(&mut self) {
        let Some(first) = self.looks.join_next_with_id().await else {
            return std::future::pending().await;
        };
        self.ended.push(first);
        tokio::time::sleep(GATHER).await;
    }

    /// Writes what the ended looks saw.
    pub(super) async fn record_finished(&mut self) -> Result<(), DbError> {
        while let Some(ended) = self.looks.try_join_next_with_id() {
            self.ended.push(ended);
        }
        let now = self.now();
        let mut findings = Vec::with_capacity(self.ended.len());
        for ended in std::mem::take(&mut self.ended) {
            let (id, verdict) = match ended {
                Ok(ended) => ended,
                // A bug of one platform must not keep the others from being looked at.
                Err(error) => (error.id(), unusable("the look ended early")),
            };
            let Some(proof) = self.proofs.remove(&id) else { continue };
            self.note(&proof, &verdict, now);
            findings.push(Finding {
                binding_id: proof.binding_id,
                link_id: proof.link_id,
                claimed_at: proof.claimed_at,
                verdict,
            });
        }
        if findings.is_empty() {
            return Ok(());
        }
        let recorded = self.of.store.record_findings(findings, self.of.rules.brake, now).await?;
        if recorded.changed > 0 {
            self.of.sequencer.wake();
        }
        Ok(())
    }

    /// Ends what is under way: what has been seen is written, the rest is given back.
    pub(super) async fn give_up(&mut self) -> Result<(), DbError> {
        self.record_finished().await?;
        self.looks.shutdown().await;
        let claims: Vec<(i64, i64)> =
            self.proofs.drain().map(|(_, proof)| (proof.binding_id, proof.claimed_at)).collect();
        if claims.is_empty() {
            return Ok(());
        }
        self.of.store.release_claims(claims).await
    }

    fn note(&mut self, proof: &DueProof, verdict: &Verdict, now: i64) {
        self.of.metrics.count(&proof.platform, verdict);
        let retry_after = match verdict {
            Verdict::Unreachable { retry_after, why } => {
                log::debug!(
                    "recheck.platform" = proof.platform.as_str(), "recheck.why" = why.as_str();
                    "a proof could not be looked at"
                );
                *retry_after
            }
            _ => None,
        };
        if let Ok(platform) = proof.platform.parse() {
            self.lanes.finished(platform, retry_after, now);
        }
    }

    fn now(&self) -> i64 {
        (self.of.clock)()
    }
}
