//! One file per endpoint: read the request, call one function, answer.

pub mod chain;
pub mod changes;
pub mod errors;
pub mod events;
pub mod exists;
pub mod export;
pub mod healthz;
pub mod payload;
pub mod platforms;
pub mod restore_pubkey;
pub mod search;
pub mod subkey;
pub mod submit;

use actix_web::web::{self, ServiceConfig};
use nextid_service::http::get;
use nextid_service::mirror::{refuse_all, refuse_writes};

use crate::mirror;

/// Puts the endpoints into an application.
pub fn configure(cfg: &mut ServiceConfig) {
    cfg.service(web::resource("/healthz").route(get(healthz::healthz)))
        .service(web::resource("/v1/proof/payload").route(web::post().to(payload::payload)))
        .service(web::resource("/v1/proof/exists").route(get(exists::exists)))
        .service(web::resource("/v1/proof").route(get(search::search)).route(web::post().to(submit::submit)))
        .service(web::resource("/v1/proofchain").route(get(chain::chain)))
        .service(web::resource("/v1/proofchain/changes").route(get(changes::changes)))
        .service(web::resource("/v1/events").route(get(events::events)))
        .service(web::resource("/v1/avatar/{key}/export").route(get(export::export)))
        .service(
            web::resource("/v1/proof/restore_pubkey").route(web::post().to(restore_pubkey::restore_pubkey)),
        )
        .service(web::resource("/v1/platforms").route(get(platforms::platforms)))
        .service(web::resource("/v1/subkey/payload").route(web::post().to(subkey::payload::payload)))
        .service(
            web::resource("/v1/subkey")
                .route(get(subkey::list::list))
                .route(web::post().to(subkey::create::create))
                .route(web::delete().to(subkey::delete::delete)),
        );
}

/// Puts in front of the endpoints what a mirror refuses.
pub fn configure_mirror(cfg: &mut ServiceConfig, origin: &str) {
    refuse_writes(cfg, origin, mirror::WRITES);
    refuse_all(cfg, origin, mirror::MISSING, "a mirror does not have subkeys, which are in no feed");
}

/// Puts into the operator's application what it has besides the shared endpoints.
pub fn configure_admin(cfg: &mut ServiceConfig) {
    cfg.service(web::resource("/healthz").route(get(healthz::healthz)));
}
