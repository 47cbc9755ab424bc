//! `POST /v1/proof`

use actix_web::web::Data;
use nextid_core::link::ProofLink;
use nextid_core::{Action, Avatar, Platform, counter_signature};
use nextid_service::http::fields::{self, AvatarFields};
use nextid_service::http::{ApiError, ErrorCode, Json, JsonBody};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::app::App;
use crate::submit::{Submission, Submitted};

/// A signed payload.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(example = json!({
    "action": "create", "platform": "ethereum", "identity": "0xd4030c02878bd1404dc2c5956eadc5e3e2c8d3c6",
    "public_key": "0x02e3511304b78237a0c2a66c7aae5be20cd9104d1b452161529bb3a23cccbf55c9",
    "uuid": "00000000-0000-4000-8000-000000000001", "created_at": "1700000000",
    "extra": {
        "signature": "bdNZAOkrMyzSFtp398AhUxEhG8Ipix14WX9zbdNOS+EX/cFmtuMamc0DSvfvDn561qsz1wwNctgWL38ZRYrfPBs=",
        "wallet_signature": "WlXwCSn1Y4obt8Ezi/FeNjWvypJ8MWxffT00ZYfH/httQUYg9MEKIGhrDw2lM75zuWigdzIKL161J3UsdaLiixs="
    }
}))]
pub struct SubmitRequest {
    /// `create` or `delete`.
    #[schema(required, value_type = Action, example = "create")]
    action: Option<String>,
    /// Where the identity lives.
    #[schema(required, value_type = Platform, example = "ethereum")]
    platform: Option<String>,
    /// The account, name or address.
    #[schema(required, value_type = String, min_length = 1, max_length = 1024, example = "0xd4030c02878bd1404dc2c5956eadc5e3e2c8d3c6")]
    identity: Option<String>,
    /// Where the proof post is. Not needed for wallets, aliases and revocations.
    #[schema(max_length = 1024, example = "")]
    proof_location: Option<String>,
    /// The Avatar, in hexadecimal.
    #[schema(example = "0x02e3511304b78237a0c2a66c7aae5be20cd9104d1b452161529bb3a23cccbf55c9")]
    avatar: Option<String>,
    /// As `avatar`.
    persona: Option<String>,
    /// As `avatar`.
    public_key: Option<String>,
    /// As the payload endpoint gave it.
    #[schema(required, value_type = String, min_length = 32, max_length = 45, example = "353449e6-3a6f-4ac8-ae65-ba14bf466baf")]
    uuid: Option<String>,
    /// As the payload endpoint gave it.
    #[schema(required, value_type = String, pattern = "^[+]?[0-9]+$", example = "1700000000")]
    created_at: Option<String>,
    /// The signatures that are not in a proof post.
    extra: Option<SubmitExtra>,
    /// What the client takes for the chain's head: the signature in base64. Only compared.
    prev: Option<String>,
    /// As `prev`.
    previous: Option<String>,
}

/// The signatures that are not in a proof post, all over the same payload.
#[derive(Debug, Default, Deserialize, ToSchema)]
pub struct SubmitExtra {
    /// By the Avatar: `personal_sign`, 65 bytes in base64.
    signature: Option<String>,
    /// By the wallet: for Ethereum `personal_sign` in base64, for Solana ed25519 in base58.
    wallet_signature: Option<String>,
    /// By the Avatar that becomes an alias: `personal_sign` in hexadecimal.
    target_signature: Option<String>,
}

/// The accepted link.
#[derive(Debug, Serialize, ToSchema)]
pub struct SubmitResponse {
    #[serde(flatten)]
    link: ProofLink,
    /// True if the same submission had been accepted before, and nothing was done now.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    replayed: bool,
}

/// Appends a link: binds an identity, or revokes a binding.
#[utoipa::path(
    post, path = "/v1/proof", tag = "proof", request_body = SubmitRequest,
    responses((status = 201, description = "The link, appended now or, if `replayed`, before.", body = SubmitResponse))
)]
pub async fn submit(
    app: Data<App>,
    JsonBody(request): JsonBody<SubmitRequest>,
) -> Result<Json<SubmitResponse>, ApiError> {
    let submission = parse(&app, request).await?;
    let Submitted { link, replayed } = app.submitter.submit(submission, app.now()).await?;
    Ok(Json::created(SubmitResponse { link, replayed }))
}

async fn parse(app: &App, request: SubmitRequest) -> Result<Submission, ApiError> {
    let action = parse_action(fields::required("action", request.action.as_deref())?)?;
    let platform = fields::platform(fields::required("platform", request.platform.as_deref())?)?;
    let identity = fields::required("identity", request.identity.as_deref())?;
    let avatar = AvatarFields {
        avatar: request.avatar.as_deref(),
        persona: request.persona.as_deref(),
        public_key: request.public_key.as_deref(),
    }
    .parse("public_key", Avatar::parse)?;
    let uuid = fields::uuid(fields::required("uuid", request.uuid.as_deref())?)?;
    let created_at = fields::created_at(fields::required("created_at", request.created_at.as_deref())?)?;
    let identity = fields::identity(platform, identity, app.limits.identity_bytes)?;
    let location = parse_location(request.proof_location.unwrap_or_default(), app.limits.location_bytes)?;
    app.check_configured(action, platform)?;
    let identity = app.resolve(avatar, action, identity).await?;

    let extra = request.extra.unwrap_or_default();
    let given = |text: Option<String>| text.filter(|text| !text.is_empty());
    let counter_signature = match counter_signature::field_name(platform) {
        "target_signature" => given(extra.target_signature).or(given(extra.wallet_signature)),
        _ => given(extra.wallet_signature),
    };
    Ok(Submission {
        avatar,
        action,
        identity,
        location,
        uuid,
        created_at,
        signature: given(extra.signature),
        counter_signature,
        claimed_prev: request.prev.or(request.previous).map(|prev| given(Some(prev))),
    })
}

/// Reads an action.
pub(super) fn parse_action(text: &str) -> Result<Action, ApiError> {
    text.parse().map_err(|error: nextid_core::action::UnknownAction| {
        ApiError::new(ErrorCode::UnknownAction, error.to_string())
            .field("action")
            .expected(["create", "delete"])
    })
}

fn parse_location(text: String, max_bytes: usize) -> Result<String, ApiError> {
    if text.len() > max_bytes {
        return Err(ApiError::bad_field("proof_location", format_args!("at most {max_bytes} bytes")));
    }
    if text.chars().any(char::is_control) {
        return Err(ApiError::bad_field("proof_location", "no control characters"));
    }
    Ok(text)
}
