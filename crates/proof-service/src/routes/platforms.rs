//! `GET /v1/platforms`

use actix_web::web::Data;
use nextid_core::payload::ProofPayload;
use nextid_core::post_text::{self, PostInput};
use nextid_core::{Action, Avatar, CreatedAt, Identity, LinkUuid, Platform};
use nextid_service::http::{ApiError, Json};
use serde::Serialize;
use utoipa::ToSchema;

use crate::app::App;
use crate::platform_guide::Guide;

/// The Avatar of the examples: the generator of secp256k1, whose private key is 1.
const EXAMPLE_AVATAR: &str = "0x0279be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798";
const EXAMPLE_UUID: &str = "353449e6-3a6f-4ac8-ae65-ba14bf466baf";
const EXAMPLE_SECOND: i64 = 1_700_000_000;

/// Every platform.
#[derive(Debug, Serialize, ToSchema)]
pub struct PlatformsResponse {
    /// All that this version knows, whether they are configured or not.
    platforms: Vec<PlatformDescription>,
}

/// How identities of a platform are bound.
#[derive(Debug, Serialize, ToSchema)]
pub struct PlatformDescription {
    /// Its name in requests.
    platform: Platform,
    /// Whether identities can be bound here.
    configured: bool,
    /// What identities look like, and which spellings are one.
    #[schema(example = "the login, in any letter case, with or without @")]
    identity: &'static str,
    /// What proves a binding, and where it is published.
    proof: &'static str,
    /// What `proof_location` holds; null if it is not needed.
    proof_location: Option<&'static str>,
    credentials: PlatformCredentials,
    example: PlatformExample,
}

/// What the operator has to configure.
#[derive(Debug, Serialize, ToSchema)]
pub struct PlatformCredentials {
    /// Whether the platform is off without them.
    needed: bool,
    /// Keys of the configuration without which the platform is off.
    #[schema(example = json!(["platforms.twitter.bearer_token"]))]
    settings: &'static [&'static str],
    /// Keys of the configuration that let it do more.
    #[schema(example = json!(["platforms.github.token"]))]
    optional_settings: &'static [&'static str],
}

/// A binding, as it might be.
#[derive(Debug, Serialize, ToSchema)]
pub struct PlatformExample {
    /// The identity, normalised.
    #[schema(example = "octocat")]
    identity: &'static str,
    /// The place of the proof; empty if it is not needed.
    #[schema(example = "5b3acc09d25242950e4b7ea0ee707ada")]
    proof_location: &'static str,
    /// The exact string to sign.
    sign_payload: String,
    /// The text to publish, with the placeholder for the signature; empty if there is none.
    post_content: String,
}

/// How identities are bound on each platform, and on which of them here.
#[utoipa::path(
    get, path = "/v1/platforms", operation_id = "platforms", tag = "health",
    responses((status = 200, description = "The platforms.", body = PlatformsResponse))
)]
pub async fn platforms(app: Data<App>) -> Result<Json<PlatformsResponse>, ApiError> {
    let registry = &app.submitter.registry;
    let describe = |platform: &Platform| describe(*platform, registry.is_configured(*platform));
    Ok(Json::ok(PlatformsResponse {
        platforms: Platform::ALL.iter().map(describe).collect::<Result<_, _>>()?,
    }))
}

fn describe(platform: Platform, configured: bool) -> Result<PlatformDescription, ApiError> {
    let guide = Guide::of(platform);
    let identity = Identity::parse(platform, guide.example_identity).map_err(ApiError::internal)?;
    let avatar = Avatar::parse(EXAMPLE_AVATAR).map_err(ApiError::internal)?;
    let uuid = LinkUuid::parse(EXAMPLE_UUID).map_err(ApiError::internal)?;
    let created_at = CreatedAt::from_seconds(EXAMPLE_SECOND).map_err(ApiError::internal)?;
    let action = Action::Create;
    let sign_payload = ProofPayload {
        action,
        avatar: &avatar,
        platform,
        identity: identity.as_str(),
        created_at,
        uuid,
        prev: None,
    }
    .to_string();
    let mut texts = post_text::post_content(&PostInput {
        action,
        avatar: &avatar,
        identity: &identity,
        uuid,
        created_at,
        prev: None,
        sign_payload: &sign_payload,
    });
    Ok(PlatformDescription {
        platform,
        configured,
        identity: guide.identity,
        proof: guide.proof,
        proof_location: guide.location,
        credentials: PlatformCredentials {
            needed: !guide.needed.is_empty(),
            settings: guide.needed,
            optional_settings: guide.optional,
        },
        example: PlatformExample {
            identity: guide.example_identity,
            proof_location: guide.example_location,
            sign_payload,
            post_content: texts.remove("default").unwrap_or_default(),
        },
    })
}
