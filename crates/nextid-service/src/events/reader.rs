//! One stream: a position in the feed.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::time::Duration;

use actix_web::web::Bytes;
use futures_util::stream::{self, Stream};
use tokio::sync::watch;
use tokio::time::Instant;

use super::filter::EventFilter;
use super::frame::{self, Ending};
use super::shared::Place;
use super::window::Taken;

/// Bytes that are taken from the window at a time, about.
const TAKE: usize = 64 * 1024;
/// Bytes of a page that are kept until the connection takes them, about.
const KEEP: usize = 256 * 1024;
/// Events of a page.
const PAGE: i64 = 200;

/// One stream.
pub(super) struct Reader {
    place: Place,
    signal: watch::Receiver<bool>,
    filter: EventFilter,
    /// Everything up to here was told, is in `frames`, or is not wanted.
    position: i64,
    /// Whether it has reached the window.
    keeps_up: bool,
    frames: VecDeque<Bytes>,
    sent_at: Instant,
    has_ended: bool,
}

impl Reader {
    /// A stream of what follows `position`, which begins with `hello`.
    pub(super) fn new(place: Place, filter: EventFilter, position: i64, hello: Bytes) -> Self {
        Self {
            signal: place.signal.subscribe(),
            place,
            filter,
            position,
            keeps_up: false,
            frames: VecDeque::from([hello]),
            sent_at: Instant::now(),
            has_ended: false,
        }
    }

    /// What the connection sends. Each frame is asked for when there is room for it.
    pub(super) fn into_stream(self) -> impl Stream<Item = Result<Bytes, Infallible>> {
        stream::unfold(self, |mut reader| async move { Some((Ok(reader.next().await?), reader)) })
    }

    async fn next(&mut self) -> Option<Bytes> {
        loop {
            if let Some(frame) = self.frames.pop_front() {
                self.sent_at = Instant::now();
                return Some(frame);
            }
            if self.has_ended {
                return None;
            }
            self.step().await;
        }
    }

    /// Goes on by one step: takes from the window, reads a page, waits, or ends.
    async fn step(&mut self) {
        // Before the window is looked at, so that what changes in between wakes.
        let is_stopping = *self.signal.borrow_and_update();
        if is_stopping {
            return self.end(Ending::Stopping);
        }
        let taken = self.place.window().take(self.position, &self.filter, TAKE, &mut self.frames);
        match taken {
            Taken::UpTo { id, has_more, read_at } => {
                self.position = id;
                self.keeps_up = true;
                self.place.metrics.handed_over(read_at);
                self.place.metrics.told.inc_by(u64::try_from(self.frames.len()).unwrap_or(0));
                if !has_more && self.frames.is_empty() {
                    self.wait().await;
                }
            }
            Taken::BeginsAfter(_) | Taken::Closed if self.keeps_up => self.end(Ending::Slow),
            Taken::BeginsAfter(begin) => {
                if !self.read_page().await {
                    // Everything up to the window's begin was committed before the page was read.
                    self.position = self.position.max(begin);
                }
            }
            Taken::Closed => {
                if !self.read_page().await {
                    self.wait().await;
                }
            }
        }
        self.beat();
    }

    /// Reads a page of the database, and returns whether there was one.
    async fn read_page(&mut self) -> bool {
        let permit = self.place.reads.acquire().await;
        let read = self.place.source.read_after(self.position, PAGE).await;
        drop(permit);
        let events = match read {
            Ok(events) => events,
            Err(error) => {
                log::debug!("a stream ends: {error}");
                self.end(Ending::Unavailable);
                return true;
            }
        };
        let mut bytes = 0;
        for event in &events {
            self.position = event.id;
            if self.filter.wants(&event.avatar, event.platform) {
                let frame = frame::event(event);
                bytes += frame.len();
                self.frames.push_back(frame);
                if bytes >= KEEP {
                    break;
                }
            }
        }
        self.place.metrics.told.inc_by(u64::try_from(self.frames.len()).unwrap_or(0));
        !events.is_empty()
    }

    /// Waits for a change of the window, or until a sign of life is due.
    async fn wait(&mut self) {
        let due = self.sent_at + self.heartbeat();
        // The sender lives as long as this reader's place.
        let _ = tokio::time::timeout_at(due, self.signal.changed()).await;
    }

    /// Gives a sign of life if one is due: also a reader with a filter that goes through much that it does not want.
    fn beat(&mut self) {
        if self.frames.is_empty() && !self.has_ended && self.sent_at.elapsed() >= self.heartbeat() {
            self.frames.push_back(frame::heartbeat(self.position));
        }
    }

    fn heartbeat(&self) -> Duration {
        self.place.settings.heartbeat
    }

    fn end(&mut self, why: Ending) {
        match why {
            Ending::Slow => self.place.metrics.dropped("slow"),
            Ending::Unavailable => self.place.metrics.dropped("unavailable"),
            Ending::Stopping => {}
        }
        self.frames.push_back(frame::resume(self.position, why));
        self.has_ended = true;
    }
}
