//! `POST /v1/webhooks/{id}/test`

use actix_web::web::Path;

use super::Admin;
use super::view::Attempt;
use crate::http::{ApiError, Json};
use crate::webhooks::Message;

/// Sends a message of the type `webhook.test` now, and answers what the endpoint made of it.
///
/// It goes beside the others, to an endpoint that is disabled as well, and changes nothing about how the endpoint stands.
#[utoipa::path(
    post, path = "/v1/webhooks/{id}/test", tag = "webhooks", operation_id = "test_webhook",
    security(("webhooks" = [])),
    params(("id" = String, Path, description = "The endpoint's id.", example = "0b1e6f3c5d7a4e0f9c2b8a6d4f1e3c5b")),
    responses((status = 200, description = "What the endpoint made of it.", body = Attempt))
)]
pub async fn test(admin: Admin, id: Path<String>) -> Result<Json<Attempt>, ApiError> {
    let stored = admin.find(&id).await?;
    let message = Message::test(&stored.id, admin.0.now() / 1000);
    let (answer, took) = admin.0.send_now(&stored, &message).await.map_err(ApiError::internal)?;
    Ok(Json::ok(Attempt::new(message.id, answer, took)))
}
