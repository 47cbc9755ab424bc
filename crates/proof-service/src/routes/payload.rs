//! `POST /v1/proof/payload`

use std::collections::BTreeMap;

use actix_web::web::Data;
use nextid_core::post_text::{self, PostInput};
use nextid_core::{Action, Avatar, CreatedAt, LinkUuid, Platform};
use nextid_service::chain::Prev;
use nextid_service::http::fields::{self, AvatarFields};
use nextid_service::http::{ApiError, Json, JsonBody};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::submit::parse_action;
use crate::app::App;
use crate::submit::Submission;

/// What is to be signed.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(example = json!({
    "action": "create", "platform": "github", "identity": "octocat",
    "public_key": "0x02e3511304b78237a0c2a66c7aae5be20cd9104d1b452161529bb3a23cccbf55c9"
}))]
pub struct PayloadRequest {
    /// `create` or `delete`.
    #[schema(required, value_type = Action)]
    action: Option<String>,
    /// Where the identity lives.
    #[schema(required, value_type = Platform)]
    platform: Option<String>,
    /// The account, name or address.
    #[schema(required, value_type = String, min_length = 1, max_length = 1024)]
    identity: Option<String>,
    /// The Avatar, in hexadecimal.
    avatar: Option<String>,
    /// As `avatar`.
    persona: Option<String>,
    /// As `avatar`.
    public_key: Option<String>,
}

/// What to sign, and what to publish.
#[derive(Debug, Serialize, ToSchema)]
pub struct PayloadResponse {
    /// The text to publish, by language; `%SIG_BASE64%` is to be replaced by the signature. There is always `default`.
    post_content: BTreeMap<String, String>,
    /// The exact string to sign with `personal_sign`.
    sign_payload: String,
    /// To be sent with the signature.
    #[schema(example = "353449e6-3a6f-4ac8-ae65-ba14bf466baf")]
    uuid: String,
    /// To be sent with the signature: seconds since 1970.
    #[schema(example = "1700000000")]
    created_at: String,
}

/// Makes the string to sign, over the chain's present head, and the text to publish.
#[utoipa::path(
    post, path = "/v1/proof/payload", tag = "proof", request_body = PayloadRequest,
    responses((status = 200, description = "What to sign, and what to publish.", body = PayloadResponse))
)]
pub async fn payload(
    app: Data<App>,
    JsonBody(request): JsonBody<PayloadRequest>,
) -> Result<Json<PayloadResponse>, ApiError> {
    let action: Action = parse_action(fields::required("action", request.action.as_deref())?)?;
    let platform = fields::platform(fields::required("platform", request.platform.as_deref())?)?;
    let identity = fields::required("identity", request.identity.as_deref())?;
    let avatar = AvatarFields {
        avatar: request.avatar.as_deref(),
        persona: request.persona.as_deref(),
        public_key: request.public_key.as_deref(),
    }
    .parse("public_key", Avatar::parse)?;
    let identity =
        app.resolve(avatar, action, fields::identity(platform, identity, app.limits.identity_bytes)?).await?;

    let head = app.submitter.store.head(avatar).await?;
    let uuid = LinkUuid::new(uuid::Uuid::new_v4()).map_err(ApiError::internal)?;
    let created_at =
        app.issue_created_at(head.as_ref().and_then(|head| CreatedAt::from_seconds(head.created_at).ok()));
    let prev = Prev::after(head.as_ref());
    let prev = prev.as_base64();
    let submission = Submission {
        avatar,
        action,
        identity,
        location: String::new(),
        uuid,
        created_at,
        signature: None,
        counter_signature: None,
        claimed_prev: None,
    };
    let sign_payload = submission.payload(prev);
    let post_content = post_text::post_content(&PostInput {
        action,
        avatar: &avatar,
        identity: &submission.identity,
        uuid,
        created_at,
        prev,
        sign_payload: &sign_payload,
    });
    Ok(Json::ok(PayloadResponse {
        post_content,
        sign_payload,
        uuid: uuid.to_string(),
        created_at: created_at.to_string(),
    }))
}

impl App {
    /// Now, or the head's second where that lies ahead because another replica's clock is faster.
    fn issue_created_at(&self, head: Option<CreatedAt>) -> CreatedAt {
        let now = self.now();
        head.map_or(now, |head| head.max(now))
    }
}
