//! proof-service's feed, scripted.

use std::sync::{Arc, Mutex, MutexGuard};

use async_trait::async_trait;
use kv_service::follow::{BindingFeed, BindingStream, FeedError, News};
use serde_json::{Value, json};
use tokio::sync::watch;

/// A feed that says what a test puts into it. Clones are one feed.
#[derive(Clone)]
pub struct ScriptedFeed {
    script: Arc<Mutex<Script>>,
    changed: Arc<watch::Sender<()>>,
}

struct Script {
    epoch: String,
    items: Vec<Value>,
    /// Why it cannot be followed, if it cannot.
    fault: Option<FeedError>,
    /// Whether a reader is told that it has reached the end.
    tells_end: bool,
    opened: usize,
}

struct ScriptedStream {
    feed: ScriptedFeed,
    epoch: String,
    place: usize,
    is_at_end: bool,
    changed: watch::Receiver<()>,
}

impl ScriptedFeed {
    pub fn new() -> Self {
        let script =
            Script { epoch: "life 1".to_owned(), items: Vec::new(), fault: None, tells_end: true, opened: 0 };
        Self { script: Arc::new(Mutex::new(script)), changed: Arc::new(watch::Sender::new(())) }
    }

    pub fn bind(&self, avatar: &str, platform: &str, identity: &str, alt_id: &str) {
        self.link("create", avatar, platform, identity, alt_id);
    }

    pub fn unbind(&self, avatar: &str, platform: &str, identity: &str) {
        self.link("delete", avatar, platform, identity, "");
    }

    pub fn link(&self, action: &str, avatar: &str, platform: &str, identity: &str, alt_id: &str) {
        self.tell(json!({"type": "link", "avatar": avatar, "link": {
            "avatar": avatar, "action": action, "platform": platform, "identity": identity, "alt_id": alt_id,
        }}));
    }

    pub fn judge(&self, avatar: &str, platform: &str, identity: &str, is_valid: bool) {
        self.tell(json!({"type": "state", "avatar": avatar, "platform": platform, "identity": identity,
            "alt_id": "", "is_valid": is_valid}));
    }

    /// Adds an item.
    pub fn tell(&self, body: Value) {
        self.change(|script| script.items.push(body));
    }

    /// From now on there are no streams.
    pub fn fail(&self, fault: FeedError) {
        self.change(|script| script.fault = Some(fault));
    }

    pub fn cut(&self) {
        self.fail(FeedError::Unreachable("scripted".to_owned()));
    }

    /// From now on there are streams again.
    pub fn mend(&self) {
        self.change(|script| script.fault = None);
    }

    /// The database is another one, with an empty feed; streams of the old one end.
    pub fn begin_new_life(&self, epoch: &str) {
        self.change(|script| {
            script.epoch = epoch.to_owned();
            script.items.clear();
        });
    }

    /// The database is an old copy, with so many items; streams end.
    pub fn forget_after(&self, items: usize) {
        self.change(|script| script.items.truncate(items));
    }

    /// Whether readers are told that they have reached the end.
    pub fn tell_end(&self, tells_end: bool) {
        self.change(|script| script.tells_end = tells_end);
    }

    /// How many streams there were.
    pub fn opened(&self) -> usize {
        self.script().opened
    }

    fn change(&self, change: impl FnOnce(&mut Script)) {
        change(&mut self.script());
        self.changed.send_replace(());
    }

    fn script(&self) -> MutexGuard<'_, Script> {
        self.script.lock().unwrap()
    }
}

#[async_trait]
impl BindingFeed for ScriptedFeed {
    async fn open(&self, _epoch: &str, after: i64) -> Result<Box<dyn BindingStream>, FeedError> {
        let mut script = self.script();
        if let Some(fault) = &script.fault {
            return Err(fault.clone());
        }
        let place = usize::try_from(after).unwrap();
        if place > script.items.len() {
            return Err(FeedError::StaleCursor);
        }
        script.opened += 1;
        let (epoch, changed) = (script.epoch.clone(), self.changed.subscribe());
        Ok(Box::new(ScriptedStream { feed: self.clone(), epoch, place, is_at_end: false, changed }))
    }
}

#[async_trait]
impl BindingStream for ScriptedStream {
    fn epoch(&self) -> &str {
        &self.epoch
    }

    async fn next(&mut self) -> Result<News, FeedError> {
        loop {
            self.changed.borrow_and_update();
            if let Some(news) = self.look() {
                return news;
            }
            self.changed.changed().await.unwrap();
        }
    }
}

impl ScriptedStream {
    fn look(&mut self) -> Option<Result<News, FeedError>> {
        let script = self.feed.script();
        if let Some(fault) = &script.fault {
            return Some(Err(fault.clone()));
        }
        if script.epoch != self.epoch || self.place > script.items.len() {
            return Some(Err(FeedError::Unreachable("it has ended the stream".to_owned())));
        }
        if let Some(body) = script.items.get(self.place) {
            self.place += 1;
            self.is_at_end = false;
            return Some(Ok(News::Item { id: i64::try_from(self.place).unwrap(), body: body.clone() }));
        }
        if script.tells_end && !self.is_at_end {
            self.is_at_end = true;
            return Some(Ok(News::AtEnd));
        }
        None
    }
}
