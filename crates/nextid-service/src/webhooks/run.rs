//! What is done with a claimed endpoint: its events are sent, one after the other, until there are none, one fails, or its
//! time is up.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::deliverer::Deliverer;
use super::message::Message;
use super::metrics::Ended;
use super::sender::Answer;
use super::standing::{DeadLetter, Failure, Standing};
use super::store::{Claimed, Progress, Target};
use crate::events::Event;

/// Events that are held in memory for an endpoint.
const PAGE: i64 = 8;

/// After this time others have their turn.
const TURN: Duration = Duration::from_secs(20);

/// How long an endpoint is left alone that something of ours hinders.
const PAUSE: Duration = Duration::from_secs(5);

/// Endpoints that let little through are not looked at for every event that does not concern them.
const REST: Duration = Duration::from_secs(1);

/// What a run has done so far. The worker writes it while the run goes on.
#[derive(Debug)]
pub(super) struct Run {
    id: String,
    claim: i64,
    stopping: AtomicBool,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    written: i64,
    standing: Standing,
    dead: Vec<DeadLetter>,
    gone: bool,
}

impl Run {
    pub(super) fn new(claimed: &Claimed) -> Self {
        let state = State {
            written: claimed.standing.after_id,
            standing: claimed.standing.clone(),
            dead: Vec::new(),
            gone: false,
        };
        Self {
            id: claimed.id.clone(),
            claim: claimed.claim,
            stopping: AtomicBool::new(false),
            state: Mutex::new(state),
        }
    }

    /// Ends it after the message that is under way.
    pub(super) fn stop(&self) {
        self.stopping.store(true, Ordering::Relaxed);
    }

    fn is_stopping(&self) -> bool {
        self.stopping.load(Ordering::Relaxed)
    }

    /// What is to be written.
    pub(super) fn progress(&self, is_over: bool) -> Progress {
        let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        Progress {
            id: self.id.clone(),
            claim: self.claim,
            from: state.written,
            standing: state.standing.clone(),
            dead: state.dead.clone(),
            gone: state.gone,
            is_over,
        }
    }

    /// Notes what was written.
    pub(super) fn written(&self, progress: &Progress) {
        self.change(|state| {
            state.written = progress.standing.after_id;
            state.dead.retain(|letter| letter.feed_id > progress.standing.after_id);
        });
    }

    fn change<T>(&self, change: impl FnOnce(&mut State) -> T) -> T {
        change(&mut self.state.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// It ended early, by a mistake of ours: the endpoint is left alone for a while.
    pub(super) fn broke(&self, now: i64) {
        self.change(|state| state.standing.hindered(now, PAUSE, "the delivery ended early"));
    }
}

/// Sends what waits.
pub(super) async fn run(of: Arc<Deliverer>, run: Arc<Run>, target: Option<Target>) {
    let Some(target) = target else {
        let why = "its filter or secret is of a newer version of this service";
        run.change(|state| state.standing.hindered(of.now(), PAUSE * 12, why));
        return;
    };
    if let Err(error) = follow(&of, &run, &target).await {
        log::warn!("webhook.id" = run.id.as_str(); "events cannot be read for a webhook: {error}");
        run.change(|state| state.standing.hindered(of.now(), PAUSE, "events cannot be read"));
    }
}

async fn follow(of: &Deliverer, run: &Run, target: &Target) -> Result<(), crate::db::DbError> {
    let begun = Instant::now();
    let epoch = of.source.epoch().await?;
    let mut sent_any = false;
    loop {
        // Read before the events: what is not among them then cannot be told at all.
        let latest = of.source.latest_id().await?;
        let after = run.change(|state| state.standing.after_id);
        let events = of.source.read_after(after, PAGE).await?;
        if events.is_empty() {
            run.change(|state| {
                state.standing.passed_over(latest.max(after));
                if !sent_any && !target.filter.is_open() {
                    let rest = i64::try_from(REST.as_millis()).unwrap_or(0);
                    state.standing.next_attempt_at = of.now() + rest;
                }
            });
            return Ok(());
        }
        for event in events {
            if run.is_stopping() || begun.elapsed() > TURN {
                return Ok(());
            }
            if !target.filter.passes(&event) {
                run.change(|state| state.standing.passed_over(event.id));
                continue;
            }
            sent_any = true;
            if !deliver(of, run, target, &event, &epoch).await {
                return Ok(());
            }
        }
    }
}

/// Sends one event, and returns whether the next one has its turn now.
async fn deliver(of: &Deliverer, run: &Run, target: &Target, event: &Event, epoch: &str) -> bool {
    let now_secs = of.now() / 1000;
    let message = Message::of(event, epoch, now_secs);
    let (answer, took) = of.sender.send(&target.url, &target.secrets, &message, now_secs).await;
    let now = of.now();
    match answer {
        Answer::Accepted(status) => {
            let failed_before = run.change(|state| {
                let failures = state.standing.failures;
                state.standing.delivered(event.id, now, status, took);
                failures
            });
            of.metrics.count(Ended::Delivered);
            if failed_before > 0 {
                log::info!("webhook.id" = run.id.as_str(); "a webhook takes messages again");
            }
            true
        }
        Answer::Gone(failure) => {
            of.metrics.count(Ended::Failed);
            log::warn!("webhook.id" = run.id.as_str(); "a webhook is gone (410) and is disabled");
            run.change(|state| {
                state.standing.gone(event.id, now, &failure);
                state.gone = true;
            });
            false
        }
        Answer::Failed(failure) => {
            failed(of, run, event.id, message.happened_at.saturating_mul(1000), &failure);
            false
        }
    }
}

fn failed(of: &Deliverer, run: &Run, event_id: i64, happened_at: i64, failure: &Failure) {
    let now = of.now();
    let (is_first, is_dead) = run.change(|state| {
        let is_first = state.standing.failures == 0;
        let dead = state.standing.failed(event_id, happened_at, now, failure, (of.roll)());
        let is_dead = dead.is_some();
        state.dead.extend(dead);
        (is_first, is_dead)
    });
    let (id, why) = (run.id.as_str(), failure.why.as_str());
    if is_dead {
        of.metrics.count(Ended::Dead);
        log::warn!("webhook.id" = id, "webhook.event" = event_id, "webhook.why" = why; "a message was given up");
    } else {
        of.metrics.count(Ended::Failed);
        if is_first {
            log::warn!("webhook.id" = id, "webhook.event" = event_id, "webhook.why" = why; "a webhook fails");
        }
    }
}
