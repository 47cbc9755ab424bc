//! Who may use this API.

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::http::header::AUTHORIZATION;
use actix_web::web::Data;
use actix_web::{FromRequest, HttpRequest};

use crate::http::{ApiError, ErrorCode};
use crate::webhooks::Webhooks;
use crate::webhooks::store::StoredWebhook;

/// A request with the operator's token. To be the first of a handler's parameters, so that nothing else is told to others.
#[derive(Debug)]
pub struct Admin(pub Data<Webhooks>);

impl FromRequest for Admin {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;

    fn from_request(req: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(admit(req))
    }
}

fn admit(req: &HttpRequest) -> Result<Admin, ApiError> {
    let webhooks = req.app_data::<Data<Webhooks>>().ok_or_else(|| ApiError::of(ErrorCode::NotFound))?;
    let given = req.headers().get(AUTHORIZATION).and_then(|value| value.to_str().ok());
    let token = given.and_then(|text| {
        let (scheme, token) = text.split_once(' ')?;
        scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
    });
    if token.is_some_and(|token| webhooks.admits(token)) {
        Ok(Admin(webhooks.clone()))
    } else {
        Err(ApiError::new(ErrorCode::Unauthorized, "this needs the token of webhooks.admin_token"))
    }
}

impl Admin {
    /// The endpoint that a path names.
    pub(super) async fn find(&self, id: &str) -> Result<StoredWebhook, ApiError> {
        self.0.store.find(id.to_owned()).await?.ok_or_else(no_such_webhook)
    }
}

/// A path names an endpoint that is not there.
pub(super) fn no_such_webhook() -> ApiError {
    ApiError::new(ErrorCode::NotFound, "there is no such webhook")
}
