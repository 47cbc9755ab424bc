//! `POST /v1/webhooks/{id}/enable`, `…/disable`, `…/rotate`, `…/replay`, `DELETE /v1/webhooks/{id}`

use actix_web::web::Path;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::Admin;
use super::admin::no_such_webhook;
use super::create::check_after;
use super::view::Webhook;
use crate::http::{ApiError, Json, JsonBody, Query};
use crate::webhooks::SigningSecret;
use crate::webhooks::store::Replay;

/// How long a secret that was replaced signs as well: a day, and at most thirty.
const KEEP_SECS: i64 = 86_400;
const LONGEST_KEEP_SECS: i64 = 30 * 86_400;

/// Sends again, beginning where the endpoint stands: what it missed comes first.
#[utoipa::path(
    post, path = "/v1/webhooks/{id}/enable", tag = "webhooks", operation_id = "enable_webhook",
    security(("webhooks" = [])),
    params(("id" = String, Path, description = "The endpoint's id.", example = "0b1e6f3c5d7a4e0f9c2b8a6d4f1e3c5b")),
    responses((status = 200, description = "The endpoint.", body = Webhook))
)]
pub async fn enable(admin: Admin, id: Path<String>) -> Result<Json<Webhook>, ApiError> {
    switch(&admin, id.into_inner(), true).await
}

/// Sends nothing more. A message that is under way is not called back.
#[utoipa::path(
    post, path = "/v1/webhooks/{id}/disable", tag = "webhooks", operation_id = "disable_webhook",
    security(("webhooks" = [])),
    params(("id" = String, Path, description = "The endpoint's id.", example = "0b1e6f3c5d7a4e0f9c2b8a6d4f1e3c5b")),
    responses((status = 200, description = "The endpoint.", body = Webhook))
)]
pub async fn disable(admin: Admin, id: Path<String>) -> Result<Json<Webhook>, ApiError> {
    switch(&admin, id.into_inner(), false).await
}

async fn switch(admin: &Admin, id: String, enabled: bool) -> Result<Json<Webhook>, ApiError> {
    let found = admin.0.store.set_enabled(id, enabled, admin.0.now()).await?;
    let stored = found.ok_or_else(no_such_webhook)?;
    log::info!("webhook.id" = stored.id.as_str(), "webhook.enabled" = enabled; "a webhook was switched");
    admin.0.changed();
    Ok(Json::ok(admin.view(stored).await?))
}

/// How the old secret ends.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct RotateQuery {
    /// Seconds for which the old secret signs as well: a day if absent, at most thirty days.
    #[param(example = 86400)]
    keep_old_secs: Option<i64>,
}

/// A new secret, which is shown this once.
#[derive(Debug, Serialize, ToSchema)]
pub struct NewSecret {
    /// What messages are signed with from now on.
    #[schema(example = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")]
    secret: String,
    /// The second until which the old one signs as well.
    old_secret_until: i64,
}

/// Replaces the secret.
///
/// For a while messages carry two signatures, one of each. A secret that was replaced before that time is over ends at once.
#[utoipa::path(
    post, path = "/v1/webhooks/{id}/rotate", tag = "webhooks", operation_id = "rotate_webhook",
    security(("webhooks" = [])),
    params(
        ("id" = String, Path, description = "The endpoint's id.", example = "0b1e6f3c5d7a4e0f9c2b8a6d4f1e3c5b"),
        RotateQuery
    ),
    responses((status = 200, description = "The new secret.", body = NewSecret))
)]
pub async fn rotate(
    admin: Admin,
    id: Path<String>,
    Query(query): Query<RotateQuery>,
) -> Result<Json<NewSecret>, ApiError> {
    let keep = query.keep_old_secs.unwrap_or(KEEP_SECS);
    if !(0..=LONGEST_KEEP_SECS).contains(&keep) {
        return Err(ApiError::bad_field("keep_old_secs", format!("must be from 0 to {LONGEST_KEEP_SECS}")));
    }
    let secret = SigningSecret::generate();
    let text = secret.expose().to_string();
    let until = admin.0.now() / 1000 + keep;
    let found = admin.0.store.rotate(id.into_inner(), secret, until).await?;
    let stored = found.ok_or_else(no_such_webhook)?;
    log::info!("webhook.id" = stored.id.as_str(); "a webhook has a new secret");
    admin.0.changed();
    Ok(Json::ok(NewSecret { secret: text, old_secret_until: until }))
}

/// Where to go on.
#[derive(Debug, Deserialize, ToSchema)]
pub struct ReplayRequest {
    /// The feed id after which the endpoint goes on: 0 sends everything there ever was, the highest id skips what waits.
    #[schema(example = 0)]
    after: i64,
}

/// Goes on elsewhere in the feed, back or forth, and forgets failures.
///
/// What was sent before is sent again under the same `webhook-id`.
#[utoipa::path(
    post, path = "/v1/webhooks/{id}/replay", tag = "webhooks", operation_id = "replay_webhook",
    request_body = ReplayRequest, security(("webhooks" = [])),
    params(("id" = String, Path, description = "The endpoint's id.", example = "0b1e6f3c5d7a4e0f9c2b8a6d4f1e3c5b")),
    responses((status = 200, description = "The endpoint.", body = Webhook))
)]
pub async fn replay(
    admin: Admin,
    id: Path<String>,
    JsonBody(body): JsonBody<ReplayRequest>,
) -> Result<Json<Webhook>, ApiError> {
    check_after(body.after, i64::MAX)?;
    match admin.0.store.replay(id.into_inner(), body.after, admin.0.now()).await? {
        Replay::Done(stored) => {
            log::info!("webhook.id" = stored.id.as_str(), "webhook.after" = body.after; "a webhook is replayed");
            admin.0.changed();
            Ok(Json::ok(admin.view(*stored).await?))
        }
        Replay::NotFound => Err(no_such_webhook()),
        Replay::BeyondEnd(latest) => {
            check_after(body.after, latest)?;
            Err(ApiError::internal("a place within the feed was refused"))
        }
    }
}

/// An endpoint that is there no more.
#[derive(Debug, Serialize, ToSchema)]
pub struct Deleted {
    /// Its id.
    id: String,
    /// `true`.
    deleted: bool,
}

/// Removes an endpoint, its secret and what was given up.
#[utoipa::path(
    delete, path = "/v1/webhooks/{id}", tag = "webhooks", operation_id = "delete_webhook",
    security(("webhooks" = [])),
    params(("id" = String, Path, description = "The endpoint's id.", example = "0b1e6f3c5d7a4e0f9c2b8a6d4f1e3c5b")),
    responses((status = 200, description = "It is removed.", body = Deleted))
)]
pub async fn delete(admin: Admin, id: Path<String>) -> Result<Json<Deleted>, ApiError> {
    let id = id.into_inner();
    if !admin.0.store.delete(id.clone()).await? {
        return Err(no_such_webhook());
    }
    log::info!("webhook.id" = id.as_str(); "a webhook was removed");
    admin.0.changed();
    Ok(Json::ok(Deleted { id, deleted: true }))
}
