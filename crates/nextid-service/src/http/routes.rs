//! Small helpers for routes.

use actix_web::dev::Handler;
use actix_web::guard::{self, Guard};
use actix_web::{FromRequest, HttpResponse, Responder, Route, web};

use super::edge::framework_error;
use super::error::ApiError;
use super::error_code::ErrorCode;

/// A route for `GET`, which answers `HEAD` as well.
///
/// ```
/// use actix_web::{HttpResponse, web};
/// use nextid_service::http::get;
///
/// fn routes(cfg: &mut web::ServiceConfig) {
///     // One resource for each path, with all its methods: then a wrong method is answered 405 with `Allow`.
///     cfg.service(web::resource("/v1/proof").route(get(list)).route(web::post().to(list)));
/// }
/// async fn list() -> HttpResponse { HttpResponse::Ok().finish() }
/// ```
pub fn get<F, Args>(handler: F) -> Route
where
    F: Handler<Args>,
    Args: FromRequest + 'static,
    F::Output: Responder + 'static,
{
    web::route().guard(GetOrHead).to(handler)
}

/// Matches both methods, and leaves both for the `Allow` header of a 405.
struct GetOrHead;

impl Guard for GetOrHead {
    fn check(&self, context: &guard::GuardContext<'_>) -> bool {
        // Both are asked, since a guard of the framework notes its method when it is.
        let (get, head) = (guard::Get().check(context), guard::Head().check(context));
        get || head
    }
}

/// What is answered where there is no route.
///
/// # Errors
/// Always: `not_found`.
pub async fn not_found() -> Result<HttpResponse, ApiError> {
    Err(ApiError::new(ErrorCode::NotFound, "there is nothing at this path"))
}

/// Makes the extractors of the framework fail in our form.
pub(crate) fn framework_extractors(cfg: &mut web::ServiceConfig) {
    cfg.app_data(web::PathConfig::default().error_handler(|error, _| framework_error(error)))
        .app_data(web::QueryConfig::default().error_handler(|error, _| framework_error(error)))
        .app_data(web::JsonConfig::default().error_handler(|error, _| framework_error(error)));
}
