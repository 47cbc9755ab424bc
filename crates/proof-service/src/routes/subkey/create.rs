//! `POST /v1/subkey`

use actix_web::web::Data;
use nextid_core::payload::SubkeyAlgorithm;
use nextid_service::http::{ApiError, Json, JsonBody};
use serde::Deserialize;
use utoipa::ToSchema;

use super::SubkeySignedResponse;
use super::fields::{self, SubkeyFields};
use crate::app::App;

/// A signed certificate.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(example = json!({
    "avatar": "0x02e3511304b78237a0c2a66c7aae5be20cd9104d1b452161529bb3a23cccbf55c9", "algorithm": "es256",
    "public_key": "0x6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c2964fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5",
    "rp_id": "example.com", "name": "my phone",
    "signature": "7IWu1smOEmY9t0uoZ9j3HbBNt/Ric4/0dwH7+ucjpGJyTmOOx7vbycPuTSWaONgzPbuIvYcPvWLA2YcOUg/nLQE="
}))]
pub struct SubkeyCreateRequest {
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
    /// The relying party, as it was signed.
    #[schema(required, value_type = String, min_length = 1, max_length = 1024)]
    rp_id: Option<String>,
    /// What its owner calls it. It is not signed.
    #[schema(max_length = 1024)]
    name: Option<String>,
    /// By the Avatar: `personal_sign`, 65 bytes in base64.
    #[schema(required, value_type = String)]
    signature: Option<String>,
}

/// Certifies a subkey. The Avatar signs; the subkey signs nothing.
#[utoipa::path(
    post, path = "/v1/subkey", operation_id = "create_subkey", tag = "subkey", request_body = SubkeyCreateRequest,
    responses((status = 200, description = "The subkey is certified.", body = SubkeySignedResponse))
)]
pub async fn create(
    app: Data<App>,
    JsonBody(request): JsonBody<SubkeyCreateRequest>,
) -> Result<Json<SubkeySignedResponse>, ApiError> {
    let max_bytes = app.limits.identity_bytes;
    let subkey = SubkeyFields {
        avatar: request.avatar.as_deref(),
        persona: request.persona.as_deref(),
        algorithm: request.algorithm.as_deref(),
        public_key: request.public_key.as_deref(),
        rp_id: request.rp_id.as_deref(),
    }
    .parse(max_bytes)?;
    let name = request.name.unwrap_or_default();
    fields::check_text("name", &name, max_bytes)?;
    let signature = fields::signature(request.signature.as_deref())?;
    let sign_payload = app.subkeys().create(subkey, name, signature, app.now()).await?;
    Ok(Json::ok(SubkeySignedResponse { sign_payload }))
}
