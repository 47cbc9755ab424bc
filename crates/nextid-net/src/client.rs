//! The client.

use std::fmt;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use reqwest::header::{HeaderValue, LOCATION};
use reqwest::{Client, Response, StatusCode, redirect};
use serde_json::Value;
use tokio::time::Instant;

use crate::breaker::{Outcome, Refusal};
use crate::classify::classify;
use crate::guard::{Guard, Place, Target, TrustedPlace};
use crate::hosts::{Hosts, Visit};
use crate::message::{Message, is_redirect};
use crate::rate_limit::{Advice, advice};
use crate::resolver::{AddressCheck, CheckedResolver};
use crate::{
    Clock, FetchError, FetchRequest, FetchResponse, NetConfig, Resolver, SystemClock, SystemResolver,
    address, install_crypto_provider,
};

/// What the client calls itself.
pub const USER_AGENT: &str = concat!("nextid/", env!("CARGO_PKG_VERSION"));

/// Connections that are kept open without use, per host, and for how long.
const IDLE_CONNECTIONS: usize = 4;
const IDLE_TIME: Duration = Duration::from_secs(30);

/// A host that limits requests is left alone for this long at least.
const LEAST_RATE_LIMIT: Duration = Duration::from_secs(1);

/// The HTTP library cannot be set up; the usual cause is that the system has no CA certificates.
#[derive(Debug, thiserror::Error)]
#[error("the HTTP client cannot be set up")]
pub struct BuildError(#[from] reqwest::Error);

/// The guarded HTTP client. Cloning is cheap, and clones share connections and limits.
#[derive(Clone)]
pub struct GuardedClient {
    inner: Arc<Inner>,
}

struct Inner {
    config: NetConfig,
    guard: Arc<Guard>,
    hosts: Arc<Hosts>,
    clock: Arc<dyn Clock>,
    /// Each has connections of its own: one that a trusted request opened to an inner address must not be found by
    /// a request that would not have been let there.
    checked: Client,
    trusted: Client,
}

/// Sets up a [`GuardedClient`].
#[derive(Debug)]
pub struct GuardedClientBuilder {
    config: NetConfig,
    resolvers: [Arc<dyn Resolver>; 2],
    clock: Arc<dyn Clock>,
    is_public: fn(IpAddr) -> bool,
}

impl GuardedClientBuilder {
    /// Replaces the system's resolver.
    #[must_use]
    pub fn resolver(self, resolver: Arc<dyn Resolver>) -> Self {
        Self { resolvers: [Arc::clone(&resolver), resolver], ..self }
    }

    /// Replaces the computer's clock, by which circuits and rate limits go.
    #[must_use]
    pub fn clock(self, clock: Arc<dyn Clock>) -> Self {
        Self { clock, ..self }
    }

    /// Replaces what a public address is, so that a test can have one on the loopback interface.
    #[cfg(test)]
    pub(crate) fn public_addresses(self, is_public: fn(IpAddr) -> bool) -> Self {
        Self { is_public, ..self }
    }

    /// The client.
    ///
    /// # Errors
    /// See [`BuildError`].
    pub fn build(self) -> Result<GuardedClient, BuildError> {
        install_crypto_provider();
        let guard = Arc::new(Guard::new(self.config.allow_hosts.clone()));
        let [for_checked, for_trusted] = self.resolvers;
        let check = AddressCheck { guard: Arc::clone(&guard), is_public: self.is_public };
        let inner = Inner {
            checked: http_client(&self.config, CheckedResolver { inner: for_checked, check: Some(check) })?,
            trusted: http_client(&self.config, CheckedResolver { inner: for_trusted, check: None })?,
            hosts: Arc::new(Hosts::new(&self.config, Arc::clone(&self.clock))),
            clock: self.clock,
            guard,
            config: self.config,
        };
        Ok(GuardedClient { inner: Arc::new(inner) })
    }
}

fn http_client(config: &NetConfig, resolver: CheckedResolver) -> Result<Client, reqwest::Error> {
    Client::builder()
        .user_agent(USER_AGENT)
        .dns_resolver(resolver)
        .redirect(redirect::Policy::none())
        .referer(false)
        .no_proxy()
        // Half of the time, shared by the addresses of a name, so that a dead one leaves time for the next.
        .connect_timeout(config.timeout() / 2)
        .pool_max_idle_per_host(IDLE_CONNECTIONS)
        .pool_idle_timeout(IDLE_TIME)
        .build()
}

/// The limits of one fetch.
struct Budget {
    deadline: Instant,
    timeout: Duration,
    max_bytes: usize,
    follow: bool,
    status_only: bool,
}

/// How one request went.
enum Answer {
    Final(FetchResponse),
    Redirect(StatusCode, HeaderValue),
}

impl GuardedClient {
    /// A client with the system's resolver and clock.
    ///
    /// # Errors
    /// See [`BuildError`].
    pub fn new(config: NetConfig) -> Result<Self, BuildError> {
        Self::builder(config).build()
    }

    /// Starts to set up a client.
    pub fn builder(config: NetConfig) -> GuardedClientBuilder {
        GuardedClientBuilder {
            config,
            // One each, so that slow names of strangers do not hold up the operator's own.
            resolvers: [Arc::new(SystemResolver::default()), Arc::new(SystemResolver::default())],
            clock: Arc::new(SystemClock),
            is_public: address::is_public,
        }
    }

    /// Checks a URL by the rules for URLs without contacting anybody. Names are resolved when a URL is fetched only.
    ///
    /// # Errors
    /// [`FetchError::BadUrl`] or [`FetchError::ForbiddenUrl`].
    pub fn check(&self, url: &str) -> Result<(), FetchError> {
        let url = url.parse().map_err(|reason| FetchError::BadUrl { reason })?;
        self.inner.guard.check(url, None).map(|_| ())
    }

    /// Whether the host of a URL is one of [`NetConfig::allow_hosts`].
    pub fn allows_host_of(&self, url: &str) -> bool {
        url.parse().is_ok_and(|url: url::Url| self.inner.guard.allows_host_of(&url))
    }

    /// Fetches a URL: [`FetchRequest::get`] and [`Self::fetch`].
    ///
    /// # Errors
    /// See [`FetchError`].
    pub async fn get(&self, url: &str) -> Result<FetchResponse, FetchError> {
        self.fetch(FetchRequest::get(url)).await
    }

    /// Posts JSON: [`FetchRequest::post`], [`FetchRequest::json`] and [`Self::fetch`].
    ///
    /// # Errors
    /// See [`FetchError`].
    pub async fn post_json(&self, url: &str, value: &Value) -> Result<FetchResponse, FetchError> {
        self.fetch(FetchRequest::post(url).json(value)).await
    }

    /// Makes a request, follows its redirects and reads the answer.
    ///
    /// # Errors
    /// See [`FetchError`].
    pub async fn fetch(&self, request: FetchRequest) -> Result<FetchResponse, FetchError> {
        let inner = &self.inner;
        let timeout = request.timeout.unwrap_or_else(|| inner.config.timeout());
        let budget = Budget {
            deadline: Instant::now() + timeout,
            timeout,
            max_bytes: request.max_bytes.unwrap_or(inner.config.max_bytes),
            follow: request.follow,
            status_only: request.status_only,
        };
        let is_trusted = request.trusted;
        let mut message = request.into_message()?;
        let trust = is_trusted.then(|| TrustedPlace::of(&message.url));
        for _ in 0..=inner.config.max_redirects {
            let Target { url, place } = inner.guard.check(message.url.clone(), trust.as_ref())?;
            message.url = url;
            match inner.visit(&message, &place, &budget).await? {
                Answer::Final(response) => return Ok(response),
                Answer::Redirect(status, location) => {
                    message = message.redirected(status, location.as_bytes())?;
                }
            }
        }
        Err(FetchError::TooManyRedirects { limit: inner.config.max_redirects })
    }
}

impl Inner {
    /// Makes one request within the limits of its host.
    async fn visit(&self, message: &Message, place: &Place, budget: &Budget) -> Result<Answer, FetchError> {
        let host = || place.host.clone();
        let visit = self.hosts.enter(place, budget.deadline).await.map_err(|refusal| match refusal {
            Refusal::CircuitOpen(retry_after) => FetchError::CircuitOpen { host: host(), retry_after },
            Refusal::RateLimited(retry_after) => FetchError::RateLimited { host: host(), retry_after },
            Refusal::Busy => FetchError::Busy { host: host() },
        })?;
        let time_left = budget.deadline.saturating_duration_since(Instant::now());
        let exchange = self.exchange(message, place, &visit, budget);
        let answer = match tokio::time::timeout_at(budget.deadline, exchange).await {
            Ok(answer) => answer,
            Err(_) => Err(FetchError::Timeout { host: host() }),
        };
        let outcome = match &answer {
            Ok(Answer::Final(response)) if response.status >= 500 => Outcome::Failed,
            Ok(_) | Err(FetchError::TooLarge { .. } | FetchError::RateLimited { .. }) => Outcome::Answered,
            // A host is blamed only if it had a fair part of the time: otherwise a slow server could, by redirecting
            // late, have others taken for dead.
            Err(FetchError::Timeout { .. }) if time_left < budget.timeout / 2 => Outcome::Unknown,
            Err(
                FetchError::Timeout { .. }
                | FetchError::Connect { .. }
                | FetchError::Tls { .. }
                | FetchError::Protocol { .. },
            ) => Outcome::Failed,
            Err(_) => Outcome::Unknown,
        };
        visit.end(outcome);
        answer
    }

    async fn exchange(
        &self,
        message: &Message,
        place: &Place,
        visit: &Visit,
        budget: &Budget,
    ) -> Result<Answer, FetchError> {
        let client = if place.trusted { &self.trusted } else { &self.checked };
        let mut request =
            client.request(message.method.clone(), message.url.clone()).headers(message.headers.clone());
        if let Some(body) = &message.body {
            request = request.body(body.clone());
        }
        let response = request.send().await.map_err(|error| classify(&error, &place.host))?;
        if !budget.status_only {
            self.heed_limits(&response, place, visit)?;
        }
        if budget.follow
            && is_redirect(response.status())
            && let Some(location) = response.headers().get(LOCATION)
        {
            return Ok(Answer::Redirect(response.status(), location.clone()));
        }
        FetchResponse::read(response, &place.host, budget.max_bytes, budget.status_only)
            .await
            .map(Answer::Final)
    }

    /// Leaves the host alone for as long as it asks for.
    fn heed_limits(&self, response: &Response, place: &Place, visit: &Visit) -> Result<(), FetchError> {
        let longest = Duration::from_millis(self.config.max_rate_limit_ms);
        match advice(response.status(), response.headers(), self.clock.wall()) {
            Advice::None => Ok(()),
            Advice::Pause(wait) => {
                visit.leave_alone(wait.min(longest));
                Ok(())
            }
            Advice::Refused(wait) => {
                let unsaid = Duration::from_millis(self.config.default_rate_limit_ms);
                let retry_after = wait.unwrap_or(unsaid).min(longest).max(LEAST_RATE_LIMIT);
                visit.leave_alone(retry_after);
                Err(FetchError::RateLimited { host: place.host.clone(), retry_after })
            }
        }
    }
}

impl fmt::Debug for GuardedClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("GuardedClient").field("config", &self.inner.config).finish_non_exhaustive()
    }
}
