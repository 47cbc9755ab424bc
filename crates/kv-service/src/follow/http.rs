//! The feed over HTTP: proof-service's server-sent events.

use std::time::Duration;

use async_trait::async_trait;
use nextid_client::{ClientError, ClientOptions, EventFilter, EventReader, ProofClient, RawEvent, codes};
use nextid_core::link::ProofLink;
use serde_json::Value;

use super::feed::{BindingFeed, BindingStream, FeedError, News};

/// How often an open stream on which nothing happens is told to be alive. It may be dead as long as the client's time
/// limit for a sign of life: two heartbeats of proof-service.
const GLANCE: Duration = Duration::from_secs(10);

/// proof-service's events.
#[derive(Debug, Clone)]
pub struct HttpFeed {
    client: ProofClient,
}

struct HttpStream {
    events: EventReader<ProofLink>,
    epoch: String,
    /// The last item that there was when the stream was opened.
    latest: i64,
    is_at_end: bool,
}

impl HttpFeed {
    /// Of the proof-service at `url`.
    ///
    /// # Errors
    /// [`ClientError::BadUrl`] or [`ClientError::Setup`].
    pub fn new(url: &str) -> Result<Self, ClientError> {
        Ok(Self { client: ProofClient::new(url, &ClientOptions::default())? })
    }
}

#[async_trait]
impl BindingFeed for HttpFeed {
    async fn open(&self, _epoch: &str, after: i64) -> Result<Box<dyn BindingStream>, FeedError> {
        let filter = EventFilter::default();
        // A stream of what is new begins with where the feed ends.
        let end = self.client.events(None, &filter).await.map_err(failed)?.hello().clone();
        let events = self.client.events(Some(after), &filter).await.map_err(failed)?;
        let epoch = events.hello().epoch.clone();
        if epoch.is_empty() || epoch != end.epoch {
            return Err(FeedError::Broken("it does not say which life of its database this is".to_owned()));
        }
        Ok(Box::new(HttpStream { events, epoch, latest: end.last_id, is_at_end: false }))
    }
}

#[async_trait]
impl BindingStream for HttpStream {
    fn epoch(&self) -> &str {
        &self.epoch
    }

    async fn next(&mut self) -> Result<News, FeedError> {
        loop {
            if !self.is_at_end && self.events.last_id() >= self.latest {
                self.is_at_end = true;
                return Ok(News::AtEnd);
            }
            match tokio::time::timeout(GLANCE, self.events.next_raw()).await {
                Ok(Ok(Some(RawEvent { id, data, .. }))) => {
                    let body = serde_json::from_str(&data).unwrap_or(Value::Null);
                    return Ok(News::Item { id, body });
                }
                Ok(Ok(None)) => return Err(FeedError::Unreachable("it has ended the stream".to_owned())),
                Ok(Err(error)) => return Err(failed(error)),
                Err(_) if self.is_at_end => return Ok(News::AtEnd),
                Err(_) => {}
            }
        }
    }
}

fn failed(error: ClientError) -> FeedError {
    match error {
        ClientError::Api(error) if error.code.as_deref() == Some(codes::STALE_CURSOR) => {
            FeedError::StaleCursor
        }
        ClientError::Timeout { .. } => FeedError::Silent,
        ClientError::TooLarge { .. } | ClientError::Unexpected { .. } => FeedError::Broken(error.to_string()),
        error => FeedError::Unreachable(error.to_string()),
    }
}
