//! How an endpoint is shown.

use nextid_core::Avatar;
use serde::Serialize;
use utoipa::ToSchema;

use super::Admin;
use crate::http::ApiError;
use crate::webhooks::Answer;
use crate::webhooks::store::StoredWebhook;

/// An endpoint, and how it stands. Times are seconds since 1970.
#[derive(Debug, Serialize, ToSchema)]
pub struct Webhook {
    /// Names it in paths.
    #[schema(example = "0b1e6f3c5d7a4e0f9c2b8a6d4f1e3c5b")]
    pub id: String,
    /// Where messages go.
    #[schema(example = "https://example.com/nextid")]
    pub url: String,
    /// What its operator wrote about it.
    pub description: String,
    /// The types that it is sent; all if empty.
    pub types: Vec<String>,
    /// Whose events it is sent; everybody's if null.
    pub avatar: Option<String>,
    /// The events of which platform it is sent; of all if null.
    pub platform: Option<String>,
    /// When it was made.
    pub created_at: i64,
    /// Whether it is sent anything.
    pub enabled: bool,
    /// Why not: `asked`, or `gone` where it answered 410.
    pub disabled_because: Option<String>,
    /// The feed id up to which everything was sent, given up, or was none of its own.
    #[schema(example = 203)]
    pub cursor: i64,
    /// How many events come after that.
    pub lag: i64,
    /// How many messages were given up and are kept.
    pub dead: i64,
    /// Since when every attempt has failed; null if the last one did not.
    pub failing_since: Option<i64>,
    /// How often the message was sent that did not arrive; 0 if there is none.
    pub attempts: i64,
    /// When that one is sent again; null if there is none.
    pub next_attempt_at: Option<i64>,
    /// The last attempt.
    pub last_attempt_at: Option<i64>,
    /// The last attempt that succeeded.
    pub last_success_at: Option<i64>,
    /// The status that the last attempt was answered with.
    pub last_status: Option<i64>,
    /// Why the last attempt failed; null if it did not.
    pub last_error: Option<String>,
    /// Until when the secret before the present one signs as well; null if there is none.
    pub old_secret_until: Option<i64>,
}

/// What an endpoint made of a message.
#[derive(Debug, Serialize, ToSchema)]
pub struct Attempt {
    /// The `webhook-id` that was sent.
    pub webhook_id: String,
    /// Whether it was answered with a 2xx.
    pub delivered: bool,
    /// The status of the answer; null if there was none.
    pub status: Option<u16>,
    /// Why it does not count as delivered.
    pub error: Option<String>,
    /// How long that took, in milliseconds.
    pub took_ms: u64,
}

impl Attempt {
    pub(super) fn new(webhook_id: String, answer: Answer, took: std::time::Duration) -> Self {
        let (delivered, status, error) = match answer {
            Answer::Accepted(status) => (true, Some(status), None),
            Answer::Gone(failure) | Answer::Failed(failure) => (false, failure.status, Some(failure.why)),
        };
        let took_ms = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
        Self { webhook_id, delivered, status, error, took_ms }
    }
}

impl Admin {
    /// Shows one endpoint.
    pub(super) async fn view(&self, stored: StoredWebhook) -> Result<Webhook, ApiError> {
        let views = self.views(vec![stored]).await?;
        views.into_iter().next().ok_or_else(|| ApiError::internal("an endpoint is not shown"))
    }

    /// Shows endpoints, in their order.
    pub(super) async fn views(&self, stored: Vec<StoredWebhook>) -> Result<Vec<Webhook>, ApiError> {
        let latest = self.0.source().latest_id().await?;
        let ids = stored.iter().map(|one| one.id.clone()).collect();
        let dead = self.0.store.count_dead(ids).await?;
        let now_secs = self.0.now() / 1000;
        let views = stored.into_iter().map(|one| {
            let dead = dead.get(&one.id).copied().unwrap_or(0);
            self.one(one, latest, dead, now_secs)
        });
        Ok(views.collect())
    }

    fn one(&self, stored: StoredWebhook, latest: i64, dead: i64, now_secs: i64) -> Webhook {
        let secs = |millis: i64| millis / 1000;
        let standing = stored.standing;
        let avatar = stored.avatar.and_then(|bytes| Avatar::from_sec1(&bytes).ok());
        Webhook {
            id: stored.id,
            url: stored.url,
            description: stored.description,
            types: stored.types.split(',').filter(|name| !name.is_empty()).map(str::to_owned).collect(),
            avatar: avatar.map(|avatar| self.0.shown(&avatar)),
            platform: stored.platform,
            created_at: stored.created_at_secs,
            enabled: stored.enabled,
            disabled_because: stored.disabled_because,
            cursor: standing.after_id,
            lag: (latest - standing.after_id).max(0),
            dead,
            failing_since: standing.failing_since.map(secs),
            attempts: standing.head_attempts,
            next_attempt_at: standing.failing_since.map(|_| secs(standing.next_attempt_at)),
            last_attempt_at: standing.last_attempt_at.map(secs),
            last_success_at: standing.last_success_at.map(secs),
            last_status: standing.last_status,
            last_error: standing.last_error,
            old_secret_until: Some(stored.secret_before_until_secs).filter(|until| *until > now_secs),
        }
    }
}
