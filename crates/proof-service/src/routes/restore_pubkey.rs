//! `POST /v1/proof/restore_pubkey`

use std::fmt::Display;

use actix_web::web::Data;
use nextid_core::restore::{PublishedProof, RestoreError, TweetFields};
use nextid_core::{Action, CreatedAt, LinkUuid, Platform, Signature, signature_text};
use nextid_platforms::post;
use nextid_service::http::fields::{self, required};
use nextid_service::http::{ApiError, ErrorCode, Json, JsonBody};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::submit::parse_action;
use crate::app::App;

/// What was signed: the text of a tweet, or `uuid`, `created_at`, `previous` and `signature` one by one.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(example = json!({
    "action": "create", "platform": "twitter", "identity": "yeiwb",
    "uuid": "f26593f3-3b05-4979-934a-f823a7380d05", "created_at": "1694961172",
    "previous": "0aF+vdyS8bU0eA/beKVjrPgAIqeWwD6a6wvb3xLYz/lO4IfYATztpJTggoqUco0C9pI4lNJ5Vd9DNbNmuD9DUgE=",
    "signature": "cakVrOig6RCA5U8iffo7D6BXkeIpELvzY/H7m6V+Vw0qSlSGOnbhyvE+J54Cmwv/9S/6QwU41MwSY8nRwtqM6Rs="
}))]
pub struct RestoreRequest {
    /// `create` or `delete`.
    #[schema(required, value_type = Action)]
    action: Option<String>,
    /// Where the identity lives. Not `ethereum`, `solana` or `nextid`: there the signed text names the Avatar.
    #[schema(required, value_type = Platform)]
    platform: Option<String>,
    /// The account or name.
    #[schema(required, value_type = String, min_length = 1, max_length = 1024)]
    identity: Option<String>,
    /// The text of the proof post, on `twitter` only. If it is given, the fields below are not looked at.
    proof_post: Option<String>,
    /// The signed uuid.
    #[schema(min_length = 32, max_length = 45)]
    uuid: Option<String>,
    /// The signed second: seconds since 1970.
    #[schema(pattern = "^[+]?[0-9]+$")]
    created_at: Option<String>,
    /// The signature of the link before, 65 bytes in base64; empty or absent for the first link of a chain.
    previous: Option<String>,
    /// The signature, 65 bytes in base64.
    signature: Option<String>,
}

/// Who signed.
#[derive(Debug, Serialize, ToSchema)]
pub struct RestoreResponse {
    /// The Avatar: `0x` and 66 hexadecimal digits.
    #[schema(example = "0x027e55e1b78e873c6f7d585064b41cd2735000bacc0092fe947c11ab7742ed351f")]
    public_key: String,
}

/// What was signed beside the identity.
struct Signed {
    uuid: LinkUuid,
    created_at: CreatedAt,
    previous: Option<Signature>,
    signature: Signature,
}

/// Tells which Avatar made a published signature. Every field has to be as it was signed: with another one the answer is
/// another key, and not an error.
#[utoipa::path(
    post, path = "/v1/proof/restore_pubkey", tag = "proof", request_body = RestoreRequest,
    responses((status = 200, description = "The key.", body = RestoreResponse))
)]
pub async fn restore_pubkey(
    app: Data<App>,
    JsonBody(request): JsonBody<RestoreRequest>,
) -> Result<Json<RestoreResponse>, ApiError> {
    let action = parse_action(required("action", request.action.as_deref())?)?;
    let platform = fields::platform(required("platform", request.platform.as_deref())?)?;
    let identity = required("identity", request.identity.as_deref())?;
    let signed = match request.proof_post.as_deref().filter(|text| !text.is_empty()) {
        Some(post) => read_post(platform, post)?,
        None => read_fields(&request)?,
    };
    let identity = fields::identity(platform, identity, app.limits.identity_bytes)?;
    let avatar = PublishedProof {
        action,
        identity: &identity,
        created_at: signed.created_at,
        uuid: signed.uuid,
        previous: signed.previous,
        signature: signed.signature,
    }
    .avatar()
    .map_err(refuse)?;
    Ok(Json::ok(RestoreResponse { public_key: avatar.to_hex() }))
}

fn read_fields(request: &RestoreRequest) -> Result<Signed, ApiError> {
    let uuid = fields::uuid(required("uuid", request.uuid.as_deref())?)?;
    let created_at = fields::created_at(required("created_at", request.created_at.as_deref())?)?;
    let previous = request.previous.as_deref().filter(|text| !text.is_empty());
    Ok(Signed {
        uuid,
        created_at,
        previous: previous.map(|text| decode("previous", text)).transpose()?,
        signature: decode("signature", required("signature", request.signature.as_deref())?)?,
    })
}

fn read_post(platform: Platform, text: &str) -> Result<Signed, ApiError> {
    if platform != Platform::Twitter {
        return Err(ApiError::bad_field("platform", "a proof_post is read for twitter only")
            .expected([Platform::Twitter])
            .found(platform));
    }
    let text = post::tidied(text);
    let found = TweetFields::read(&text);
    let missing = |line: &str| format!("proof_post: it has no line \"{line}\"");
    let signature = found.signature.ok_or_else(|| {
        ApiError::new(ErrorCode::SignatureMissing, missing("Sig: <signature>")).field("proof_post")
    })?;
    let misc = found.misc.ok_or_else(|| {
        ApiError::new(ErrorCode::BadField, missing("Misc: <uuid>|<created_at>|<previous>"))
            .field("proof_post")
    })?;
    let in_post = |error: ApiError| error.field("proof_post");
    Ok(Signed {
        uuid: fields::uuid(misc.uuid).map_err(in_post)?,
        created_at: fields::created_at(misc.created_at).map_err(in_post)?,
        previous: misc.previous.map(|text| decode("previous", text)).transpose().map_err(in_post)?,
        signature: Signature::from_slice(&signature_text::decode_post(signature))
            .map_err(|error| in_post(bad_encoding("signature", &error)))?,
    })
}

fn decode(field: &str, text: &str) -> Result<Signature, ApiError> {
    let bytes = signature_text::decode_base64_proof(text).map_err(|error| bad_encoding(field, &error))?;
    Signature::from_slice(&bytes).map_err(|error| bad_encoding(field, &error))
}

fn bad_encoding(field: &str, why: &dyn Display) -> ApiError {
    ApiError::new(ErrorCode::BadSignatureEncoding, format!("{field}: {why}")).field(field)
}

fn refuse(error: RestoreError) -> ApiError {
    let message = error.to_string();
    match error {
        RestoreError::NamesAvatar(_) => ApiError::bad_field("platform", message),
        RestoreError::NotTheSignedIdentity => {
            ApiError::new(ErrorCode::BadIdentity, format!("identity: {message}"))
                .field("identity")
                .expected("the identity that the name stands for")
        }
        RestoreError::Signature(_) => ApiError::new(ErrorCode::BadSignature, message).field("signature"),
    }
}
