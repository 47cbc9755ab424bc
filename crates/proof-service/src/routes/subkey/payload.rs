//! `POST /v1/subkey/payload`

use actix_web::web::Data;
use nextid_core::payload::SubkeyAlgorithm;
use nextid_core::{Action, LinkUuid};
use nextid_service::http::{ApiError, Json, JsonBody};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::fields::SubkeyFields;
use crate::app::App;
use crate::routes::submit::parse_action;

/// What is to be signed.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = SubkeyPayloadRequest, example = json!({
    "avatar": "0x02e3511304b78237a0c2a66c7aae5be20cd9104d1b452161529bb3a23cccbf55c9", "algorithm": "es256",
    "public_key": "0x6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c2964fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5",
    "rp_id": "example.com"
}))]
pub struct SubkeyPayloadRequest {
    /// `create`, which certifies and is the default, or `delete`, which revokes.
    #[schema(value_type = Option<Action>)]
    action: Option<String>,
    /// The Avatar, in hexadecimal.
    avatar: Option<String>,
    /// As `avatar`.
    persona: Option<String>,
    /// The subkey's algorithm.
    #[schema(required, value_type = SubkeyAlgorithm)]
    algorithm: Option<String>,
    /// The subkey, in hexadecimal. It is signed as it is sent.
    #[schema(required, value_type = String)]
    public_key: Option<String>,
    /// The relying party (WebAuthn): usually a domain.
    #[schema(required, value_type = String, min_length = 1, max_length = 1024)]
    rp_id: Option<String>,
}

/// What to sign.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SubkeyPayloadResponse)]
pub struct SubkeyPayloadResponse {
    /// The exact string to sign with `personal_sign`.
    sign_payload: String,
    /// For a revocation only: to be sent with the signature.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "353449e6-3a6f-4ac8-ae65-ba14bf466baf")]
    uuid: Option<String>,
    /// For a revocation only: to be sent with the signature. Seconds since 1970.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "1700000000")]
    created_at: Option<String>,
}

/// Makes the string with which an Avatar certifies a subkey, or revokes it.
#[utoipa::path(
    post, path = "/v1/subkey/payload", operation_id = "subkey_payload", tag = "subkey", request_body = SubkeyPayloadRequest,
    responses((status = 200, description = "What to sign.", body = SubkeyPayloadResponse))
)]
pub async fn payload(
    app: Data<App>,
    JsonBody(request): JsonBody<SubkeyPayloadRequest>,
) -> Result<Json<SubkeyPayloadResponse>, ApiError> {
    let action = match request.action.as_deref().filter(|text| !text.is_empty()) {
        Some(text) => parse_action(text)?,
        None => Action::Create,
    };
    let subkey = SubkeyFields {
        avatar: request.avatar.as_deref(),
        persona: request.persona.as_deref(),
        algorithm: request.algorithm.as_deref(),
        public_key: request.public_key.as_deref(),
        rp_id: request.rp_id.as_deref(),
    }
    .parse(app.limits.identity_bytes)?;
    Ok(Json::ok(match action {
        Action::Create => {
            SubkeyPayloadResponse { sign_payload: subkey.create_payload(), uuid: None, created_at: None }
        }
        Action::Delete => {
            let uuid = LinkUuid::new(uuid::Uuid::new_v4()).map_err(ApiError::internal)?;
            let created_at = app.now();
            SubkeyPayloadResponse {
                sign_payload: subkey.delete_payload(created_at, uuid),
                uuid: Some(uuid.to_string()),
                created_at: Some(created_at.to_string()),
            }
        }
    }))
}
