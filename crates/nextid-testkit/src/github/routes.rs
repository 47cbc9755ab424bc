//! The routes of the stand-in, with GitHub's status codes and error bodies.

use actix_web::http::StatusCode;
use actix_web::http::header::{CONTENT_TYPE, LOCATION, RETRY_AFTER};
use actix_web::web::{self, Bytes, Data, Path, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse, HttpResponseBuilder};
use serde_json::{Value, json};
use time::OffsetDateTime;

use super::{Gist, LOGIN_HEADER, State};
use crate::outcome::{LoggedRequest, Outcome, lock};

/// In every answer, so that nobody takes it for the real one.
const STAND_IN_HEADER: (&str, &str) = ("X-Stand-In", "not GitHub: a stand-in on this machine");

/// Seconds until a scripted rate limit ends.
const RATE_LIMIT_SECONDS: i64 = 60;

pub(super) fn configure(config: &mut ServiceConfig) {
    config
        .app_data(web::PayloadConfig::new(16 * 1024 * 1024))
        .route("/", web::get().to(about))
        .route("/gists", web::post().to(create))
        .route("/gists/{id}", web::get().to(read))
        .route("/gists/{id}/raw/{file}", web::get().to(raw))
        .default_service(web::to(nothing_here));
}

async fn about(state: Data<State>) -> HttpResponse {
    let words = "This is a stand-in for GitHub's gist API, not GitHub. It publishes whatever it is given, for any name.";
    answer(StatusCode::OK).json(json!({ "message": words, "gists": lock(&state.gists).len() }))
}

async fn nothing_here(request: HttpRequest, body: Bytes, state: Data<State>) -> HttpResponse {
    log(&state, &request, &body);
    error(404)
}

async fn raw(path: Path<(String, String)>, state: Data<State>) -> HttpResponse {
    let (id, file) = path.into_inner();
    let content = lock(&state.gists).get(&id).and_then(|gist| gist.files.get(&file).cloned());
    match content {
        Some(content) => answer(StatusCode::OK).content_type("text/plain; charset=utf-8").body(content),
        None => error(404),
    }
}

async fn read(id: Path<String>, request: HttpRequest, body: Bytes, state: Data<State>) -> HttpResponse {
    log(&state, &request, &body);
    let outcome = lock(&state.script).take();
    match &outcome {
        Outcome::Status(status) => return error(*status),
        Outcome::Redirect(to) => return redirect(to),
        Outcome::Garbage => {
            return answer(StatusCode::OK)
                .content_type("text/html")
                .body("<!doctype html><title>Unicorn!</title>");
        }
        Outcome::Slow(delay) => actix_web::rt::time::sleep(*delay).await,
        Outcome::Ok
        | Outcome::Missing
        | Outcome::Tampered
        | Outcome::OtherAuthor
        | Outcome::WrongCase
        | Outcome::Huge(_) => {}
    }
    let gist = lock(&state.gists).get(id.as_str()).cloned();
    match gist {
        Some(gist) => object(StatusCode::OK, &gist.under(&outcome).to_json(&state.base_url)),
        None => error(404),
    }
}

async fn create(request: HttpRequest, body: Bytes, state: Data<State>) -> HttpResponse {
    log(&state, &request, &body);
    let header =
        |name: &str| request.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let (scheme, token) = header("Authorization").split_once(' ').unwrap_or_default();
    let has_token =
        (scheme.eq_ignore_ascii_case("bearer") || scheme.eq_ignore_ascii_case("token")) && !token.is_empty();
    let login = header(LOGIN_HEADER).to_owned();
    if !has_token || login.is_empty() {
        return error(401);
    }
    let Ok(asked) = serde_json::from_slice::<Value>(&body) else {
        return error(400);
    };
    let Some(gist) = gist_from(&login, &asked) else {
        return error(422);
    };
    let id = state.publish(gist);
    let published = lock(&state.gists).get(&id).map(|gist| gist.to_json(&state.base_url));
    match published {
        Some(published) => {
            let mut created = object(StatusCode::CREATED, &published);
            if let Ok(location) = format!("{}/gists/{id}", state.base_url).parse() {
                created.headers_mut().insert(LOCATION, location);
            }
            created
        }
        None => error(500),
    }
}

/// Reads GitHub's request: `{"description", "public", "files": {name: {"content"}}}`, at least one file.
fn gist_from(login: &str, asked: &Value) -> Option<Gist> {
    let mut gist = Gist::new(login);
    gist.description = asked.get("description").and_then(Value::as_str).map(str::to_owned);
    gist.public = match asked.get("public") {
        None | Some(Value::Null) => false,
        Some(Value::Bool(public)) => *public,
        Some(Value::String(text)) => text.parse().ok()?,
        Some(_) => return None,
    };
    for (name, file) in asked.get("files")?.as_object()? {
        gist = gist.file(name, file.get("content")?.as_str().filter(|content| !content.is_empty())?);
    }
    (!gist.files.is_empty()).then_some(gist)
}

fn log(state: &State, request: &HttpRequest, body: &Bytes) {
    let headers = request.headers().iter();
    let headers =
        headers.filter_map(|(name, value)| Some((name.as_str().to_owned(), value.to_str().ok()?.to_owned())));
    lock(&state.requests).push(LoggedRequest {
        method: request.method().to_string(),
        target: request.uri().to_string(),
        headers: headers.collect(),
        body: String::from_utf8_lossy(body).into_owned(),
    });
}

fn answer(status: StatusCode) -> HttpResponseBuilder {
    let mut builder = HttpResponse::build(status);
    builder.insert_header(STAND_IN_HEADER);
    builder
}

fn object(status: StatusCode, value: &Value) -> HttpResponse {
    answer(status).insert_header((CONTENT_TYPE, "application/json; charset=utf-8")).body(value.to_string())
}

fn redirect(to: &str) -> HttpResponse {
    answer(StatusCode::FOUND).insert_header((LOCATION, to)).finish()
}

/// GitHub's error of this status: `{"message", "documentation_url", "status"}`.
fn error(status: u16) -> HttpResponse {
    let message = match status {
        400 => "Problems parsing JSON",
        401 => "Requires authentication",
        403 | 429 => "API rate limit exceeded",
        404 => "Not Found",
        422 => "Validation Failed",
        502..=504 => "We couldn't respond to your request in time. Sorry about that.",
        _ => "Server Error",
    };
    let code = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let body = json!({
        "message": message,
        "documentation_url": "https://docs.github.com/rest/gists/gists",
        "status": code.as_str(),
    });
    let mut builder = answer(code);
    if matches!(status, 403 | 429) {
        let reset = OffsetDateTime::now_utc().unix_timestamp() + RATE_LIMIT_SECONDS;
        builder
            .insert_header((RETRY_AFTER, RATE_LIMIT_SECONDS.to_string()))
            .insert_header(("X-RateLimit-Limit", "60"))
            .insert_header(("X-RateLimit-Remaining", "0"))
            .insert_header(("X-RateLimit-Reset", reset.to_string()));
    }
    builder.insert_header((CONTENT_TYPE, "application/json; charset=utf-8")).body(body.to_string())
}
