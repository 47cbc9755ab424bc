//! `GET /v1/webhooks`, `GET /v1/webhooks/{id}`

use actix_web::web::Path;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::Admin;
use super::view::Webhook;
use crate::http::{ApiError, Json, Page, Pagination, Query};

/// Endpoints, or what was given up, on a page.
pub(super) const PER_PAGE: i64 = 50;

/// Which page.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct PageQuery {
    /// The number of the page, from 1.
    #[param(value_type = Option<i64>, example = 1)]
    pub(super) page: Option<Page>,
}

/// Endpoints.
#[derive(Debug, Serialize, ToSchema)]
pub struct WebhookList {
    /// Where in the list this page is.
    pagination: Pagination,
    /// The oldest first.
    webhooks: Vec<Webhook>,
}

/// All endpoints. Their secrets are not shown.
#[utoipa::path(
    get, path = "/v1/webhooks", tag = "webhooks", operation_id = "list_webhooks", params(PageQuery),
    security(("webhooks" = [])),
    responses((status = 200, description = "A page of endpoints.", body = WebhookList))
)]
pub async fn list(admin: Admin, Query(query): Query<PageQuery>) -> Result<Json<WebhookList>, ApiError> {
    let page = query.page.unwrap_or_default();
    let (stored, total) = admin.0.store.list(page, PER_PAGE).await?;
    let pagination = page.pagination(PER_PAGE, total, stored.len());
    Ok(Json::ok(WebhookList { pagination, webhooks: admin.views(stored).await? }))
}

/// One endpoint, and how it stands.
#[utoipa::path(
    get, path = "/v1/webhooks/{id}", tag = "webhooks", operation_id = "show_webhook",
    security(("webhooks" = [])),
    params(("id" = String, Path, description = "The endpoint's id.", example = "0b1e6f3c5d7a4e0f9c2b8a6d4f1e3c5b")),
    responses((status = 200, description = "The endpoint.", body = Webhook))
)]
pub async fn show(admin: Admin, id: Path<String>) -> Result<Json<Webhook>, ApiError> {
    let stored = admin.find(&id).await?;
    Ok(Json::ok(admin.view(stored).await?))
}
