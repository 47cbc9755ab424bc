//! `POST /v1/kv`

use actix_web::web::Data;
use nextid_core::link::KvLink;
use nextid_core::{Signature, signature_text};
use nextid_service::http::fields::{self, AvatarFields};
use nextid_service::http::{ApiError, ErrorCode, Json, JsonBody};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use super::content::ContentResponse;
use super::write::WriteFields;
use crate::app::App;
use crate::submit::{Submission, Submitted};

/// A signed payload.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(example = json!({
    "avatar": "0x02e3511304b78237a0c2a66c7aae5be20cd9104d1b452161529bb3a23cccbf55c9", "platform": "nextid",
    "identity": "0x02e3511304b78237a0c2a66c7aae5be20cd9104d1b452161529bb3a23cccbf55c9",
    "uuid": "00000000-0000-4000-8000-000000000070", "created_at": 1_700_000_000,
    "patch": {"this": "is", "a": "sample", "structure": ["it", "could", "be", "anything"], "key": {"to": {"delete": null}}},
    "signature": "cQBluoTWqLf8168H/diFAtT/g6SWRGCfkoApDsaZnWhWiqceWJC9yWSWamieAndWt9GlLGcPjrWrN7UWU4LvBBw="
}))]
pub struct SubmitRequest {
    /// The Avatar, in hexadecimal. One of the three names has to be given.
    avatar: Option<String>,
    /// As `avatar`.
    persona: Option<String>,
    /// As `avatar`.
    public_key: Option<String>,
    /// Where the identity lives; `nextid` for the Avatar itself.
    #[schema(required, value_type = String)]
    platform: Option<String>,
    /// The identity, spelled as it was when the payload was asked for.
    #[schema(required, value_type = String)]
    identity: Option<String>,
    /// The patch of which the payload was made.
    #[schema(required, value_type = Object)]
    patch: Option<Value>,
    /// As the payload endpoint gave it.
    #[schema(required, value_type = String)]
    uuid: Option<String>,
    /// As the payload endpoint gave it.
    #[schema(required, value_type = i64)]
    created_at: Option<i64>,
    /// By the Avatar: `personal_sign`, 65 bytes in base64.
    #[schema(required, value_type = String)]
    signature: Option<String>,
    /// What the client takes for the chain's head: the signature in base64, empty for a chain without links. Only
    /// compared.
    prev: Option<String>,
    /// As `prev`.
    previous: Option<String>,
}

/// Everything that the Avatar published, and the accepted link.
#[derive(Debug, Serialize, ToSchema)]
pub struct SubmitResponse {
    #[serde(flatten)]
    content: ContentResponse,
    /// The accepted link.
    link: KvLink,
    /// True if the same submission had been accepted before, and nothing was done now.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    replayed: bool,
}

/// Appends a link, which changes the content under one identity.
#[utoipa::path(
    post, path = "/v1/kv", operation_id = "submit", tag = "kv", request_body = SubmitRequest,
    responses((status = 201, description = "The link is in the chain.", body = SubmitResponse))
)]
pub async fn submit(
    app: Data<App>,
    JsonBody(request): JsonBody<SubmitRequest>,
) -> Result<Json<SubmitResponse>, ApiError> {
    let submission = parse(&app, request)?;
    let avatar = submission.write.avatar;
    let Submitted { link, replayed, namespaces } = app.submitter.submit(submission, app.now()).await?;
    Ok(Json::created(SubmitResponse { content: ContentResponse::new(&avatar, namespaces)?, link, replayed }))
}

fn parse(app: &App, request: SubmitRequest) -> Result<Submission, ApiError> {
    let write = WriteFields {
        avatar: AvatarFields {
            avatar: request.avatar.as_deref(),
            persona: request.persona.as_deref(),
            public_key: request.public_key.as_deref(),
        },
        platform: request.platform.as_deref(),
        identity: request.identity.as_deref(),
        patch: request.patch,
    }
    .parse(&app.limits)?;
    let uuid = fields::uuid(fields::required("uuid", request.uuid.as_deref())?)?;
    let created_at = request.created_at.ok_or_else(|| ApiError::missing_field("created_at"))?;
    Ok(Submission {
        write,
        uuid,
        created_at: fields::created_at_seconds(created_at)?,
        signature: parse_signature(fields::required("signature", request.signature.as_deref())?)?,
        claimed_prev: request
            .previous
            .or(request.prev)
            .map(|prev| Some(prev).filter(|prev| !prev.is_empty())),
    })
}

fn parse_signature(text: &str) -> Result<Signature, ApiError> {
    let refuse = |why: &dyn std::fmt::Display| {
        ApiError::new(ErrorCode::BadSignatureEncoding, format!("signature: {why}")).field("signature")
    };
    let bytes = signature_text::decode_base64_kv(text).map_err(|error| refuse(&error))?;
    Signature::from_slice(&bytes).map_err(|error| refuse(&error))
}
