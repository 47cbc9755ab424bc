//! `GET /v1/kv/at`

use actix_web::web::Data;
use nextid_core::Avatar;
use nextid_service::http::fields::{self, AvatarFields};
use nextid_service::http::{ApiError, ErrorCode, Json, Query};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::content::NamespaceContent;
use crate::app::App;
use crate::history;
use crate::submit::HeadSummary;

/// Whose contents are asked for, and as of which link.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct AtQuery {
    /// The Avatar, in hexadecimal. One of the three names has to be given.
    #[param(example = "0x02e3511304b78237a0c2a66c7aae5be20cd9104d1b452161529bb3a23cccbf55c9")]
    avatar: Option<String>,
    /// As `avatar`.
    persona: Option<String>,
    /// As `avatar`.
    public_key: Option<String>,
    /// The uuid of a link of the Avatar's chain.
    #[param(required, value_type = String, example = "353449e6-3a6f-4ac8-ae65-ba14bf466baf")]
    uuid: Option<String>,
}

/// What an Avatar had published when a link was its newest one.
#[derive(Debug, Serialize, ToSchema)]
pub struct AtResponse {
    /// The Avatar: `0x` and 130 hexadecimal digits.
    persona: String,
    /// As `persona`.
    avatar: String,
    /// The link.
    head: HeadSummary,
    /// One for each identity under which something had been published, the oldest first.
    proofs: Vec<NamespaceContent>,
}

/// What an Avatar had published once a link was accepted: all patches up to it, one after the other.
#[utoipa::path(
    get, path = "/v1/kv/at", operation_id = "at", tag = "kv", params(AtQuery),
    responses((status = 200, description = "The contents as they were.", body = AtResponse))
)]
pub async fn at(app: Data<App>, Query(query): Query<AtQuery>) -> Result<Json<AtResponse>, ApiError> {
    let avatar = AvatarFields {
        avatar: query.avatar.as_deref(),
        persona: query.persona.as_deref(),
        public_key: query.public_key.as_deref(),
    }
    .parse("avatar", Avatar::parse_with_raw)?;
    let uuid = fields::uuid(fields::required("uuid", query.uuid.as_deref())?)?;
    let past = history::contents_at(&app.submitter.store, avatar, uuid).await?.ok_or_else(|| {
        ApiError::new(ErrorCode::NotFound, "the Avatar's chain has no link with this uuid").field("uuid")
    })?;
    let shown = avatar.to_uncompressed_hex();
    Ok(Json::ok(AtResponse {
        persona: shown.clone(),
        avatar: shown,
        head: HeadSummary::of(&past.head),
        proofs: past
            .namespaces
            .into_iter()
            .map(|past| NamespaceContent::of(past.platform, past.identity, past.content))
            .collect(),
    }))
}
