//! A feed in memory, and readers whose frames are looked at one by one.

use std::pin::Pin;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use actix_web::web::Bytes;
use async_trait::async_trait;
use futures_util::{Stream, StreamExt as _};
use nextid_core::Platform;
use prometheus::Registry;
use tokio::sync::watch;

use super::super::reader::Reader;
use super::super::shared::Place;
use super::super::*;
use crate::db::DbError;
use crate::feed::FeedWatch;
use crate::shutdown::Shutdown;

pub(super) const KEY: &str = "0x02e3511304b78237a0c2a66c7aae5be20cd9104d1b452161529bb3a23cccbf55c9";
pub(super) const OTHER: &str = "0x03666b700aeb6a6429f13cbb263e1bc566cd975a118b61bc796204109c1b351d19";
pub(super) const EPOCH: &str = "0123456789abcdef0123456789abcdef";

/// How long anything may take.
const PATIENCE: Duration = Duration::from_secs(20);

/// A feed. Even ids are about GitHub, odd ones about DNS; every third about the other Avatar.
pub(super) struct Memory {
    events: Mutex<Vec<Event>>,
    latest: watch::Sender<i64>,
    pub(super) reads: AtomicUsize,
    pub(super) fails: AtomicBool,
}

pub(super) struct Bench {
    pub(super) memory: Arc<Memory>,
    pub(super) hub: Hub,
    pub(super) shutdown: Shutdown,
}

pub(super) struct Frames(Pin<Box<dyn Stream<Item = Bytes> + Send>>);

/// A frame, taken apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Frame {
    pub(super) event: String,
    pub(super) id: i64,
    pub(super) data: String,
}

impl Memory {
    pub(super) fn new() -> Arc<Self> {
        Arc::new(Self {
            events: Mutex::default(),
            latest: watch::Sender::new(0),
            reads: AtomicUsize::new(0),
            fails: AtomicBool::new(false),
        })
    }

    pub(super) fn latest(&self) -> i64 {
        *self.latest.borrow()
    }

    /// Appends so many events with bodies of so many bytes, and says so.
    pub(super) fn append(&self, count: i64, bytes: usize) {
        self.append_quietly(count, bytes);
        self.latest.send_replace(i64::try_from(self.events.lock().unwrap().len()).unwrap());
    }

    /// As another replica does: nobody is told.
    pub(super) fn append_quietly(&self, count: i64, bytes: usize) {
        let mut events = self.events.lock().unwrap();
        for _ in 0..count {
            let id = i64::try_from(events.len()).unwrap() + 1;
            events.push(Event {
                id,
                kind: EventKind::Link,
                avatar: if id % 3 == 0 { OTHER } else { KEY }.parse().unwrap(),
                platform: if id % 2 == 0 { Platform::Github } else { Platform::Dns },
                identity: "somebody".to_owned(),
                body: format!("{{\"id\":{id},\"filling\":\"{}\"}}", "x".repeat(bytes)).into(),
            });
        }
    }
}

#[async_trait]
impl EventSource for Memory {
    async fn read_after(&self, after: i64, count: i64) -> Result<Vec<Event>, DbError> {
        self.reads.fetch_add(1, Ordering::SeqCst);
        tokio::task::yield_now().await;
        if self.fails.load(Ordering::SeqCst) {
            return Err(DbError::Unavailable { cause: "it is away".to_owned() });
        }
        let events = self.events.lock().unwrap();
        let (after, count) = (usize::try_from(after).unwrap(), usize::try_from(count).unwrap());
        Ok(events.iter().skip(after).take(count).cloned().collect())
    }

    async fn epoch(&self) -> Result<String, DbError> {
        Ok(EPOCH.to_owned())
    }

    async fn latest_id(&self) -> Result<i64, DbError> {
        Ok(i64::try_from(self.events.lock().unwrap().len()).unwrap())
    }
}

pub(super) fn settings() -> HubSettings {
    HubSettings { subscribers: 100, queue_bytes: 1 << 20, heartbeat: Duration::from_secs(15) }
}

impl Bench {
    pub(super) fn new(settings: HubSettings) -> Self {
        let (memory, shutdown) = (Memory::new(), Shutdown::new());
        let news = FeedWatch::new(memory.latest.subscribe());
        let metrics = EventMetrics::new(&Registry::new()).unwrap();
        let hub = Hub::spawn(memory.clone(), news, settings, shutdown.clone(), metrics);
        Self { memory, hub, shutdown }
    }

    /// A stream of what follows `position`, past its hello.
    pub(super) fn read(&self, position: i64, filter: EventFilter) -> Frames {
        let place = Place::take(&self.hub.shared).unwrap();
        let stream = Reader::new(place, filter, position, frame::hello(EPOCH, position)).into_stream();
        let mut frames = Box::pin(stream.map(|frame| frame.unwrap()));
        let hello = futures_util::FutureExt::now_or_never(frames.next());
        assert!(hello.flatten().is_some_and(|frame| frame.starts_with(b"retry: 1000\nevent: hello\n")));
        Frames(frames)
    }

    /// Waits until the hub has told everything, or read until nobody was left.
    pub(super) async fn until(&self, mut holds: impl FnMut(&Self) -> bool) {
        let look = async {
            while !holds(self) {
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
        };
        tokio::time::timeout(PATIENCE, look).await.expect("it takes too long");
    }
}

impl Frames {
    /// The next frame; none at the end.
    pub(super) async fn next(&mut self) -> Option<Frame> {
        let bytes = tokio::time::timeout(PATIENCE, self.0.next()).await.expect("no frame comes")?;
        let text = std::str::from_utf8(&bytes).unwrap();
        assert!(text.ends_with("\n\n"), "{text}");
        let mut frame = Frame { event: String::new(), id: -1, data: String::new() };
        for line in text.trim_end().lines() {
            let (field, value) = line.split_once(": ").unwrap();
            match field {
                "event" => value.clone_into(&mut frame.event),
                "id" => frame.id = value.parse().unwrap(),
                "data" => value.clone_into(&mut frame.data),
                _ => assert_eq!((field, value), ("", "heartbeat")),
            }
        }
        Some(frame)
    }

    /// The ids of the events up to the one with this id, which have to come without a silence.
    pub(super) async fn ids_up_to(&mut self, last: i64) -> Vec<i64> {
        let mut ids = Vec::new();
        while ids.last() != Some(&last) {
            let frame = self.next().await.expect("the stream ended");
            assert_eq!(frame.event, "link", "{frame:?}");
            assert!(frame.data.starts_with(&format!("{{\"id\":{},", frame.id)), "{frame:?}");
            ids.push(frame.id);
        }
        ids
    }
}
