//! `GET /v1/kv/by_identity`

use actix_web::web::Data;
use nextid_service::http::fields;
use nextid_service::http::{ApiError, Json, Page, Pagination, Query};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};

use super::content::read;
use crate::app::App;
use crate::store::avatar_hex;

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
    /// Where in the list this page is.
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

/// What is published under an identity. Only Avatars to which it is bound, by a proof that is valid, are listened to; what
/// they wrote while the name was another account's is left out.
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
    let store = &app.submitter.store;
    let (bound, total) = store.namespaces_under(&identity, page.offset(PER_PAGE), PER_PAGE).await?;
    let pagination = page.pagination(PER_PAGE, total, bound.len());
    let values = bound.into_iter().map(|namespace| {
        Ok(AvatarContent { avatar: avatar_hex(&namespace.avatar), content: read(&namespace.content)? })
    });
    Ok(Json::ok(ByIdentityResponse { values: values.collect::<Result<_, ApiError>>()?, pagination }))
}
