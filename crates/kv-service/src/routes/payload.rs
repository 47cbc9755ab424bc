//! `POST /v1/kv/payload`

use actix_web::web::Data;
use nextid_service::http::fields::AvatarFields;
use nextid_service::http::{ApiError, Json, JsonBody};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use super::write::WriteFields;
use crate::app::App;

/// What is to be signed.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(example = json!({
    "avatar": "0x02e3511304b78237a0c2a66c7aae5be20cd9104d1b452161529bb3a23cccbf55c9", "platform": "nextid",
    "identity": "0x02e3511304b78237a0c2a66c7aae5be20cd9104d1b452161529bb3a23cccbf55c9",
    "patch": {"com.example": {"theme": "dark", "old": null}}
}))]
pub struct PayloadRequest {
    /// The Avatar, in hexadecimal. One of the three names has to be given.
    avatar: Option<String>,
    /// As `avatar`.
    persona: Option<String>,
    /// As `avatar`.
    public_key: Option<String>,
    /// Where the identity lives; `nextid` for the Avatar itself.
    #[schema(required, value_type = String)]
    platform: Option<String>,
    /// The account, name or address; on `nextid` the Avatar's own key.
    #[schema(required, value_type = String)]
    identity: Option<String>,
    /// An RFC 7396 merge patch: an object. A member that is null removes.
    #[schema(required, value_type = Object)]
    patch: Option<Value>,
}

/// What to sign.
#[derive(Debug, Serialize, ToSchema)]
pub struct PayloadResponse {
    /// To be sent with the signature.
    #[schema(example = "353449e6-3a6f-4ac8-ae65-ba14bf466baf")]
    uuid: String,
    /// The exact string to sign with `personal_sign`.
    #[schema(
        example = r#"{"version":"1","uuid":"353449e6-3a6f-4ac8-ae65-ba14bf466baf","avatar":"04e3511304b78237a0c2a66c7aae5be20cd9104d1b452161529bb3a23cccbf55c985f88cf31fbf7e622fe5daf0bb0e9a21e9cff2dc988273cd4cc049d94a3986c6","platform":"nextid","identity":"0x02e3511304b78237a0c2a66c7aae5be20cd9104d1b452161529bb3a23cccbf55c9","patch":{"com.example":{"old":null,"theme":"dark"}},"created_at":1700000000,"previous":null}"#
    )]
    sign_payload: String,
    /// To be sent with the signature: seconds since 1970.
    #[schema(example = 1_700_000_000)]
    created_at: i64,
}

/// Makes the string to sign, over the chain's present head. Also at `/v1/KV/payload`.
#[utoipa::path(
    post, path = "/v1/kv/payload", operation_id = "payload", tag = "kv", request_body = PayloadRequest,
    responses((status = 200, description = "The string to sign.", body = PayloadResponse))
)]
pub async fn payload(
    app: Data<App>,
    JsonBody(request): JsonBody<PayloadRequest>,
) -> Result<Json<PayloadResponse>, ApiError> {
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
    let issued = app.issue_payload(&write).await?;
    Ok(Json::ok(PayloadResponse {
        uuid: issued.uuid.to_string(),
        sign_payload: issued.sign_payload,
        created_at: issued.created_at.seconds(),
    }))
}
