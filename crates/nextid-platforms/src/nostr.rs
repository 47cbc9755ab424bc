//! Nostr: a text note that is signed by the key, read from relays that the operator names.
//!
//! It is the other direction of NIP-39, in which a profile on Nostr names accounts elsewhere. A relay only has to have the
//! note: id and signature are checked here, so that it cannot make one up.

mod relay;

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use nextid_core::Platform;
use nextid_core::nostr::{Event, TEXT_NOTE, npub, parse_event_id, parse_key};
use nextid_net::GuardedClient;
use tokio::sync::Semaphore;

use self::relay::{Relay, Tls};
use crate::author::{Author, exactly};
use crate::post::{self, Spelling};
use crate::{Account, CheckError, Claim, Evidence, FetchError, ProofText, SettingsError, Verified, Verifier};

const LOCATION: &str = "proof_location must be the id of a note: 64 hexadecimal digits, note1… or nevent1…";

/// Relays at most: each note is asked of all of them.
const MAX_RELAYS: usize = 8;

/// Notes that are asked for at the same time.
const AT_ONCE: usize = 8;

/// What evidence calls an event, which is JSON.
const EVENT: &str = "event";

/// `platforms.nostr`.
#[derive(Debug, Clone)]
pub struct NostrSettings {
    /// Addresses of relays, `wss://host`, separated by commas. Without any the platform is off.
    pub relays: Option<String>,
    /// How long a relay may take to answer.
    pub timeout: Duration,
}

impl Default for NostrSettings {
    fn default() -> Self {
        Self { relays: None, timeout: Duration::from_secs(10) }
    }
}

/// Fetches and judges notes.
#[derive(Debug, Clone)]
pub struct NostrVerifier {
    relays: Vec<Relay>,
    tls: Tls,
    timeout: Duration,
    turns: Arc<Semaphore>,
}

impl NostrVerifier {
    /// Takes the settings; none if there is no relay.
    ///
    /// # Errors
    /// An address is none, there are more than eight, or the system has no certificates to check a relay's by.
    pub fn new(settings: &NostrSettings) -> Result<Option<Self>, SettingsError> {
        const KEY: &str = "platforms.nostr.relays";
        let addresses = settings.relays.as_deref().unwrap_or_default().split(',').map(str::trim);
        let relays =
            addresses.filter(|address| !address.is_empty()).map(|address| Relay::parse(KEY, address));
        let relays = relays.collect::<Result<Vec<Relay>, SettingsError>>()?;
        if relays.is_empty() {
            return Ok(None);
        }
        if relays.len() > MAX_RELAYS {
            return Err(SettingsError::new(KEY, format!("at most {MAX_RELAYS} relays")));
        }
        let tls = Tls::for_relays(&relays).map_err(|error| SettingsError::new(KEY, error.to_string()))?;
        Ok(Some(Self { relays, tls, timeout: settings.timeout, turns: Arc::new(Semaphore::new(AT_ONCE)) }))
    }

    async fn ask(&self, relay: &Relay, id: &str) -> Result<Option<Event>, FetchError> {
        let answer = tokio::time::timeout(self.timeout, relay.event(id, &self.tls)).await;
        answer.unwrap_or(Err(FetchError::Timeout))
    }
}

#[async_trait]
impl Verifier for NostrVerifier {
    fn platform(&self) -> Platform {
        Platform::Nostr
    }

    /// Asks all relays. The note is missing only if every one of them says so.
    async fn fetch(&self, claim: &Claim, _net: &GuardedClient) -> Result<Evidence, FetchError> {
        let id = parse_event_id(claim.location.trim()).ok_or(FetchError::BadLocation(LOCATION))?;
        let id = hex::encode(id);
        let turn = tokio::time::timeout(self.timeout, self.turns.acquire()).await;
        let Ok(Ok(_turn)) = turn else {
            return Err(FetchError::unavailable("too many requests are waiting for the relays"));
        };
        let mut answers: FuturesUnordered<_> = self.relays.iter().map(|relay| self.ask(relay, &id)).collect();
        let mut failure = FetchError::NotFound;
        while let Some(answer) = answers.next().await {
            match answer {
                Ok(Some(event)) => return Ok(evidence(&event)),
                Ok(None) => {}
                Err(error) => failure = error,
            }
        }
        Err(failure)
    }

    fn check(&self, claim: &Claim, evidence: &Evidence) -> Result<Verified, CheckError> {
        Author::of(claim, evidence, exactly)?;
        let event = event(evidence)?;
        // Who signed it is its author, whatever else the evidence says.
        let signed = self::evidence(&event);
        let author = Author::of(claim, &signed, exactly)?;
        let unfit = |found: &str| CheckError::Text {
            expected: "a text note (kind 1) that is not a reply".to_owned(),
            found: found.to_owned(),
        };
        if event.kind != TEXT_NOTE {
            return Err(unfit(&format!("an event of kind {}", event.kind)));
        }
        if event.is_reply() {
            return Err(unfit("a reply"));
        }
        let signature = post::judge_labelled(claim, &event.content, "Sig: ", Spelling::Any)?;
        Ok(author.verified(claim, &signed, signature))
    }
}

/// What an event shows.
pub fn evidence(event: &Event) -> Evidence {
    let shown = parse_key(&event.pubkey).map(|key| npub(&key));
    Evidence {
        account: Some(Account {
            name: event.pubkey.clone(),
            other_names: Vec::new(),
            id: Some(event.pubkey.clone()),
            display_name: shown,
        }),
        texts: vec![ProofText {
            name: EVENT.to_owned(),
            // Texts and numbers can always be written.
            content: serde_json::to_string(event).unwrap_or_default(),
            truncated: false,
        }],
        location: Some(event.id.clone()),
    }
}

/// The event in the evidence, with its id and signature checked.
fn event(evidence: &Evidence) -> Result<Event, CheckError> {
    let unfit = |found: String| CheckError::Text {
        expected: "an event with its own id and its author's signature".to_owned(),
        found,
    };
    let Some(text) = evidence.text(EVENT) else {
        return Err(CheckError::Missing { expected: "an event".to_owned() });
    };
    let event: Event = serde_json::from_str(&text.content).map_err(|_| unfit("no event".to_owned()))?;
    event.verify().map_err(|error| unfit(error.to_string()))?;
    Ok(event)
}

/// Reads a message of a relay about the event of this id, and returns the event.
#[cfg(feature = "fuzzing")]
pub fn fuzzing(message: &str, id: &str) -> Option<Evidence> {
    relay::answer(message, id).ok()??.as_ref().map(evidence)
}
