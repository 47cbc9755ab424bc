//! The API for operators: one file per endpoint.

mod admin;
pub mod change;
pub mod create;
pub mod dead;
pub mod list;
pub mod test;
pub mod view;

use actix_web::web::{self, ServiceConfig};
use utoipa::openapi::OpenApi as Document;
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::{Modify, OpenApi};

pub(super) use admin::Admin;

use crate::http::ErrorCode::{self, *};
use crate::http::get;

/// Puts the endpoints into an application.
pub(super) fn configure(cfg: &mut ServiceConfig) {
    cfg.service(web::resource("/v1/webhooks").route(get(list::list)).route(web::post().to(create::create)))
        .service(
            web::resource("/v1/webhooks/{id}").route(get(list::show)).route(web::delete().to(change::delete)),
        )
        .service(web::resource("/v1/webhooks/{id}/test").route(web::post().to(test::test)))
        .service(web::resource("/v1/webhooks/{id}/enable").route(web::post().to(change::enable)))
        .service(web::resource("/v1/webhooks/{id}/disable").route(web::post().to(change::disable)))
        .service(web::resource("/v1/webhooks/{id}/rotate").route(web::post().to(change::rotate)))
        .service(web::resource("/v1/webhooks/{id}/replay").route(web::post().to(change::replay)))
        .service(web::resource("/v1/webhooks/{id}/dead").route(get(dead::dead)))
        .service(web::resource("/v1/webhooks/{id}/dead/{event}/retry").route(web::post().to(dead::retry)));
}

#[derive(OpenApi)]
#[openapi(
    paths(
        list::list,
        list::show,
        create::create,
        test::test,
        change::enable,
        change::disable,
        change::rotate,
        change::replay,
        change::delete,
        dead::dead,
        dead::retry
    ),
    modifiers(&Token),
    tags((
        name = "webhooks",
        description = "Endpoints that are sent every event. For operators: off unless `webhooks.admin_token` is set."
    ))
)]
struct Api;

struct Token;

impl Modify for Token {
    fn modify(&self, api: &mut Document) {
        let scheme = HttpBuilder::new()
            .scheme(HttpAuthScheme::Bearer)
            .description(Some("`webhooks.admin_token` of the service."))
            .build();
        let components = api.components.get_or_insert_with(Default::default);
        components.add_security_scheme("webhooks", SecurityScheme::Http(scheme));
    }
}

/// The description of these endpoints, to be merged into a service's.
pub fn document() -> Document {
    Api::openapi()
}

/// The errors of each operation, besides those that every one can answer.
pub const ERRORS: &[(&str, &[ErrorCode])] = &[
    ("list_webhooks", &[Unauthorized, NotFound]),
    ("show_webhook", &[Unauthorized, NotFound]),
    ("create_webhook", &[Unauthorized, NotFound, BadPublicKey, UnknownPlatform, TooManyWebhooks]),
    ("test_webhook", &[Unauthorized, NotFound]),
    ("enable_webhook", &[Unauthorized, NotFound]),
    ("disable_webhook", &[Unauthorized, NotFound]),
    ("rotate_webhook", &[Unauthorized, NotFound]),
    ("replay_webhook", &[Unauthorized, NotFound]),
    ("delete_webhook", &[Unauthorized, NotFound]),
    ("dead_messages", &[Unauthorized, NotFound]),
    ("retry_dead_message", &[Unauthorized, NotFound]),
];
