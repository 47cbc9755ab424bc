//! The outermost layer of a server: everything that holds for every request, whatever its route.
//!
//! One layer instead of five, because what each of them needs of the request must be taken before the handler runs, and
//! because a panic leaves no request behind.

use std::panic::AssertUnwindSafe;
use std::time::Instant;

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::error::InternalError;
use actix_web::http::header::{self, HeaderMap, HeaderValue};
use actix_web::http::{Method, StatusCode};
use actix_web::middleware::Next;
use actix_web::{Error, HttpMessage as _, HttpResponse};
use futures_util::FutureExt as _;

use super::cors::Cors;
use super::error::ApiError;
use super::framework::{Verdict, judge, translate};
use super::problem::{self, ErrorContext};
use super::request_id::{REQUEST_ID, RequestId};
use crate::metrics::HttpMetrics;

/// The route that metrics name for a request which matches none.
const UNMATCHED: &str = "unmatched";

/// Request ids, the access log, metrics, CORS, errors in our form, and panics as errors.
#[derive(Debug, Clone)]
pub struct Edge {
    cors: Cors,
    metrics: HttpMetrics,
    access_log: bool,
}

/// What is known of a request before it is handled.
struct Facts {
    id: RequestId,
    method: Method,
    path: String,
    client: String,
    has_origin: bool,
    as_problem: bool,
    started: Instant,
}

/// A handler panicked.
#[derive(Debug, thiserror::Error)]
#[error("a handler panicked: {0}")]
struct Panicked(String);

impl Edge {
    /// The layer of a server that answers browsers like this.
    pub fn new(cors: Cors, metrics: HttpMetrics, access_log: bool) -> Self {
        Self { cors, metrics, access_log }
    }

    /// Answers a request. For `actix_web::middleware::from_fn`.
    ///
    /// # Errors
    /// Only with an error whose answer is complete: where a panic took the request away.
    pub async fn serve<B: MessageBody + 'static>(
        self,
        request: ServiceRequest,
        next: Next<B>,
    ) -> Result<ServiceResponse<BoxBody>, Error> {
        let facts = Facts::of(&request);
        request.extensions_mut().insert(facts.id.clone());
        if self.cors.is_preflight(&facts.method, facts.has_origin) {
            let mut response = HttpResponse::NoContent().finish();
            self.cors.on_preflight(response.headers_mut());
            let response = self.finish(response, &facts, "preflight");
            return Ok(request.into_response(response));
        }
        let outcome = AssertUnwindSafe(async move { next.call(request).await }).catch_unwind().await;
        let error = match outcome {
            Ok(Ok(answer)) => {
                let (request, response) = answer.into_parts();
                let route = request.match_pattern();
                let response = self.finish(
                    response.map_into_boxed_body(),
                    &facts,
                    route.as_deref().unwrap_or(UNMATCHED),
                );
                return Ok(ServiceResponse::new(request, response));
            }
            Ok(Err(error)) => error,
            Err(panic) => ApiError::internal(Panicked(panic_text(panic.as_ref()))).into(),
        };
        let response = self.finish(HttpResponse::from_error(error), &facts, UNMATCHED);
        Err(InternalError::from_response("answered at the edge", response).into())
    }

    /// Gives an answer its final form, and counts and logs it.
    fn finish(&self, response: HttpResponse, facts: &Facts, route: &str) -> HttpResponse {
        let (mut response, code) = in_our_form(response, facts);
        let headers = response.headers_mut();
        self.cors.on_answer(headers, facts.has_origin);
        if let Ok(id) = HeaderValue::from_str(facts.id.as_str()) {
            headers.insert(REQUEST_ID, id);
        }
        headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
        let took = facts.started.elapsed();
        self.metrics.observe(route, &facts.method, response.status(), took);
        if self.access_log {
            // Milliseconds to three places.
            let ms = f64::from(u32::try_from(took.as_micros()).unwrap_or(u32::MAX)) / 1000.0;
            log::info!(
                target: "nextid::access",
                method = facts.method.as_str(), path = facts.path.as_str(), status = response.status().as_u16(),
                code = code.unwrap_or("-"), ms, client = facts.client.as_str(),
                request_id = facts.id.as_str();
                "request answered"
            );
        }
        response
    }
}

impl Facts {
    fn of(request: &ServiceRequest) -> Self {
        let headers = request.headers();
        Self {
            id: RequestId::from_headers(headers),
            method: request.method().clone(),
            path: request.path().to_owned(),
            client: request.peer_addr().map_or_else(|| "-".to_owned(), |addr| addr.ip().to_string()),
            has_origin: headers.contains_key(header::ORIGIN),
            as_problem: problem::asked_for(headers),
            started: Instant::now(),
        }
    }
}

/// Spells an error with what the request asks for, keeps the headers it came with, and logs the cause of a failure.
fn in_our_form(response: HttpResponse, facts: &Facts) -> (HttpResponse, Option<&'static str>) {
    let foreign;
    let error = match judge(&response) {
        Verdict::Fine => return (response, None),
        Verdict::Ours(error) => error,
        Verdict::Foreign(error) => {
            foreign = error;
            &foreign
        }
    };
    if error.status().is_server_error() {
        log_failure(error, facts);
    }
    let context =
        ErrorContext { request_id: facts.id.as_str(), path: &facts.path, as_problem: facts.as_problem };
    let mut ours = problem::render(error, &context);
    keep_headers(response.headers(), ours.headers_mut());
    let code = error.code().as_str();
    (ours, Some(code))
}

fn keep_headers(from: &HeaderMap, to: &mut HeaderMap) {
    for (name, value) in from {
        if *name != header::CONTENT_LENGTH && !to.contains_key(name) {
            to.append(name.clone(), value.clone());
        }
    }
}

fn log_failure(error: &ApiError, facts: &Facts) {
    let cause = error.cause_chain().unwrap_or_else(|| error.message().to_owned());
    let (code, path, request_id) = (error.code().as_str(), facts.path.as_str(), facts.id.as_str());
    if error.status() == StatusCode::INTERNAL_SERVER_ERROR {
        log::error!(target: "nextid::failure", code, path, request_id; "{cause}");
    } else {
        log::warn!(target: "nextid::failure", code, path, request_id; "{cause}");
    }
}

fn panic_text(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().copied();
    text.or_else(|| panic.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("without a message")
        .to_owned()
}

/// Says an error of the framework as one of ours; for extractors of the framework that let one say how they fail.
pub(super) fn framework_error(error: impl Into<Error>) -> Error {
    let error: Error = error.into();
    let status = error.as_response_error().status_code();
    translate(&error, status).into()
}
