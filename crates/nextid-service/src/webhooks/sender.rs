//! Sending one message.

use std::time::{Duration, Instant, SystemTime};

use nextid_net::{AllowHost, FetchRequest, GuardedClient, NetConfig};

use super::SigningSecret;
use super::message::Message;
use super::signature::sign;
use super::standing::Failure;
use crate::boot::StartError;
use crate::config::Config;

/// How long an endpoint has to answer.
pub const TIMEOUT: Duration = Duration::from_secs(15);

/// As much of an answer is read; only its status counts.
const ANSWER_BYTES: usize = 1024;

/// What an endpoint made of a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// 2xx: it has it.
    Accepted(u16),
    /// 410: it wants nothing more.
    Gone(Failure),
    /// Anything else, or nothing.
    Failed(Failure),
}

/// Sends messages to hosts that others name. Clones share the connections.
#[derive(Debug, Clone)]
pub struct Sender {
    client: GuardedClient,
    timeout: Duration,
}

impl Sender {
    /// With a client of its own: endpoints have a schedule of their own, so that a circuit breaker or a host's wish to be
    /// left alone would only have the endpoints of one host stand in for each other.
    ///
    /// # Errors
    /// When `net.allow_hosts` cannot be read, or the machine has no certificates.
    pub fn new(config: &Config, concurrency: usize) -> Result<Self, StartError> {
        let allow_hosts = AllowHost::parse_list(&config.net.allow_hosts.join(","))
            .map_err(|error| StartError::Net(format!("allow_hosts: {error}")))?;
        let net = NetConfig {
            allow_hosts,
            timeout_ms: u64::try_from(TIMEOUT.as_millis()).unwrap_or(u64::MAX),
            max_bytes: ANSWER_BYTES,
            // Twice as many as the worker needs: the others are for tests of endpoints.
            per_host_concurrency: concurrency.saturating_mul(2).max(2),
            breaker_failures: u32::MAX,
            ..NetConfig::default()
        };
        let client = GuardedClient::new(net).map_err(|error| StartError::Net(error.to_string()))?;
        Ok(Self::with_client(client, TIMEOUT))
    }

    /// With this client and time limit.
    pub fn with_client(client: GuardedClient, timeout: Duration) -> Self {
        Self { client, timeout }
    }

    /// Why messages cannot go to a URL; `None` if they can, as far as that can be told without contacting anybody.
    pub fn refusal(&self, url: &str) -> Option<String> {
        if let Err(error) = self.client.check(url) {
            return Some(error.to_string());
        }
        let is_https = url.get(..8).is_some_and(|start| start.eq_ignore_ascii_case("https://"));
        (!is_https && !self.client.allows_host_of(url)).then(|| "must be https".to_owned())
    }

    /// Signs a message with every secret, sends it, and says what became of it and how long that took.
    pub async fn send(
        &self,
        url: &str,
        secrets: &[SigningSecret],
        message: &Message,
        now_secs: i64,
    ) -> (Answer, Duration) {
        let begun = Instant::now();
        let answer = match self.refusal(url) {
            // The rules may have become stricter since it was made.
            Some(why) => Answer::Failed(Failure { status: None, why, retry_after: None }),
            None => self.post(url, secrets, message, now_secs).await,
        };
        (answer, begun.elapsed())
    }

    async fn post(&self, url: &str, secrets: &[SigningSecret], message: &Message, now_secs: i64) -> Answer {
        let request = FetchRequest::post(url)
            .header("webhook-id", &message.id)
            .header("webhook-timestamp", &now_secs.to_string())
            .header("webhook-signature", &sign(secrets, &message.id, now_secs, &message.body))
            .body("application/json", message.body.as_bytes())
            .timeout(self.timeout)
            .max_bytes(ANSWER_BYTES)
            .no_redirects()
            .status_only();
        let response = match self.client.fetch(request).await {
            Ok(response) => response,
            Err(error) => {
                let failure =
                    Failure { status: None, why: error.to_string(), retry_after: error.retry_after() };
                return Answer::Failed(failure);
            }
        };
        let status = response.status;
        let refused = |why: String| Failure {
            status: Some(status),
            why,
            retry_after: response.retry_after(SystemTime::now()),
        };
        match status {
            200..300 => Answer::Accepted(status),
            410 => Answer::Gone(refused("answered 410: it wants nothing more".to_owned())),
            300..400 => Answer::Failed(refused(format!("answered {status}; redirects are not followed"))),
            _ => Answer::Failed(refused(format!("answered {status}"))),
        }
    }
}
