//! The latest part of the feed, which all readers share.

use std::collections::VecDeque;
use std::time::Instant;

use actix_web::web::Bytes;
use nextid_core::{Avatar, Platform};

use super::event::Event;
use super::filter::EventFilter;
use super::frame;

/// Items that one call of [`Window::take`] looks at, so that it does not hold the lock for long.
const SCAN: usize = 1024;
/// What an item needs besides its bytes, about.
const OVERHEAD: usize = 128;

/// Everything in the feed after one id and up to another, spelled, as far as it fits into a number of bytes.
#[derive(Debug)]
pub(super) struct Window {
    items: VecDeque<Item>,
    bytes: usize,
    max_bytes: usize,
    /// The span: everything after the first and up to the second id is here. None: nobody fills the window.
    span: Option<(i64, i64)>,
}

#[derive(Debug)]
struct Item {
    id: i64,
    avatar: Avatar,
    platform: Platform,
    frame: Bytes,
    read_at: Instant,
}

/// What a reader gets.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Taken {
    /// It has everything up to this id now.
    UpTo {
        /// The id.
        id: i64,
        /// There is more in the window.
        has_more: bool,
        /// When the oldest of what it got was read.
        read_at: Option<Instant>,
    },
    /// The window begins after this id, which is later than the reader's.
    BeginsAfter(i64),
    /// Nobody fills the window.
    Closed,
}

impl Window {
    /// A window that holds `max_bytes`, closed.
    pub(super) fn new(max_bytes: usize) -> Self {
        Self { items: VecDeque::new(), bytes: 0, max_bytes, span: None }
    }

    /// Begins after `id`.
    pub(super) fn open(&mut self, id: i64) {
        self.close();
        self.span = Some((id, id));
    }

    /// Forgets everything.
    pub(super) fn close(&mut self) {
        self.items = VecDeque::new();
        self.bytes = 0;
        self.span = None;
    }

    /// Whether nobody fills it.
    #[cfg(test)]
    pub(super) fn is_closed(&self) -> bool {
        self.span.is_none()
    }

    /// Adds what was read after the last id, and notes that nothing else lies before `end`.
    pub(super) fn extend(&mut self, events: &[Event], end: i64) {
        let Some((mut begin, last)) = self.span else {
            return;
        };
        let read_at = Instant::now();
        for event in events {
            let frame = frame::event(event);
            self.bytes += frame.len() + OVERHEAD;
            let Event { id, avatar, platform, .. } = *event;
            self.items.push_back(Item { id, avatar, platform, frame, read_at });
        }
        while self.bytes > self.max_bytes
            && let Some(oldest) = self.items.pop_front()
        {
            self.bytes -= oldest.frame.len() + OVERHEAD;
            begin = oldest.id;
        }
        self.span = Some((begin, last.max(end)));
    }

    /// Gives a reader that has everything up to `after` what it wants of what follows, about `max_bytes` of it.
    pub(super) fn take(
        &self,
        after: i64,
        filter: &EventFilter,
        max_bytes: usize,
        into: &mut VecDeque<Bytes>,
    ) -> Taken {
        let Some((begin, end)) = self.span else {
            return Taken::Closed;
        };
        if after < begin {
            return Taken::BeginsAfter(begin);
        }
        let from = self.items.partition_point(|item| item.id <= after);
        let (mut bytes, mut read_at) = (0, None);
        for (looked_at, item) in self.items.range(from..).enumerate() {
            if filter.wants(&item.avatar, item.platform) {
                bytes += item.frame.len();
                read_at = read_at.or(Some(item.read_at));
                into.push_back(item.frame.clone());
            }
            if bytes >= max_bytes || looked_at + 1 == SCAN {
                return Taken::UpTo { id: item.id, has_more: item.id < end, read_at };
            }
        }
        Taken::UpTo { id: after.max(end), has_more: false, read_at }
    }
}

#[cfg(test)]
mod tests {
    use super::super::event::EventKind;
    use super::*;

    const KEY: &str = "0x02e3511304b78237a0c2a66c7aae5be20cd9104d1b452161529bb3a23cccbf55c9";

    fn events(ids: std::ops::RangeInclusive<i64>) -> Vec<Event> {
        let event = |id| Event {
            id,
            kind: EventKind::Link,
            avatar: KEY.parse().unwrap(),
            platform: if id % 2 == 0 { Platform::Github } else { Platform::Dns },
            identity: "octocat".to_owned(),
            body: "x".repeat(100).into(),
        };
        ids.map(event).collect()
    }

    fn take(window: &Window, after: i64, filter: EventFilter, max_bytes: usize) -> (Taken, usize) {
        let mut frames = VecDeque::new();
        let taken = window.take(after, &filter, max_bytes, &mut frames);
        (taken, frames.len())
    }

    fn up_to(taken: Taken) -> (i64, bool) {
        match taken {
            Taken::UpTo { id, has_more, .. } => (id, has_more),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_reader_gets_what_follows_its_position() {
        let mut window = Window::new(1 << 20);
        assert_eq!(take(&window, 0, EventFilter::default(), 1 << 20), (Taken::Closed, 0));
        window.open(10);
        window.extend(&events(11..=20), 20);
        let all = EventFilter::default();
        assert_eq!(take(&window, 9, all, 1 << 20), (Taken::BeginsAfter(10), 0));
        for (after, expected) in [(10, 10), (15, 5), (20, 0), (25, 0)] {
            let (taken, frames) = take(&window, after, all, 1 << 20);
            assert_eq!((up_to(taken), frames), ((after.max(20), false), expected));
        }
        let (taken, frames) = take(&window, 10, all, 300);
        assert_eq!((up_to(taken), frames), ((13, true), 3));
        let github = EventFilter { platform: Some(Platform::Github), avatar: None };
        let (taken, frames) = take(&window, 10, github, 1 << 20);
        assert_eq!((up_to(taken), frames), ((20, false), 5));
    }

    #[test]
    fn the_oldest_makes_room_and_what_it_told_is_known_to_be_missing() {
        let mut window = Window::new(2500);
        window.open(0);
        for id in 1..=100 {
            window.extend(&events(id..=id), id);
            assert!(window.bytes <= 2500, "{}", window.bytes);
        }
        let Taken::BeginsAfter(begin) = take(&window, 0, EventFilter::default(), 1).0 else {
            panic!("nothing made room");
        };
        let (taken, frames) = take(&window, begin, EventFilter::default(), 1 << 20);
        assert_eq!((up_to(taken).0, i64::try_from(frames).unwrap()), (100, 100 - begin));
        window.close();
        assert_eq!(window.bytes, 0);
    }
}
