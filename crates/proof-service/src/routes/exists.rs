//! `GET /v1/proof/exists`

use actix_web::web::Data;
use nextid_core::{Avatar, Identity, Platform};
use nextid_service::http::fields::{self, AvatarFields};
use nextid_service::http::{ApiError, ErrorCode, Json, Query};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::app::App;

/// Which binding is asked for.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ExistsQuery {
    /// Where the identity lives.
    #[param(required, value_type = Platform, example = "github")]
    platform: Option<String>,
    /// The account, name, address, or the platform's own id of the account.
    #[param(required, value_type = String, min_length = 1, max_length = 1024, example = "octocat")]
    identity: Option<String>,
    /// The Avatar, in hexadecimal.
    #[param(example = "0x02e3511304b78237a0c2a66c7aae5be20cd9104d1b452161529bb3a23cccbf55c9")]
    public_key: Option<String>,
    /// As `public_key`.
    avatar: Option<String>,
    /// As `public_key`.
    persona: Option<String>,
    /// Asks for a new look at the proof. The answer does not wait for it. Nothing happens if one began within the last
    /// minute.
    #[param(example = false)]
    recheck: Option<bool>,
}

/// A binding in force.
#[derive(Debug, Serialize, ToSchema)]
pub struct ExistsResponse {
    /// The identity, normalised: what was asked for may have been the account's own id.
    #[schema(example = "octocat")]
    identity: String,
    /// The platform's own id of the account.
    #[schema(example = "583231")]
    alt_id: String,
    /// When it was bound first: seconds since 1970.
    #[schema(example = "1700000000")]
    created_at: String,
    /// When its proof was looked at last: seconds since 1970.
    #[schema(example = "1700000000")]
    last_checked_at: String,
    /// Whether its proof was still there.
    is_valid: bool,
    /// Why not.
    #[schema(example = "")]
    invalid_reason: String,
    /// The account's present display name.
    #[schema(example = "octocat")]
    alt_name: String,
    /// What the last look at the proof said: valid, missing, mismatch, unreachable, unchecked.
    #[schema(example = "valid")]
    state: String,
    /// `origin` in a mirror, which only passes on what its origin says of proofs; otherwise not there.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "origin")]
    state_source: Option<&'static str>,
}

/// Whether an identity is bound to an Avatar.
#[utoipa::path(
    get, path = "/v1/proof/exists", tag = "proof", params(ExistsQuery),
    responses((status = 200, description = "The binding.", body = ExistsResponse))
)]
pub async fn exists(
    app: Data<App>,
    Query(query): Query<ExistsQuery>,
) -> Result<Json<ExistsResponse>, ApiError> {
    let platform = fields::platform(fields::required("platform", query.platform.as_deref())?)?;
    let asked = fields::required("identity", query.identity.as_deref())?;
    let avatar = AvatarFields {
        avatar: query.avatar.as_deref(),
        persona: query.persona.as_deref(),
        public_key: query.public_key.as_deref(),
    }
    .parse("public_key", Avatar::parse)?;
    if asked.len() > app.limits.identity_bytes || asked.contains('\0') {
        return fields::identity(platform, asked, app.limits.identity_bytes)
            .and(Err(ApiError::of(ErrorCode::BadIdentity)));
    }
    // An account's own id, such as GitHub's number, need not have the form of a name.
    let identity = Identity::parse(platform, asked)
        .map_or_else(|_| asked.to_owned(), |identity| identity.as_str().to_owned());
    let row = app.submitter.store.binding(avatar, platform, identity).await?.ok_or_else(|| {
        ApiError::new(ErrorCode::NotFound, format!("no binding of {asked} on {platform} to this Avatar"))
    })?;
    if query.recheck.unwrap_or(false) {
        app.ask_recheck(avatar, platform, row.identity.clone()).await?;
    }
    Ok(Json::ok(ExistsResponse {
        identity: row.identity,
        alt_id: row.alt_id,
        created_at: row.created_at.to_string(),
        last_checked_at: row.last_checked_at.to_string(),
        is_valid: row.is_valid,
        invalid_reason: row.invalid_reason,
        alt_name: row.alt_name,
        state: row.state,
        state_source: app.state_source(),
    }))
}

impl App {
    /// Makes a proof due now, and tells the worker. Where nothing is published there is nothing to look at.
    async fn ask_recheck(
        &self,
        avatar: Avatar,
        platform: Platform,
        identity: String,
    ) -> Result<(), ApiError> {
        let store = &self.submitter.store;
        if platform.needs_post()
            && store.ask_recheck(avatar, platform, identity, self.now().seconds()).await?
        {
            self.rechecker.wake();
        }
        Ok(())
    }
}
