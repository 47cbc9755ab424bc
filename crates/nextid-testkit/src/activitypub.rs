//! A stand-in for a server of the fediverse, over real HTTP: NodeInfo, and the API of Mastodon or of Misskey.

mod note;

use std::collections::BTreeMap;
use std::io;
use std::sync::{Arc, Mutex};

use actix_web::http::StatusCode;
use actix_web::http::header::{LOCATION, RETRY_AFTER};
use actix_web::web::{self, Bytes, Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use serde_json::{Value, json};

pub use note::Note;

use crate::outcome::{LoggedRequest, Outcome, Script, lock};
use crate::serve::{Server, logged};

/// The software that a server says it runs, and whose API it has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Software {
    /// Mastodon.
    Mastodon,
    /// Pleroma: Mastodon's API, ids in base62.
    Pleroma,
    /// Akkoma, which was Pleroma.
    Akkoma,
    /// Misskey.
    Misskey,
    /// A fork of Misskey of this name.
    MisskeyFork(&'static str),
    /// Another software of this name with Mastodon's API.
    LikeMastodon(&'static str),
    /// GoToSocial, which wants a token for everything.
    GoToSocial,
}

/// A server of its own port and thread, stopped when dropped.
#[derive(Debug)]
pub struct ActivitypubStandIn {
    server: Server,
    state: Arc<State>,
}

#[derive(Debug)]
struct State {
    software: Software,
    port: u16,
    notes: Mutex<BTreeMap<String, Note>>,
    /// What `/.well-known/nodeinfo` links to; none stands for its own.
    links: Mutex<Option<Value>>,
    node_info: Mutex<Script<Outcome>>,
    script: Mutex<Script<Outcome>>,
    requests: Mutex<Vec<LoggedRequest>>,
}

impl ActivitypubStandIn {
    /// Starts it on a free loopback port. It answers when this returns.
    ///
    /// # Errors
    /// When no port can be bound or no thread be started.
    pub fn start(software: Software) -> io::Result<Self> {
        let mut made = None;
        let server = Server::start("activitypub-stand-in", |address| {
            let state = Arc::new(State {
                software,
                port: address.port(),
                notes: Mutex::default(),
                links: Mutex::default(),
                node_info: Mutex::default(),
                script: Mutex::default(),
                requests: Mutex::default(),
            });
            made = Some(Arc::clone(&state));
            move |config: &mut web::ServiceConfig| {
                config
                    .app_data(Data::from(Arc::clone(&state)))
                    .route("/.well-known/nodeinfo", web::get().to(links))
                    .route("/nodeinfo/{version}", web::get().to(node_info))
                    .route("/api/v1/statuses/{id}", web::get().to(status))
                    .route("/api/notes/show", web::post().to(show))
                    .default_service(web::to(nothing_here));
            }
        })?;
        let state = made.ok_or_else(|| io::Error::other("the stand-in has no state"))?;
        Ok(Self { server, state })
    }

    /// Its port on the loopback interface. A test gives it a name.
    pub fn port(&self) -> u16 {
        self.server.address().port()
    }

    /// Makes a post available and returns its id.
    pub fn publish(&self, note: Note) -> String {
        let mut notes = lock(&self.state.notes);
        let id = match self.state.software {
            Software::Pleroma | Software::Akkoma => format!("AR2s6hVsWVyO6nCNE{}", notes.len()),
            Software::Misskey | Software::MisskeyFork(_) => format!("9c8r7l2qz{}", notes.len()),
            _ => format!("10937284323478{}", notes.len()),
        };
        notes.insert(id.clone(), note);
        id
    }

    /// From now on requests for posts end like this; what was queued is forgotten.
    pub fn script(&self, outcome: Outcome) {
        lock(&self.state.script).set(outcome);
    }

    /// From now on requests for NodeInfo end like this.
    pub fn script_node_info(&self, outcome: Outcome) {
        lock(&self.state.node_info).set(outcome);
    }

    /// Replaces the links to NodeInfo: `[{"rel", "href"}]`.
    pub fn set_links(&self, links: Value) {
        *lock(&self.state.links) = Some(links);
    }

    /// Everything that was asked so far, oldest first.
    pub fn requests(&self) -> Vec<LoggedRequest> {
        lock(&self.state.requests).clone()
    }
}

async fn links(request: HttpRequest, body: Bytes, state: Data<State>) -> HttpResponse {
    lock(&state.requests).push(logged(&request, &body));
    let outcome = lock(&state.node_info).take();
    if let Some(answer) = scripted(&outcome).await {
        return answer;
    }
    let host = request.connection_info().host().to_owned();
    let own = || {
        let link = |version: &str| {
            json!({
                "rel": format!("http://nodeinfo.diaspora.software/ns/schema/{version}"),
                "href": format!("http://{host}/nodeinfo/{version}"),
            })
        };
        json!([link("2.0"), link("2.1")])
    };
    let links = lock(&state.links).clone().unwrap_or_else(own);
    HttpResponse::Ok().json(json!({ "links": links }))
}

async fn node_info(
    version: Path<String>,
    request: HttpRequest,
    body: Bytes,
    state: Data<State>,
) -> HttpResponse {
    lock(&state.requests).push(logged(&request, &body));
    let name = match state.software {
        Software::Mastodon => "mastodon",
        Software::Pleroma => "pleroma",
        Software::Akkoma => "akkoma",
        Software::Misskey => "misskey",
        Software::GoToSocial => "gotosocial",
        Software::MisskeyFork(name) | Software::LikeMastodon(name) => name,
    };
    HttpResponse::Ok().json(json!({
        "version": version.as_str(),
        "software": { "name": name, "version": "1.2.3" },
        "protocols": ["activitypub"],
        "services": { "inbound": [], "outbound": [] },
        "openRegistrations": false,
        "usage": { "users": {} },
        "metadata": {},
    }))
}

async fn status(id: Path<String>, request: HttpRequest, body: Bytes, state: Data<State>) -> HttpResponse {
    if !state.has_mastodon_api() {
        return nothing_here(request, body, state).await;
    }
    lock(&state.requests).push(logged(&request, &body));
    let outcome = lock(&state.script).take();
    if let Some(answer) = scripted(&outcome).await {
        return answer;
    }
    let note = lock(&state.notes).get(id.as_str()).cloned();
    match note {
        Some(note) => HttpResponse::Ok().json(note.under(&outcome).to_status(&id)),
        None => HttpResponse::NotFound().json(json!({ "error": "Record not found" })),
    }
}

async fn show(request: HttpRequest, body: Bytes, state: Data<State>) -> HttpResponse {
    if state.has_mastodon_api() || state.software == Software::GoToSocial {
        return nothing_here(request, body, state).await;
    }
    lock(&state.requests).push(logged(&request, &body));
    let outcome = lock(&state.script).take();
    if let Some(answer) = scripted(&outcome).await {
        return answer;
    }
    let asked: Value = serde_json::from_slice(&body).unwrap_or_default();
    let Some(id) = asked.get("noteId").and_then(Value::as_str) else {
        return HttpResponse::BadRequest()
            .json(json!({ "error": { "code": "INVALID_PARAM", "kind": "client" } }));
    };
    let note = lock(&state.notes).get(id).cloned();
    match note {
        Some(note) => HttpResponse::Ok().json(note.under(&outcome).to_misskey(id)),
        None => HttpResponse::BadRequest().json(json!({
            "error": { "message": "No such note.", "code": "NO_SUCH_NOTE", "id": "24fcbfc6-2e37-42b6-8388-c29b3861a08d" },
        })),
    }
}

async fn nothing_here(request: HttpRequest, body: Bytes, state: Data<State>) -> HttpResponse {
    lock(&state.requests).push(logged(&request, &body));
    if state.software == Software::GoToSocial {
        return HttpResponse::Unauthorized().json(json!({ "error": "Unauthorized: token not supplied" }));
    }
    HttpResponse::NotFound().body(format!("nothing here, port {}", state.port))
}

/// The outcomes that have nothing to do with what was published.
async fn scripted(outcome: &Outcome) -> Option<HttpResponse> {
    match outcome {
        Outcome::Status(status) => {
            let status = StatusCode::from_u16(*status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
            let mut answer = HttpResponse::build(status);
            if status == StatusCode::TOO_MANY_REQUESTS {
                answer.insert_header((RETRY_AFTER, "60"));
            }
            Some(answer.json(json!({ "error": "as scripted" })))
        }
        Outcome::Redirect(to) => Some(HttpResponse::Found().insert_header((LOCATION, to.as_str())).finish()),
        Outcome::Garbage => Some(HttpResponse::Ok().content_type("text/html").body("<!doctype html>")),
        Outcome::Slow(delay) => {
            actix_web::rt::time::sleep(*delay).await;
            None
        }
        Outcome::Ok
        | Outcome::Missing
        | Outcome::Tampered
        | Outcome::OtherAuthor
        | Outcome::WrongCase
        | Outcome::Huge(_) => None,
    }
}

impl State {
    fn has_mastodon_api(&self) -> bool {
        matches!(
            self.software,
            Software::Mastodon | Software::Pleroma | Software::Akkoma | Software::LikeMastodon(_)
        )
    }
}

#[cfg(test)]
mod tests;
