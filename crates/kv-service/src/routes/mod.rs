//! One file per endpoint: read the request, call one function, answer.

pub mod at;
pub mod by_identity;
pub mod chain;
pub mod changes;
pub mod content;
pub mod errors;
mod etag;
pub mod events;
pub mod export;
pub mod healthz;
pub mod payload;
mod pointer;
pub mod submit;
mod write;

use actix_web::web::{self, ServiceConfig};
use nextid_service::http::get;
use nextid_service::mirror::refuse_writes;

use crate::mirror;

/// Puts the endpoints into an application.
pub fn configure(cfg: &mut ServiceConfig) {
    cfg.service(web::resource("/healthz").route(get(healthz::healthz)))
        // Documentation in the field spells it in both ways.
        .service(web::resource(["/v1/kv/payload", "/v1/KV/payload"]).route(web::post().to(payload::payload)))
        .service(web::resource("/v1/kv/by_identity").route(get(by_identity::by_identity)))
        .service(web::resource("/v1/kv/at").route(get(at::at)))
        .service(web::resource("/v1/kvchain").route(get(chain::chain)))
        .service(web::resource("/v1/kvchain/changes").route(get(changes::changes)))
        .service(web::resource("/v1/events").route(get(events::events)))
        .service(web::resource("/v1/avatar/{key}/export").route(get(export::export)))
        .service(web::resource("/v1/kv").route(get(content::content)).route(web::post().to(submit::submit)));
}

/// Puts in front of the endpoints what a mirror refuses.
pub fn configure_mirror(cfg: &mut ServiceConfig, origin: &str) {
    refuse_writes(cfg, origin, mirror::WRITES);
}

/// Puts into the operator's application what it has besides the shared endpoints.
pub fn configure_admin(cfg: &mut ServiceConfig) {
    cfg.service(web::resource("/healthz").route(get(healthz::healthz)));
}
