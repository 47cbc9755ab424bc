//! A stream of events, read one by one.

use std::collections::VecDeque;
use std::marker::PhantomData;

use nextid_core::Avatar;
use reqwest::Response;
use reqwest::header::{ACCEPT_ENCODING, HeaderMap, HeaderName, HeaderValue};
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::sse::{Message, Parser};
use super::{Event, EventBody, EventFilter, Hello, RawEvent, StateChange};
use crate::error::ClientError;
use crate::transport::Transport;

const EVENT_STREAM: &str = "text/event-stream";
const LAST_EVENT_ID: HeaderName = HeaderName::from_static("last-event-id");

/// A stream of events of one service, whose links are `L`. It ends when the service ends it, or the connection breaks:
/// coming back, after [`EventReader::last_id`], is up to the caller.
#[derive(Debug)]
pub struct EventReader<L> {
    transport: Transport,
    response: Response,
    parser: Parser,
    messages: VecDeque<Message>,
    hello: Hello,
    last_id: i64,
    has_ended: bool,
    links: PhantomData<fn() -> L>,
}

#[derive(Deserialize)]
struct LinkData<L> {
    link: L,
    is_valid: Option<bool>,
}

#[derive(Deserialize)]
struct Resume {
    last_id: i64,
}

impl<L: DeserializeOwned> EventReader<L> {
    /// `GET /v1/events`, which both services have.
    pub(crate) async fn open(
        transport: &Transport,
        after: Option<i64>,
        filter: &EventFilter,
    ) -> Result<Self, ClientError> {
        let mut headers = HeaderMap::from_iter([(ACCEPT_ENCODING, HeaderValue::from_static("identity"))]);
        if let Some(after) = after {
            headers.insert(LAST_EVENT_ID, after.into());
        }
        let avatar = filter.avatar.as_ref().map(Avatar::to_hex);
        let mut query = Vec::new();
        query.extend(avatar.as_deref().map(|avatar| ("avatar", avatar)));
        query.extend(filter.platform.map(|platform| ("platform", platform.as_str())));
        let response = transport.stream("/v1/events", &query, headers, EVENT_STREAM).await?;
        let mut reader = Self {
            transport: transport.clone(),
            response,
            parser: Parser::new(transport.max_bytes),
            messages: VecDeque::new(),
            hello: Hello { epoch: String::new(), last_id: 0 },
            last_id: 0,
            has_ended: false,
            links: PhantomData,
        };
        reader.hello = loop {
            match reader.message().await? {
                // A comment, of whoever stands in between.
                Some(Message { data: None, .. }) => {}
                Some(Message { event, data: Some(data), .. }) if event == "hello" => {
                    break reader.parse(&data)?;
                }
                _ => return Err(reader.unexpected("the stream of events has no beginning".to_owned())),
            }
        };
        reader.last_id = reader.hello.last_id;
        Ok(reader)
    }

    /// What the stream began with.
    pub fn hello(&self) -> &Hello {
        &self.hello
    }

    /// The id to resume after: everything up to it was returned, or is not wanted.
    pub fn last_id(&self) -> i64 {
        self.last_id
    }

    /// The next event; none when the service has ended the stream, as it does when it stops, or when the reader is too
    /// slow.
    ///
    /// Nothing is lost when the future is dropped before it is done.
    ///
    /// # Errors
    /// [`ClientError::Interrupted`] where the connection broke, [`ClientError::Timeout`] when not even a sign of life came
    /// for as long as [`ClientOptions::timeout`](crate::ClientOptions::timeout) says, [`ClientError::TooLarge`] for an event
    /// that is larger than an answer may be, [`ClientError::Unexpected`] for what is no event, or one that came before.
    pub async fn next(&mut self) -> Result<Option<Event<L>>, ClientError> {
        let before = self.last_id;
        let Some(RawEvent { id, kind, data }) = self.next_raw().await? else { return Ok(None) };
        let body = match kind.as_str() {
            "link" => self
                .parse::<LinkData<L>>(&data)
                .map(|LinkData { link, is_valid }| (EventBody::Link(link), is_valid == Some(false))),
            _ => self.parse::<StateChange>(&data).map(|change| (EventBody::State(change), false)),
        };
        match body {
            Ok((body, is_unchecked)) => Ok(Some(Event { id, body, is_unchecked })),
            Err(error) => {
                // It was not returned.
                self.last_id = before;
                Err(error)
            }
        }
    }

    /// As [`EventReader::next`], without a look at what the event says, so that one of an unexpected form need not stop
    /// the stream.
    ///
    /// # Errors
    /// As [`EventReader::next`].
    pub async fn next_raw(&mut self) -> Result<Option<RawEvent>, ClientError> {
        while let Some(message) = self.message().await? {
            let Some(data) = message.data else {
                self.last_id = self.last_id.max(self.id(&message.id)?);
                continue;
            };
            match message.event.as_str() {
                "link" | "state" => {}
                "resume" => {
                    self.last_id = self.last_id.max(self.parse::<Resume>(&data)?.last_id);
                    self.has_ended = true;
                    return Ok(None);
                }
                // Of a newer service.
                _ => continue,
            }
            let id = self.id(&message.id)?;
            if id <= self.last_id {
                let before = self.last_id;
                return Err(self.unexpected(format!("the event {id} came after {before}")));
            }
            self.last_id = id;
            return Ok(Some(RawEvent { id, kind: message.event, data }));
        }
        self.has_ended = true;
        Ok(None)
    }

    async fn message(&mut self) -> Result<Option<Message>, ClientError> {
        loop {
            // Whatever came behind the end does not count.
            if self.has_ended {
                return Ok(None);
            }
            if let Some(message) = self.messages.pop_front() {
                return Ok(Some(message));
            }
            let Some(chunk) = self.response.chunk().await.map_err(|error| self.transport.failure(&error))?
            else {
                return Ok(None);
            };
            if self.parser.push(&chunk, &mut self.messages).is_err() {
                let (host, limit) = (self.transport.host(), self.transport.max_bytes);
                return Err(ClientError::TooLarge { host, limit });
            }
        }
    }

    fn id(&self, text: &str) -> Result<i64, ClientError> {
        text.parse().map_err(|_| self.unexpected(format!("an event has the id {text:?}")))
    }

    fn parse<T: DeserializeOwned>(&self, data: &str) -> Result<T, ClientError> {
        serde_json::from_str(data).map_err(|error| self.unexpected(error.to_string()))
    }

    fn unexpected(&self, why: String) -> ClientError {
        ClientError::Unexpected { host: self.transport.host(), status: self.response.status().as_u16(), why }
    }
}
