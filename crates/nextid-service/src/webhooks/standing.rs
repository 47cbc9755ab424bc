//! How an endpoint stands, and what an attempt makes of it. Pure: times are passed in, in milliseconds.

use std::time::Duration;

use diesel::prelude::*;

use super::schedule::{WINDOW, delay};
use super::schema::webhooks;

/// An attempt that took longer makes an endpoint a slow one.
const SLOW: Duration = Duration::from_secs(2);

/// How an endpoint stands. A message that did not arrive, the head, holds up the ones after it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = webhooks, treat_none_as_null = true)]
pub struct Standing {
    /// The feed id up to which everything was sent, given up or passed over.
    pub after_id: i64,
    /// The feed id of the head.
    pub head_id: Option<i64>,
    /// How often the head was sent.
    pub head_attempts: i64,
    /// When the head was sent first.
    pub head_since: Option<i64>,
    /// Attempts in a row that failed.
    pub failures: i64,
    /// The first of them.
    pub failing_since: Option<i64>,
    /// Nothing is sent before.
    pub next_attempt_at: i64,
    /// The last attempt.
    pub last_attempt_at: Option<i64>,
    /// The last attempt that succeeded.
    pub last_success_at: Option<i64>,
    /// The status that the last attempt was answered with.
    pub last_status: Option<i64>,
    /// Why the last attempt failed.
    pub last_error: Option<String>,
    /// Whether the last attempt failed or took long.
    pub is_slow: bool,
}

/// An attempt that failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// The status, if there was an answer.
    pub status: Option<u16>,
    /// Why it does not count as delivered.
    pub why: String,
    /// What the endpoint asked for.
    pub retry_after: Option<Duration>,
}

/// A message that was given up.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = super::schema::webhook_dead)]
pub struct DeadLetter {
    /// The event's place in the feed.
    pub feed_id: i64,
    /// How often it was sent.
    pub attempts: i64,
    /// When first.
    pub first_attempt_at: i64,
    /// When last.
    pub last_attempt_at: i64,
    /// The status that the last attempt was answered with.
    pub last_status: Option<i64>,
    /// Why it was given up.
    pub error: String,
}

impl Standing {
    /// Nothing has been sent; the first event is the one after `after_id`.
    pub fn new(after_id: i64, now: i64) -> Self {
        Self { after_id, next_attempt_at: now, ..Self::default() }
    }

    /// Forgets all failures, and goes on after this id.
    pub fn restart(&mut self, after_id: i64, now: i64) {
        self.after_id = after_id;
        self.forget_head();
        self.failures = 0;
        self.failing_since = None;
        self.next_attempt_at = now;
        self.is_slow = false;
    }

    /// An event is none of this endpoint's.
    pub fn passed_over(&mut self, id: i64) {
        self.after_id = id;
    }

    /// An event was delivered.
    pub fn delivered(&mut self, id: i64, now: i64, status: u16, took: Duration) {
        self.restart(id, now);
        self.last_attempt_at = Some(now);
        self.last_success_at = Some(now);
        self.last_status = Some(i64::from(status));
        self.last_error = None;
        self.is_slow = took > SLOW;
    }

    /// An event was not delivered. It is sent again after a while, at the end of its time once more, and after that given up,
    /// so that the next one has its turn. Its time ends three days after it happened, or after the endpoint's failures
    /// began, whichever is later.
    pub fn failed(
        &mut self,
        id: i64,
        happened_at: i64,
        now: i64,
        failure: &Failure,
        roll: f64,
    ) -> Option<DeadLetter> {
        self.note_failure(id, now, failure);
        let began = self.failing_since.unwrap_or(now).max(happened_at.min(now));
        let end = began.saturating_add(WINDOW);
        if now < end {
            let next = now.saturating_add(delay(self.failures, roll, failure.retry_after));
            self.next_attempt_at = next.min(end);
            return None;
        }
        let dead = DeadLetter {
            feed_id: id,
            attempts: self.head_attempts,
            first_attempt_at: self.head_since.unwrap_or(now),
            last_attempt_at: now,
            last_status: self.last_status,
            error: failure.why.clone(),
        };
        self.after_id = id;
        self.forget_head();
        // Whether it was the message or the endpoint shows with the next one, soon.
        self.next_attempt_at = now.saturating_add(delay(1, roll, None));
        Some(dead)
    }

    /// The endpoint wants nothing more. The event keeps its turn, for when the endpoint is enabled again.
    pub fn gone(&mut self, id: i64, now: i64, failure: &Failure) {
        self.note_failure(id, now, failure);
        self.next_attempt_at = now;
    }

    /// Nothing could be sent, for a reason of ours.
    pub fn hindered(&mut self, now: i64, pause: Duration, why: &str) {
        self.last_error = Some(why.to_owned());
        self.next_attempt_at = now.saturating_add(i64::try_from(pause.as_millis()).unwrap_or(i64::MAX));
    }

    fn note_failure(&mut self, id: i64, now: i64, failure: &Failure) {
        if self.head_id != Some(id) {
            self.forget_head();
            self.head_id = Some(id);
            self.head_since = Some(now);
        }
        self.head_attempts += 1;
        self.failures += 1;
        self.failing_since.get_or_insert(now);
        self.last_attempt_at = Some(now);
        self.last_status = failure.status.map(i64::from);
        self.last_error = Some(failure.why.clone());
        self.is_slow = true;
    }

    fn forget_head(&mut self) {
        self.head_id = None;
        self.head_since = None;
        self.head_attempts = 0;
    }
}

#[cfg(test)]
mod tests;
