//! What is bound, asked of proof-service over HTTP.

use std::sync::Arc;
use std::time::Duration;

use nextid_core::{Avatar, Identity, Platform};
use nextid_net::{BuildError, FetchError, FetchRequest, GuardedClient, NetConfig};
use nextid_service::config::{Config, HttpUrl};
use serde::Deserialize;

use super::asked::Asked;
use super::{Account, BindingsUnavailable};

/// The longest that an ask may take, whatever `net.timeout_ms` allows for platforms.
const LONGEST: Duration = Duration::from_secs(5);

/// The longest that it may take to say that it is there: less than a check of `/readyz` may take.
const GREETING: Duration = Duration::from_secs(1);

/// Bytes of an answer: a thousand bindings with long names have less.
const MAX_BYTES: usize = 4 * 1024 * 1024;

/// Asks proof-service. Clones share its connections and the calls that are under way.
///
/// It asks for everything that is bound to the Avatar instead of for the one binding: `/v1/proof/exists` finds a binding
/// by the platform's own id of the account as well, and such an id may be the name of somebody else.
#[derive(Debug, Clone)]
pub struct ProofService {
    client: GuardedClient,
    url: HttpUrl,
    timeout: Duration,
    asked: Arc<Asked<Avatar, Outcome>>,
    greeted: Arc<Asked<(), Result<(), BindingsUnavailable>>>,
}

type Outcome = Result<Arc<Vec<ValidProof>>, BindingsUnavailable>;

/// A binding in force whose proof is valid.
#[derive(Debug, Clone, PartialEq, Eq)]
struct ValidProof {
    identity: Identity,
    account: Account,
}

/// The answer of `GET /v1/proof`, as far as it is needed.
#[derive(Debug, Deserialize)]
struct Found {
    ids: Vec<FoundAvatar>,
}

#[derive(Debug, Deserialize)]
struct FoundAvatar {
    persona: Avatar,
    proofs: Vec<FoundProof>,
}

#[derive(Debug, Deserialize)]
struct FoundProof {
    platform: String,
    identity: String,
    #[serde(default)]
    alt_id: String,
    is_valid: bool,
}

impl ProofService {
    /// The proof-service of the configuration.
    ///
    /// # Errors
    /// [`BuildError`].
    pub fn new(config: &Config) -> Result<Self, BuildError> {
        let timeout = Duration::from_millis(config.net.timeout_ms).min(LONGEST);
        let client = GuardedClient::new(NetConfig {
            timeout_ms: u64::try_from(timeout.as_millis()).unwrap_or(u64::MAX),
            max_bytes: MAX_BYTES,
            per_host_concurrency: 16,
            per_host_queue: 1024,
            // It is one of ours: as soon as it is back, it may be asked again.
            breaker_cool_down_ms: 1000,
            max_rate_limit_ms: 1000,
            default_rate_limit_ms: 1000,
            ..NetConfig::default()
        })?;
        Ok(Self {
            client,
            url: config.proof_service.url.clone(),
            timeout,
            asked: Arc::new(Asked::new()),
            greeted: Arc::new(Asked::new()),
        })
    }

    /// Whether it is there. Those who ask at the same time share one call.
    ///
    /// # Errors
    /// [`BindingsUnavailable`] if it is not.
    pub async fn is_there(&self) -> Result<(), BindingsUnavailable> {
        let call = || {
            let this = self.clone();
            async move { this.greet().await }
        };
        self.greeted
            .ask((), call, |_| true)
            .await
            .unwrap_or_else(|| Err(odd("the call was given up".to_owned())))
    }

    async fn greet(&self) -> Result<(), BindingsUnavailable> {
        let url = format!("{}/healthz", self.url);
        let timeout = self.timeout.min(GREETING);
        let request =
            FetchRequest::get(url).accept("application/json").trusted().no_redirects().timeout(timeout);
        match self.client.fetch(request).await?.status {
            200 => Ok(()),
            status => Err(odd(format!("it answers {status}"))),
        }
    }

    /// The account that `identity` is, if it is bound to `avatar` by a proof that is valid. Those who ask about the same
    /// Avatar at the same time share a call.
    ///
    /// # Errors
    /// [`BindingsUnavailable`] if it cannot be told now.
    pub async fn ask(
        &self,
        avatar: &Avatar,
        identity: &Identity,
    ) -> Result<Option<Account>, BindingsUnavailable> {
        let avatar = *avatar;
        let call = || {
            let this = self.clone();
            async move { this.fetch(avatar).await.map(Arc::new) }
        };
        // A "no" may be older than a binding that was made a moment ago.
        let suffices = |answer: &Outcome| {
            answer.as_ref().is_ok_and(|proofs| proofs.iter().any(|proof| proof.is_of(identity)))
        };
        let answer = self.asked.ask(avatar, call, suffices).await;
        let proofs = answer.unwrap_or_else(|| Err(odd("the call was given up".to_owned())))?;
        Ok(proofs.iter().find(|proof| proof.is_of(identity)).map(|proof| proof.account.clone()))
    }

    async fn fetch(&self, avatar: Avatar) -> Result<Vec<ValidProof>, BindingsUnavailable> {
        let url = format!("{}/v1/proof?platform=nextid&identity={avatar}&exact=true", self.url);
        let request =
            FetchRequest::get(url).accept("application/json").trusted().no_redirects().timeout(self.timeout);
        let response = self.client.fetch(request).await?;
        if response.status != 200 {
            return Err(odd(format!("it answers {}", response.status)));
        }
        let found: Found = serde_json::from_slice(&response.body)
            .map_err(|error| odd(format!("its answer cannot be read: {error}")))?;
        let proofs =
            found.ids.into_iter().filter(|found| found.persona == avatar).flat_map(|found| found.proofs);
        Ok(proofs.filter_map(ValidProof::of).collect())
    }
}

impl ValidProof {
    fn of(found: FoundProof) -> Option<Self> {
        let platform: Platform = found.platform.parse().ok()?;
        let identity = Identity::parse(platform, &found.identity).ok()?;
        let account = Account::new(&identity, &found.alt_id);
        found.is_valid.then_some(Self { identity, account })
    }

    fn is_of(&self, identity: &Identity) -> bool {
        self.identity.platform() == identity.platform() && self.identity.as_str() == identity.as_str()
    }
}

fn odd(cause: String) -> BindingsUnavailable {
    BindingsUnavailable { cause, retry_after: None }
}

impl From<FetchError> for BindingsUnavailable {
    fn from(error: FetchError) -> Self {
        Self { retry_after: error.retry_after(), cause: error.to_string() }
    }
}
