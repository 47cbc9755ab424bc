//! What the worker holds in its hands: the endpoints that it has claimed.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use tokio::task::{AbortHandle, Id, JoinError, JoinSet};
use tokio::time::Instant;

use super::deliverer::Deliverer;
use super::run::{Run, run};
use super::store::{Grip, Places, Progress};
use crate::db::DbError;

/// After a run has ended, others that end within this time are written with it: each write is a durable commit.
const GATHER: Duration = Duration::from_millis(5);

#[derive(Debug)]
struct Held {
    run: Arc<Run>,
    task: AbortHandle,
    is_slow: bool,
    has_ended: bool,
}

/// The endpoints that are held.
#[derive(Debug)]
pub(super) struct Hands {
    of: Arc<Deliverer>,
    tasks: JoinSet<()>,
    held: HashMap<Id, Held>,
    renewed: Instant,
}

impl Hands {
    pub(super) fn new(of: Arc<Deliverer>) -> Self {
        Self { of, tasks: JoinSet::new(), held: HashMap::new(), renewed: Instant::now() }
    }

    pub(super) fn are_empty(&self) -> bool {
        self.held.is_empty()
    }

    /// Claims as much of what waits as there are free places for. Returns when the next failed message is due.
    pub(super) async fn claim(&mut self) -> Result<Option<i64>, DbError> {
        let lease = self.of.rules.lease;
        loop {
            let due = self.of.store.due(self.of.now(), lease).await?;
            let free = self.free_places();
            let wanted =
                Places { brisk: due.waiting.brisk.min(free.brisk), slow: due.waiting.slow.min(free.slow) };
            if wanted == Places::default() {
                return Ok(due.next_at);
            }
            let claimed = self.of.store.claim(wanted, self.of.now(), lease).await?;
            if claimed.is_empty() {
                // Another replica was quicker.
                return Ok(due.next_at);
            }
            if self.held.is_empty() {
                self.renewed = Instant::now();
            }
            for one in claimed {
                let work = Arc::new(Run::new(&one));
                let task = self.tasks.spawn(run(Arc::clone(&self.of), Arc::clone(&work), one.target));
                let id = task.id();
                let is_slow = one.standing.is_slow;
                self.held.insert(id, Held { run: work, task, is_slow, has_ended: false });
            }
        }
    }

    /// The places that nobody has. Slow endpoints have places of their own, so that they do not hold up the others.
    fn free_places(&self) -> Places {
        let free = |places: usize, is_slow: bool| {
            let taken = self.held.values().filter(|held| held.is_slow == is_slow).count();
            i64::try_from(places.max(1).saturating_sub(taken)).unwrap_or(i64::MAX)
        };
        let rules = &self.of.rules;
        Places { brisk: free(rules.brisk_places, false), slow: free(rules.slow_places, true) }
    }

    /// Waits until a run has ended; for ever if none is under way.
    pub(super) async fn await_ended(&mut self) {
        match self.tasks.join_next_with_id().await {
            Some(ended) => self.note_ended(ended.map(|(id, ())| id)),
            None => std::future::pending().await,
        }
        tokio::time::sleep(GATHER).await;
    }

    fn note_ended(&mut self, ended: Result<Id, JoinError>) {
        let id = match &ended {
            Ok(id) => *id,
            Err(error) => error.id(),
        };
        let Some(held) = self.held.get_mut(&id) else { return };
        held.has_ended = true;
        if ended.is_err_and(|error| error.is_panic()) {
            held.run.broke(self.of.now());
        }
    }

    /// Writes how far the ended runs came, and gives their endpoints back.
    pub(super) async fn write_ended(&mut self) -> Result<(), DbError> {
        while let Some(ended) = self.tasks.try_join_next_with_id() {
            self.note_ended(ended.map(|(id, ())| id));
        }
        self.write(|held| held.has_ended).await
    }

    /// When claims are to be renewed; none if nothing is held.
    pub(super) fn renewal(&self) -> Option<Instant> {
        (!self.held.is_empty()).then(|| self.renewed + self.of.rules.lease / 4)
    }

    /// Writes how far all have come, and renews the claims.
    pub(super) async fn renew(&mut self) -> Result<(), DbError> {
        self.renewed = Instant::now();
        self.write(|_| true).await
    }

    async fn write(&mut self, which: impl Fn(&Held) -> bool) -> Result<(), DbError> {
        let chosen: Vec<(Id, Progress)> = self
            .held
            .iter()
            .filter(|(_, held)| which(held))
            .map(|(id, held)| (*id, held.run.progress(held.has_ended)))
            .collect();
        if chosen.is_empty() {
            return Ok(());
        }
        let progress: Vec<Progress> = chosen.iter().map(|(_, progress)| progress.clone()).collect();
        let grips = self.of.store.record(progress, self.of.rules.lease).await?;
        for ((id, progress), grip) in chosen.into_iter().zip(grips) {
            let Some(held) = self.held.get(&id) else { continue };
            held.run.written(&progress);
            match grip {
                Grip::Held => {}
                Grip::Stop => held.run.stop(),
                // What it sends from now on could be out of order.
                Grip::Lost => held.task.abort(),
            }
            if progress.is_over || grip == Grip::Lost {
                self.held.remove(&id);
            }
        }
        Ok(())
    }

    /// Ends all runs: after the message that is under way, or at once.
    pub(super) fn stop(&mut self, at_once: bool) {
        for held in self.held.values() {
            held.run.stop();
            if at_once {
                held.task.abort();
            }
        }
    }
}
