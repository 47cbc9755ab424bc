//! `GET /healthz`

use actix_web::web::Data;
use nextid_service::http::Json;
use serde::Serialize;
use utoipa::ToSchema;

use crate::app::App;

/// What this service is.
#[derive(Debug, Serialize, ToSchema)]
pub struct Healthz {
    /// Always `proof service`.
    #[schema(example = "proof service")]
    hello: &'static str,
    /// Always `standalone`.
    #[schema(example = "standalone")]
    runtime: &'static str,
    /// The platforms on which identities can be bound here.
    #[schema(example = json!(["github", "ethereum", "solana", "dns", "nextid"]))]
    platforms: Vec<&'static str>,
    /// Where it runs, by its operator's word.
    #[schema(example = "production")]
    environment: String,
    /// The revision of the source.
    #[schema(example = "UNKNOWN")]
    revision: &'static str,
    /// When it was built, in seconds since 1970; `0` if unknown.
    #[schema(example = "1700000000")]
    built_at: &'static str,
    /// The version.
    #[schema(example = "0.1.0")]
    version: &'static str,
    /// The service that this one is a read-only copy of; only there if it is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "https://proof.example")]
    mirror_of: Option<String>,
}

/// What this service is and which platforms it knows.
#[utoipa::path(
    get, path = "/healthz", operation_id = "healthz", tag = "health",
    responses((status = 200, description = "What this service is.", body = Healthz))
)]
pub async fn healthz(app: Data<App>) -> Json<Healthz> {
    Json::ok(Healthz {
        hello: "proof service",
        runtime: "standalone",
        platforms: app
            .submitter
            .registry
            .configured()
            .into_iter()
            .map(|platform| platform.as_str())
            .collect(),
        environment: app.build.environment.clone(),
        revision: app.build.revision,
        built_at: app.build.built_at,
        version: app.build.version,
        mirror_of: app.mirror_of.clone(),
    })
}
