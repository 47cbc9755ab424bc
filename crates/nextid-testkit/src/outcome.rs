//! What a stand-in platform answers, scripted by the test, and what it was asked.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// What a stand-in does with a request for a proof post.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Outcome {
    /// What was published, as the platform itself would answer.
    #[default]
    Ok,
    /// The post is there, the proof is not in it.
    Missing,
    /// The proof is there with one character of its signature changed.
    Tampered,
    /// The same post under somebody else's account.
    OtherAuthor,
    /// The author's name in the other letter case; accounts are case-insensitive, so this is still the author.
    WrongCase,
    /// This status with the platform's error body; 403 and 429 carry the headers of a rate limit.
    Status(u16),
    /// As [`Outcome::Ok`], after this long.
    Slow(Duration),
    /// As [`Outcome::Ok`], with at least this many bytes of body.
    Huge(usize),
    /// 302 to this address, absolute or relative.
    Redirect(String),
    /// 200 with a body that is not what the platform sends.
    Garbage,
}

/// Which outcome comes next: queued ones first, then the steady one.
#[derive(Debug, Default)]
pub(crate) struct Script<O> {
    steady: O,
    next: VecDeque<O>,
}

impl<O: Clone> Script<O> {
    pub(crate) fn set(&mut self, outcome: O) {
        self.next.clear();
        self.steady = outcome;
    }

    pub(crate) fn queue(&mut self, outcomes: impl IntoIterator<Item = O>) {
        self.next.extend(outcomes);
    }

    pub(crate) fn take(&mut self) -> O {
        self.next.pop_front().unwrap_or_else(|| self.steady.clone())
    }
}

/// One request as a stand-in received it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LoggedRequest {
    /// `GET`, `POST` …
    pub method: String,
    /// Path and query as sent.
    pub target: String,
    /// Names in lower case, in the order of arrival; values that are not text are left out.
    pub headers: Vec<(String, String)>,
    /// The body, bytes that are not UTF-8 replaced.
    pub body: String,
}

impl LoggedRequest {
    /// The first header of this name, any case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(found, _)| found.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
    }
}

/// A lock that a panic elsewhere does not spoil: what is guarded is whole after every statement.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The text with one character of its longest base64 run changed: a signature that decodes and does not verify.
pub(crate) fn tampered(content: &str) -> String {
    let in_base64 = |c: char| c.is_ascii_alphanumeric() || c == '+' || c == '/';
    let Some(run) = content.split(|c| !in_base64(c)).max_by_key(|run| signature_likeness(run)) else {
        return content.to_owned();
    };
    let changed: String = run
        .char_indices()
        .map(|(at, c)| match (at == run.len() / 2, c) {
            (true, 'A') => 'B',
            (true, _) => 'A',
            (false, _) => c,
        })
        .collect();
    content.replace(run, &changed)
}

/// A signature of 65 bytes is 87 characters of base64 and the padding.
fn signature_likeness(run: &str) -> (bool, usize) {
    (run.len() == 87, run.len())
}
