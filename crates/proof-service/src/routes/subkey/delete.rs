//! `DELETE /v1/subkey`

use actix_web::web::Data;
use nextid_core::payload::SubkeyAlgorithm;
use nextid_service::http::fields::{created_at, required, uuid};
use nextid_service::http::{ApiError, Json, JsonBody};
use serde::Deserialize;
use utoipa::ToSchema;

use super::SubkeySignedResponse;
use super::fields::{self, SubkeyFields};
use crate::app::App;

/// A signed revocation.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(example = json!({
    "avatar": "0x02e3511304b78237a0c2a66c7aae5be20cd9104d1b452161529bb3a23cccbf55c9", "algorithm": "es256",
    "public_key": "0x6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c2964fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5",
    "rp_id": "example.com", "uuid": "353449e6-3a6f-4ac8-ae65-ba14bf466baf", "created_at": "1700000000",
    "signature": "7IWu1smOEmY9t0uoZ9j3HbBNt/Ric4/0dwH7+ucjpGJyTmOOx7vbycPuTSWaONgzPbuIvYcPvWLA2YcOUg/nLQE="
}))]
pub struct SubkeyDeleteRequest {
    /// The Avatar, in hexadecimal.
    avatar: Option<String>,
    /// As `avatar`.
    persona: Option<String>,
    /// The subkey's algorithm.
    #[schema(required, value_type = SubkeyAlgorithm)]
    algorithm: Option<String>,
    /// The subkey, in hexadecimal, as it was signed.
    #[schema(required, value_type = String)]
    public_key: Option<String>,
    /// The relying party for which it was certified.
    #[schema(required, value_type = String, min_length = 1, max_length = 1024)]
    rp_id: Option<String>,
    /// As the payload endpoint gave it.
    #[schema(required, value_type = String, min_length = 32, max_length = 45)]
    uuid: Option<String>,
    /// As the payload endpoint gave it.
    #[schema(required, value_type = String, pattern = "^[+]?[0-9]+$")]
    created_at: Option<String>,
    /// By the Avatar: `personal_sign`, 65 bytes in base64.
    #[schema(required, value_type = String)]
    signature: Option<String>,
}

/// Revokes a subkey, for good.
#[utoipa::path(
    delete, path = "/v1/subkey", operation_id = "delete_subkey", tag = "subkey", request_body = SubkeyDeleteRequest,
    responses((status = 200, description = "The subkey is revoked.", body = SubkeySignedResponse))
)]
pub async fn delete(
    app: Data<App>,
    JsonBody(request): JsonBody<SubkeyDeleteRequest>,
) -> Result<Json<SubkeySignedResponse>, ApiError> {
    let subkey = SubkeyFields {
        avatar: request.avatar.as_deref(),
        persona: request.persona.as_deref(),
        algorithm: request.algorithm.as_deref(),
        public_key: request.public_key.as_deref(),
        rp_id: request.rp_id.as_deref(),
    }
    .parse(app.limits.identity_bytes)?;
    let uuid = uuid(required("uuid", request.uuid.as_deref())?)?;
    let created_at = created_at(required("created_at", request.created_at.as_deref())?)?;
    let signature = fields::signature(request.signature.as_deref())?;
    let sign_payload = app.subkeys().delete(subkey, (created_at, uuid), signature, app.now()).await?;
    Ok(Json::ok(SubkeySignedResponse { sign_payload }))
}
