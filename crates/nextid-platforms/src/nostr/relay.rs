//! One question to one relay, over a WebSocket (NIP-01).
//!
//! Relays are the operator's choice and trusted as places; they are not reached through the guarded client, and nobody else
//! can name one: the hints in a `nevent1…` are passed over.

use std::fmt;
use std::sync::Arc;

use futures_util::{SinkExt, StreamExt};
use nextid_core::nostr::Event;
use rustls::pki_types::ServerName;
use rustls_platform_verifier::ConfigVerifierExt;
use serde_json::{Value, json};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_tungstenite::tungstenite::error::Error as WsError;
use tokio_tungstenite::tungstenite::protocol::{Message, WebSocketConfig};
use tokio_tungstenite::{WebSocketStream, client_async_with_config};
use url::{Host, Url};

use crate::{FetchError, SettingsError};

/// The largest message that is read, in bytes. A text note is some hundred.
const MAX_MESSAGE: usize = 128 * 1024;

/// Messages that are read before the answer: notices, and requests to log in that are only offers.
const MAX_MESSAGES: usize = 16;

/// What the question is called, in it and in its answers.
const SUBSCRIPTION: &str = "nextid";

/// A relay.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Relay {
    url: Url,
    host: String,
    port: u16,
}

/// How relays are spoken to that want encryption; not set up where none does.
#[derive(Clone)]
pub(super) struct Tls(Option<TlsConnector>);

/// A connection, encrypted or not.
trait Connection: AsyncRead + AsyncWrite + Send + Unpin {}

impl<T: AsyncRead + AsyncWrite + Send + Unpin> Connection for T {}

impl Relay {
    /// Reads the address of a relay from the setting `key`.
    pub(super) fn parse(key: &'static str, text: &str) -> Result<Self, SettingsError> {
        let unfit = || SettingsError::new(key, "expected wss://host, or ws://host, of each relay");
        let url = Url::parse(text).map_err(|_| unfit())?;
        let plain = matches!(url.scheme(), "wss" | "ws")
            && url.username().is_empty()
            && url.password().is_none()
            && url.fragment().is_none();
        let host = match url.host() {
            Some(Host::Domain(name)) => name.to_owned(),
            Some(Host::Ipv4(address)) => address.to_string(),
            Some(Host::Ipv6(address)) => address.to_string(),
            None => return Err(unfit()),
        };
        let port = url.port_or_known_default().filter(|_| plain).ok_or_else(unfit)?;
        Ok(Self { url, host, port })
    }

    fn is_encrypted(&self) -> bool {
        self.url.scheme() == "wss"
    }

    /// The event of this id, 64 hexadecimal digits, known to be what it says it is; none if the relay does not have it.
    pub(super) async fn event(&self, id: &str, tls: &Tls) -> Result<Option<Event>, FetchError> {
        let mut socket = self.connect(tls).await?;
        let question = json!(["REQ", SUBSCRIPTION, { "ids": [id], "limit": 1 }]);
        socket.send(Message::text(question.to_string())).await.map_err(|error| failure(&error))?;
        for _ in 0..MAX_MESSAGES {
            let Some(message) = socket.next().await else { break };
            match message.map_err(|error| failure(&error))? {
                Message::Text(text) => {
                    if let Some(answer) = answer(text.as_str(), id)? {
                        return Ok(answer);
                    }
                }
                Message::Close(_) => break,
                Message::Binary(_) => return Err(odd("it sends what is no text")),
                _ => {}
            }
        }
        Err(FetchError::unavailable("a relay ends without an answer"))
    }

    async fn connect(&self, tls: &Tls) -> Result<WebSocketStream<Box<dyn Connection>>, FetchError> {
        let unreachable = |_| FetchError::unavailable("no connection to a relay");
        let stream = TcpStream::connect((self.host.as_str(), self.port)).await.map_err(unreachable)?;
        let stream: Box<dyn Connection> = match &tls.0 {
            Some(tls) if self.is_encrypted() => {
                let name = ServerName::try_from(self.host.clone())
                    .map_err(|_| FetchError::unavailable("a relay's name is none for a certificate"))?;
                let encrypted = tls.connect(name, stream).await;
                Box::new(encrypted.map_err(|_| FetchError::unavailable("no TLS connection to a relay"))?)
            }
            _ => Box::new(stream),
        };
        let limits =
            WebSocketConfig::default().max_message_size(Some(MAX_MESSAGE)).max_frame_size(Some(MAX_MESSAGE));
        let connected = client_async_with_config(self.url.as_str(), stream, Some(limits)).await;
        connected.map(|(socket, _)| socket).map_err(|error| failure(&error))
    }
}

/// What a message of a relay says about the event of this id: nothing, that it is not there, or the event.
pub(super) fn answer(text: &str, id: &str) -> Result<Option<Option<Event>>, FetchError> {
    let message: Vec<Value> = serde_json::from_str(text).map_err(|_| odd("it sends what is no message"))?;
    let about_us = message.get(1).and_then(Value::as_str) == Some(SUBSCRIPTION);
    match message.first().and_then(Value::as_str) {
        Some("EVENT") if about_us => {
            let event = message.into_iter().nth(2).map(serde_json::from_value::<Event>);
            let Some(Ok(event)) = event else {
                return Err(odd("it sends what is no event"));
            };
            if event.id != id {
                return Err(odd("it sends another event"));
            }
            event.verify().map_err(|error| odd(&error.to_string()))?;
            Ok(Some(Some(event)))
        }
        Some("EOSE") if about_us => Ok(Some(None)),
        Some("CLOSED") if about_us => Err(FetchError::unavailable("a relay refuses to answer")),
        _ => Ok(None),
    }
}

fn odd(what: &str) -> FetchError {
    FetchError::Odd(format!("a relay does not answer as it should: {what}"))
}

/// What an error of the connection means. The relay's name and address are not told.
fn failure(error: &WsError) -> FetchError {
    match error {
        WsError::Http(response) => match response.status().as_u16() {
            status @ (401 | 403 | 429 | 500..) => {
                FetchError::unavailable(format!("a relay answers with status {status}"))
            }
            status => odd(&format!("status {status}")),
        },
        WsError::Capacity(_) => odd("its message is too large"),
        WsError::Protocol(_) | WsError::Utf8(_) | WsError::HttpFormat(_) | WsError::AttackAttempt => {
            odd("it does not speak WebSocket properly")
        }
        _ => FetchError::unavailable("the connection to a relay broke"),
    }
}

impl Tls {
    /// Sets up encryption by the system's certificates, if one of the relays wants it.
    pub(super) fn for_relays(relays: &[Relay]) -> Result<Self, rustls::Error> {
        if !relays.iter().any(Relay::is_encrypted) {
            return Ok(Self(None));
        }
        nextid_net::install_crypto_provider();
        let config = rustls::ClientConfig::with_platform_verifier()?;
        Ok(Self(Some(TlsConnector::from(Arc::new(config)))))
    }
}

impl fmt::Debug for Relay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Paths and queries of paid relays are secrets.
        write!(f, "{}://{}:{}", self.url.scheme(), self.host, self.port)
    }
}

impl fmt::Debug for Tls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Tls").field(&self.0.is_some()).finish()
    }
}
