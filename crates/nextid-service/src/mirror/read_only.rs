//! What a mirror does not do: it says so, and where it is done.

use actix_web::guard::{self, GuardContext};
use actix_web::http::Method;
use actix_web::web::{self, ServiceConfig};
use actix_web::{HttpResponse, guard::Guard as _};

use crate::http::{ApiError, ErrorCode};

/// Answers every write at these paths with `read_only_mirror`. To be called before the routes are registered: reads go on
/// to them.
pub fn refuse_writes(cfg: &mut ServiceConfig, origin: &str, paths: &[&str]) {
    for path in paths {
        let resource = web::resource(*path).guard(guard::fn_guard(is_write));
        cfg.service(refusing(resource, origin, "this is a mirror, which takes no writes"));
    }
}

/// Answers everything at these paths with `read_only_mirror`: what a mirror does not have.
pub fn refuse_all(cfg: &mut ServiceConfig, origin: &str, paths: &[&str], why: &'static str) {
    for path in paths {
        cfg.service(refusing(web::resource(*path), origin, why));
    }
}

fn is_write(context: &GuardContext<'_>) -> bool {
    guard::Not(guard::Any(guard::Get()).or(guard::Head()).or(guard::fn_guard(is_options))).check(context)
}

fn is_options(context: &GuardContext<'_>) -> bool {
    context.head().method == Method::OPTIONS
}

fn refusing(resource: actix_web::Resource, origin: &str, why: &'static str) -> actix_web::Resource {
    let origin = origin.to_owned();
    resource.to(move || {
        let refusal = ApiError::new(ErrorCode::ReadOnlyMirror, format!("{why}; ask its origin, {origin}"))
            .with("origin", &origin);
        async move { Err::<HttpResponse, ApiError>(refusal) }
    })
}
