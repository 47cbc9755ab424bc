//! A stand-in for a relay of Nostr, over real WebSockets, and keys that sign notes.

mod serve;

use std::collections::BTreeMap;
use std::io;
use std::net::{Ipv4Addr, TcpListener};
use std::sync::{Arc, Mutex};

use k256::schnorr::SigningKey;
use nextid_core::nostr::{Event, TEXT_NOTE};
use tokio::sync::oneshot;

use crate::keys::seed;
use crate::outcome::{Outcome, Script, lock};

/// The key of a label, which signs events.
#[derive(Debug)]
pub struct NostrKey(SigningKey);

impl NostrKey {
    /// The key of a label, the same in every run.
    ///
    /// # Errors
    /// When the label's hash is no private key, which has one chance in 2^128.
    pub fn of(label: &str) -> io::Result<Self> {
        SigningKey::from_slice(&seed(&format!("nostr:{label}"))).map(Self).map_err(io::Error::other)
    }

    /// The public key, 64 hexadecimal digits.
    pub fn public(&self) -> String {
        hex::encode(self.0.verifying_key().to_bytes())
    }

    /// A text note.
    ///
    /// # Errors
    /// When it cannot be signed.
    pub fn note(&self, content: impl Into<String>) -> io::Result<Event> {
        self.event(TEXT_NOTE, Vec::new(), content)
    }

    /// An event, signed.
    ///
    /// # Errors
    /// When it cannot be signed.
    pub fn event(&self, kind: u16, tags: Vec<Vec<String>>, content: impl Into<String>) -> io::Result<Event> {
        let mut event = Event {
            id: String::new(),
            pubkey: self.public(),
            created_at: 1_700_000_000,
            kind,
            tags,
            content: content.into(),
            sig: String::new(),
        };
        let hash = event.hash();
        // The same signature in every run: what is random is only there for devices that can be listened to.
        let signature = self.0.sign_raw(&hash, &[0; 32]).map_err(io::Error::other)?;
        event.id = hex::encode(hash);
        event.sig = hex::encode(signature.to_bytes());
        Ok(event)
    }
}

/// A relay on a port and thread of its own, stopped when dropped.
#[derive(Debug)]
pub struct NostrStandIn {
    url: String,
    state: Arc<State>,
    _stop: oneshot::Sender<()>,
}

#[derive(Debug, Default)]
struct State {
    events: Mutex<BTreeMap<String, Event>>,
    script: Mutex<Script<Outcome>>,
    /// What is said to every question instead of the truth.
    said: Mutex<Option<Vec<String>>>,
    asked: Mutex<Vec<String>>,
}

impl NostrStandIn {
    /// Starts it on a free loopback port. It answers when this returns.
    ///
    /// # Errors
    /// When no port can be bound or no thread be started.
    pub fn start() -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let url = format!("ws://{}", listener.local_addr()?);
        let state = Arc::new(State::default());
        let stop = serve::spawn(listener, Arc::clone(&state))?;
        Ok(Self { url, state, _stop: stop })
    }

    /// Where it listens: `ws://127.0.0.1:port`.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Makes an event available, as it is, and returns its id.
    pub fn publish(&self, event: Event) -> String {
        let id = event.id.clone();
        lock(&self.state.events).insert(id.clone(), event);
        id
    }

    /// From now on questions end like this. [`Outcome::Tampered`] changes a letter of the text without signing it anew,
    /// [`Outcome::OtherAuthor`] gives somebody else's event under the id that was asked for, [`Outcome::WrongCase`] writes
    /// ids and keys in capital letters; a status or a redirect takes the place of the WebSocket.
    pub fn script(&self, outcome: Outcome) {
        lock(&self.state.script).set(outcome);
    }

    /// From now on these messages are sent to every question, and then the connection is closed.
    pub fn say<T: Into<String>>(&self, messages: impl IntoIterator<Item = T>) {
        *lock(&self.state.said) = Some(messages.into_iter().map(Into::into).collect());
    }

    /// Every message that came so far, oldest first.
    pub fn asked(&self) -> Vec<String> {
        lock(&self.state.asked).clone()
    }
}
