//! `GET /healthz`

use actix_web::web::Data;
use nextid_service::health::CheckReport;
use nextid_service::http::Json;
use serde::Serialize;
use utoipa::ToSchema;

use crate::app::App;

/// What this service is.
#[derive(Debug, Serialize, ToSchema)]
pub struct Healthz {
    /// Always `kv server`.
    #[schema(example = "kv server")]
    hello: &'static str,
    /// When it was built, in seconds since 1970; `UNKNOWN` if that is not known.
    #[schema(example = "1700000000")]
    build_at: &'static str,
    /// The revision of the source; `UNKNOWN` if that is not known.
    #[schema(example = "UNKNOWN")]
    commit_version: &'static str,
    /// The version.
    #[schema(example = "0.1.0")]
    version: &'static str,
    /// Where it runs, by its operator's word.
    #[schema(example = "production")]
    environment: String,
    /// How it follows what is bound, as proof-service's feed tells it.
    bindings: CheckReport,
    /// The service that this one is a read-only copy of; only there if it is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "https://kv.example")]
    mirror_of: Option<String>,
}

/// What this service is.
#[utoipa::path(
    get, path = "/healthz", operation_id = "healthz", tag = "health",
    responses((status = 200, description = "The service runs.", body = Healthz))
)]
pub async fn healthz(app: Data<App>) -> Json<Healthz> {
    Json::ok(Healthz {
        hello: "kv server",
        build_at: if app.build.built_at == "0" { "UNKNOWN" } else { app.build.built_at },
        commit_version: app.build.revision,
        version: app.build.version,
        environment: app.build.environment.clone(),
        bindings: CheckReport::new("bindings", app.follow.outcome()),
        mirror_of: app.mirror_of.clone(),
    })
}
