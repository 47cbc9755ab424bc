//! The origin over HTTP.

use std::time::Duration;

use async_trait::async_trait;
use nextid_client::{
    ClientError, ClientOptions, Event, EventBody, EventFilter, EventReader, ProofClient, StateChange, codes,
};
use nextid_core::Avatar;
use nextid_core::link::ProofLink;
use nextid_service::mirror::{Origin, OriginError, Position, Stop, Told};

use super::HELLO;
use crate::store::mirror::{ProofItem, ToldState};

/// Links on a page of a chain.
const PER_PAGE: u64 = 40;

/// How often it is looked whether the stream has given a sign of life.
const GLANCE: Duration = Duration::from_millis(500);

/// A proof-service that is followed.
#[derive(Debug)]
pub struct HttpOrigin {
    client: ProofClient,
    url: String,
    events: Option<EventReader<ProofLink>>,
    alive: i64,
}

impl HttpOrigin {
    /// The service at `url`.
    ///
    /// # Errors
    /// [`ClientError::BadUrl`] or [`ClientError::Setup`].
    pub fn new(url: &str, options: &ClientOptions) -> Result<Self, ClientError> {
        let client = ProofClient::new(url, options)?;
        let url = client.base().to_owned();
        Ok(Self { client, url, events: None, alive: 0 })
    }
}

#[async_trait]
impl Origin for HttpOrigin {
    type Item = ProofItem;

    fn url(&self) -> &str {
        &self.url
    }

    async fn position(&mut self) -> Result<Position, OriginError> {
        let health = self.client.healthz().await.map_err(failed)?;
        if health.hello != HELLO {
            return Err(Stop::OtherService {
                origin: self.url.clone(),
                wanted: "proof-service",
                found: health.hello,
            }
            .into());
        }
        let events = self.client.events(None, &EventFilter::default()).await.map_err(failed)?;
        let hello = events.hello();
        Ok(Position { epoch: hello.epoch.clone(), latest: hello.last_id })
    }

    async fn follow(&mut self, after: i64, epoch: &str) -> Result<(), OriginError> {
        self.events = None;
        let events = self.client.events(Some(after), &EventFilter::default()).await.map_err(failed)?;
        if events.hello().epoch != epoch {
            return Err(OriginError::Stale);
        }
        self.alive = events.last_id();
        self.events = Some(events);
        Ok(())
    }

    async fn next(&mut self) -> Result<Told<ProofItem>, OriginError> {
        let Some(events) = &mut self.events else {
            return Err(OriginError::Away("it is not followed".to_owned()));
        };
        loop {
            match tokio::time::timeout(GLANCE, events.next()).await {
                Ok(Ok(Some(event))) => {
                    self.alive = event.id;
                    return Ok(Told::Item(event.id, item(event)));
                }
                Ok(Ok(None)) => {
                    self.events = None;
                    return Err(OriginError::Away("it ended the stream".to_owned()));
                }
                Ok(Err(error)) => {
                    self.events = None;
                    return Err(failed(error));
                }
                Err(_) if events.last_id() > self.alive => {
                    self.alive = events.last_id();
                    return Ok(Told::Alive(self.alive));
                }
                Err(_) => {}
            }
        }
    }

    async fn link_at(&mut self, avatar: &Avatar, seq: u64) -> Result<Option<ProofItem>, OriginError> {
        let page = i64::try_from(seq / PER_PAGE).unwrap_or(i64::MAX - 1) + 1;
        let page = self.client.chain_page(avatar, page).await.map_err(failed)?;
        let link = page.proof_chain.into_iter().find(|link| link.seq == seq);
        Ok(link.map(|link| ProofItem::Link(Box::new(link))))
    }
}

fn item(event: Event<ProofLink>) -> ProofItem {
    match event.body {
        EventBody::Link(link) if event.is_unchecked => ProofItem::Unchecked(Box::new(link)),
        EventBody::Link(link) => ProofItem::Link(Box::new(link)),
        EventBody::State(change) => ProofItem::State(Box::new(told(change))),
    }
}

fn told(change: StateChange) -> ToldState {
    ToldState {
        avatar: change.avatar,
        platform: change.platform,
        identity: change.identity,
        alt_id: change.alt_id,
        alt_name: change.alt_name,
        alt_name_before: change.alt_name_before,
        state: change.state,
        state_before: change.state_before,
        is_valid: change.is_valid,
        is_valid_before: change.is_valid_before,
        invalid_reason: change.invalid_reason,
        changed_at: change.changed_at,
    }
}

/// Whatever the origin answers, it may answer otherwise later.
fn failed(error: ClientError) -> OriginError {
    if error.api().is_some_and(|api| api.code.as_deref() == Some(codes::STALE_CURSOR)) {
        return OriginError::Stale;
    }
    OriginError::Away(error.to_string())
}
