//! `GET /v1/webhooks/{id}/dead`, `POST /v1/webhooks/{id}/dead/{event}/retry`

use actix_web::web::Path;
use serde::Serialize;
use utoipa::ToSchema;

use super::Admin;
use super::list::{PER_PAGE, PageQuery};
use super::view::Attempt;
use crate::http::{ApiError, ErrorCode, Json, Pagination, Query};
use crate::webhooks::{DeadLetter, Message};

/// A message that was given up. Times are seconds since 1970.
#[derive(Debug, Serialize, ToSchema)]
pub struct DeadMessage {
    /// The event's place in the feed.
    #[schema(example = 203)]
    event: i64,
    /// How often it was sent.
    attempts: i64,
    /// When first.
    first_attempt_at: i64,
    /// When last.
    last_attempt_at: i64,
    /// The status that the last attempt was answered with.
    last_status: Option<i64>,
    /// Why the last attempt failed.
    error: String,
}

/// Messages that were given up.
#[derive(Debug, Serialize, ToSchema)]
pub struct DeadList {
    /// Where in the list this page is.
    pagination: Pagination,
    /// In the order of the feed.
    dead: Vec<DeadMessage>,
}

impl From<DeadLetter> for DeadMessage {
    fn from(letter: DeadLetter) -> Self {
        Self {
            event: letter.feed_id,
            attempts: letter.attempts,
            first_attempt_at: letter.first_attempt_at / 1000,
            last_attempt_at: letter.last_attempt_at / 1000,
            last_status: letter.last_status,
            error: letter.error,
        }
    }
}

/// What was given up after three days. It is kept until it arrives, or the endpoint is removed.
#[utoipa::path(
    get, path = "/v1/webhooks/{id}/dead", tag = "webhooks", operation_id = "dead_messages",
    security(("webhooks" = [])),
    params(
        ("id" = String, Path, description = "The endpoint's id.", example = "0b1e6f3c5d7a4e0f9c2b8a6d4f1e3c5b"),
        PageQuery
    ),
    responses((status = 200, description = "A page of messages.", body = DeadList))
)]
pub async fn dead(
    admin: Admin,
    id: Path<String>,
    Query(query): Query<PageQuery>,
) -> Result<Json<DeadList>, ApiError> {
    let stored = admin.find(&id).await?;
    let page = query.page.unwrap_or_default();
    let (letters, total) = admin.0.store.dead(stored.id, page, PER_PAGE).await?;
    let pagination = page.pagination(PER_PAGE, total, letters.len());
    Ok(Json::ok(DeadList { pagination, dead: letters.into_iter().map(DeadMessage::from).collect() }))
}

/// Sends a message that was given up, now and out of order, and answers what the endpoint made of it.
///
/// If it arrives it is no longer kept.
#[utoipa::path(
    post, path = "/v1/webhooks/{id}/dead/{event}/retry", tag = "webhooks", operation_id = "retry_dead_message",
    security(("webhooks" = [])),
    params(
        ("id" = String, Path, description = "The endpoint's id.", example = "0b1e6f3c5d7a4e0f9c2b8a6d4f1e3c5b"),
        ("event" = i64, Path, description = "The event's place in the feed.", example = 203)
    ),
    responses((status = 200, description = "What the endpoint made of it.", body = Attempt))
)]
pub async fn retry(admin: Admin, path: Path<(String, String)>) -> Result<Json<Attempt>, ApiError> {
    let (id, event) = path.into_inner();
    let missing = || ApiError::new(ErrorCode::NotFound, "there is no such message");
    let event: i64 = event.parse().map_err(|_| missing())?;
    let stored = admin.find(&id).await?;
    if !admin.0.store.is_dead(stored.id.clone(), event).await? {
        return Err(missing());
    }
    let source = admin.0.source();
    let events = source.read_after(event - 1, 1).await?;
    let found = events.first().filter(|found| found.id == event).ok_or_else(missing)?;
    let message = Message::of(found, &source.epoch().await?, admin.0.now() / 1000);
    let (answer, took) = admin.0.send_now(&stored, &message).await.map_err(ApiError::internal)?;
    let attempt = Attempt::new(message.id, answer, took);
    if attempt.delivered {
        admin.0.store.revive(stored.id, event).await?;
    }
    Ok(Json::ok(attempt))
}
