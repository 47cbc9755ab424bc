//! `GET /v1/kv/by_identity`

use actix_web::web::Data;
use nextid_service::http::fields;
use nextid_service::http::{ApiError, Json, Page, Pagination, Query};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};

use super::content::read;
use crate::app::App;

/// Avatars on a page.
const PER_PAGE: i64 = 40;

/// Under which identity.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ByIdentityQuery {
    /// Where the identity lives.
    #[param(required, example = "github")]
    platform: Option<String>,
    /// The account, name or address.
    #[param(required, example = "octocat")]
    identity: Option<String>,
    /// The page, from 1.
    #[param(value_type = Option<i64>, example = 1)]
    page: Option<Page>,
}

/// What is published under an identity, by every Avatar to which it is bound.
#[derive(Debug, Serialize, ToSchema)]
pub struct ByIdentityResponse {
    /// One for each Avatar, the oldest first.
    values: Vec<AvatarContent>,
    /// Where in the list this page is. Avatars to which the identity is not bound any more are counted and not shown.
    pagination: Pagination,
}

/// What one Avatar published under the identity.
#[derive(Debug, Serialize, ToSchema)]
pub struct AvatarContent {
    /// The Avatar: `0x` and 130 hexadecimal digits.
    #[schema(
        example = "0x04e3511304b78237a0c2a66c7aae5be20cd9104d1b452161529bb3a23cccbf55c985f88cf31fbf7e622fe5daf0bb0e9a21e9cff2dc988273cd4cc049d94a3986c6"
    )]
    avatar: String,
    /// What follows from all patches, one after the other.
    #[schema(value_type = Object, example = json!({"com.example": {"theme": "dark"}}))]
    content: Value,
}

/// What is published under an identity. Only Avatars to which it is bound, by a proof that is valid, are listened to.
#[utoipa::path(
    get, path = "/v1/kv/by_identity", operation_id = "by_identity", tag = "kv", params(ByIdentityQuery),
    responses((status = 200, description = "The contents.", body = ByIdentityResponse))
)]
pub async fn by_identity(
    app: Data<App>,
    Query(query): Query<ByIdentityQuery>,
) -> Result<Json<ByIdentityResponse>, ApiError> {
    let platform = fields::platform(fields::required("platform", query.platform.as_deref())?)?;
    let identity = fields::required("identity", query.identity.as_deref())?;
    let identity = fields::identity(platform, identity, app.limits.identity_bytes)?;
    let page = query.page.unwrap_or_default();
    let (bound, all) = app.published_under(&identity, page, PER_PAGE).await?;
    let values = bound.into_iter().map(|(avatar, namespace)| {
        Ok(AvatarContent { avatar: avatar.to_uncompressed_hex(), content: read(&namespace.content)? })
    });
    Ok(Json::ok(ByIdentityResponse {
        values: values.collect::<Result<_, ApiError>>()?,
        pagination: page.pagination(PER_PAGE, all.total, all.shown),
    }))
}
