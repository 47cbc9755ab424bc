//! `POST /v1/webhooks`

use nextid_core::Avatar;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::Admin;
use super::view::Webhook;
use crate::events::EventKind;
use crate::http::fields::{AvatarFields, platform};
use crate::http::{ApiError, ErrorCode, Json, JsonBody};
use crate::webhooks::store::NewWebhook;
use crate::webhooks::{Filter, SigningSecret, kind_of, type_of};

/// Bytes of a URL.
const URL_BYTES: usize = 2048;

/// Bytes of a description.
const DESCRIPTION_BYTES: usize = 256;

/// An endpoint to be made.
#[derive(Debug, Deserialize, ToSchema)]
pub struct NewEndpoint {
    /// Where messages are posted: `https`, or `http` where the host is in `net.allow_hosts`.
    #[schema(example = "https://example.com/nextid")]
    url: String,
    /// Anything, for people.
    #[schema(example = "the search index")]
    description: Option<String>,
    /// Only these types; all if absent.
    #[schema(example = json!(["link.created"]))]
    types: Option<Vec<String>>,
    /// Only the events of this Avatar.
    avatar: Option<String>,
    /// Another name of `avatar`.
    persona: Option<String>,
    /// Another name of `avatar`.
    public_key: Option<String>,
    /// Only the events of this platform.
    #[schema(example = "nextid")]
    platform: Option<String>,
    /// Begin after this feed id, 0 for everything there ever was; from now on if absent.
    #[schema(example = 0)]
    after: Option<i64>,
}

/// An endpoint with its secret, which is shown this once.
#[derive(Debug, Serialize, ToSchema)]
pub struct CreatedWebhook {
    #[serde(flatten)]
    webhook: Webhook,
    /// What messages are signed with.
    #[schema(example = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")]
    secret: String,
}

/// Registers an endpoint.
///
/// The answer is the only one that shows the secret.
#[utoipa::path(
    post, path = "/v1/webhooks", tag = "webhooks", operation_id = "create_webhook", request_body = NewEndpoint,
    security(("webhooks" = [])),
    responses((status = 201, description = "The endpoint, with its secret.", body = CreatedWebhook))
)]
pub async fn create(
    admin: Admin,
    JsonBody(new): JsonBody<NewEndpoint>,
) -> Result<Json<CreatedWebhook>, ApiError> {
    let url = checked_url(&admin, &new.url)?;
    let description = new.description.clone().unwrap_or_default();
    if description.len() > DESCRIPTION_BYTES || description.contains('\0') {
        let what = format!("must have at most {DESCRIPTION_BYTES} bytes, and no NUL");
        return Err(ApiError::bad_field("description", what));
    }
    let filter = filter(&admin, &new)?;
    if let Some(after) = new.after {
        check_after(after, admin.0.source().latest_id().await?)?;
    }
    let secret = SigningSecret::generate();
    let text = secret.expose().to_string();
    let new = NewWebhook { url, description, filter, secret, after: new.after };
    let limit = admin.0.limit;
    let stored = admin.0.store.create(new, limit, admin.0.now()).await?.ok_or_else(|| {
        ApiError::new(ErrorCode::TooManyWebhooks, format!("there are {limit} webhooks already"))
            .with("limit", limit)
    })?;
    log::info!("webhook.id" = stored.id.as_str(); "a webhook was made");
    admin.0.changed();
    Ok(Json::created(CreatedWebhook { webhook: admin.view(stored).await?, secret: text }))
}

/// A place in the feed.
pub(super) fn check_after(after: i64, latest: i64) -> Result<(), ApiError> {
    if (0..=latest).contains(&after) {
        return Ok(());
    }
    Err(ApiError::bad_field("after", format!("must be from 0 to {latest}, the feed's highest id"))
        .expected(latest))
}

fn checked_url(admin: &Admin, text: &str) -> Result<String, ApiError> {
    if text.len() > URL_BYTES {
        return Err(ApiError::bad_field("url", format!("must have at most {URL_BYTES} bytes")));
    }
    if let Some(why) = admin.0.sender().refusal(text) {
        return Err(ApiError::bad_field("url", why));
    }
    // As it will be sent: what a parser drops, tabs and line breaks, is not kept.
    let url: url::Url = text.parse().map_err(|error| ApiError::bad_field("url", error))?;
    Ok(url.into())
}

fn filter(admin: &Admin, new: &NewEndpoint) -> Result<Filter, ApiError> {
    let known = admin.0.kinds();
    let mut kinds: Vec<EventKind> = Vec::new();
    for name in new.types.iter().flatten() {
        let kind = kind_of(name).filter(|kind| known.contains(kind)).ok_or_else(|| {
            let names: Vec<&str> = known.iter().map(|kind| type_of(*kind)).collect();
            ApiError::bad_field("types", format!("must be of {}", names.join(", "))).expected(names)
        })?;
        if !kinds.contains(&kind) {
            kinds.push(kind);
        }
    }
    let given = [&new.avatar, &new.persona, &new.public_key];
    let avatar = if given.into_iter().flatten().any(|text| !text.is_empty()) {
        let fields = AvatarFields {
            avatar: new.avatar.as_deref(),
            persona: new.persona.as_deref(),
            public_key: new.public_key.as_deref(),
        };
        Some(fields.parse("avatar", Avatar::parse)?)
    } else {
        None
    };
    let platform = match new.platform.as_deref().filter(|name| !name.is_empty()) {
        Some(name) => Some(platform(name)?),
        None => None,
    };
    Ok(Filter { kinds, avatar, platform })
}
