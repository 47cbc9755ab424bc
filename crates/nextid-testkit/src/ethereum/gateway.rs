//! A stand-in for a gateway of ERC-3668.

use std::fmt;
use std::io;
use std::sync::{Arc, Mutex};

use actix_web::http::StatusCode;
use actix_web::web::{self, Bytes, Data};
use actix_web::{HttpRequest, HttpResponse};
use serde_json::{Value, json};

use super::{bytes, shown};
use crate::outcome::{LoggedRequest, Script, lock};
use crate::serve::{Server, logged};

/// What the gateway does with a request.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum GatewayOutcome {
    /// It answers.
    #[default]
    Ok,
    /// It answers something that the contract does not believe.
    Forged,
    /// This status.
    Status(u16),
    /// 200 with a body that is not a gateway's.
    Garbage,
}

/// A gateway of its own port and thread, stopped when dropped.
#[derive(Debug)]
pub struct GatewayStandIn {
    server: Server,
    state: Arc<State>,
}

type AnswerTo = dyn Fn(&[u8]) -> Vec<u8> + Send + Sync;

struct State {
    answer_to: Box<AnswerTo>,
    script: Mutex<Script<GatewayOutcome>>,
    requests: Mutex<Vec<LoggedRequest>>,
}

impl fmt::Debug for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("State").finish_non_exhaustive()
    }
}

impl GatewayStandIn {
    /// Starts it on a free loopback port. `answer_to` makes the answer's bytes from the question's.
    ///
    /// # Errors
    /// When no port can be bound or no thread be started.
    pub fn start(answer_to: impl Fn(&[u8]) -> Vec<u8> + Send + Sync + 'static) -> io::Result<Self> {
        let state = Arc::new(State {
            answer_to: Box::new(answer_to),
            script: Mutex::default(),
            requests: Mutex::default(),
        });
        let shared = Arc::clone(&state);
        let server = Server::start("gateway-stand-in", |_| {
            move |config: &mut web::ServiceConfig| {
                config
                    .app_data(Data::from(Arc::clone(&shared)))
                    .route("/{sender}/{data}.json", web::get().to(get))
                    .default_service(web::to(post));
            }
        })?;
        Ok(Self { server, state })
    }

    /// The template for questions in the address.
    pub fn get_url(&self) -> String {
        format!("http://{}/{{sender}}/{{data}}.json", self.server.address())
    }

    /// The template for questions in the body.
    pub fn post_url(&self) -> String {
        format!("http://{}/post", self.server.address())
    }

    /// From now on requests end like this; what was queued is forgotten.
    pub fn script(&self, outcome: GatewayOutcome) {
        lock(&self.state.script).set(outcome);
    }

    /// The next requests end like this, one each; after them the steady outcome holds again.
    pub fn script_next(&self, outcomes: impl IntoIterator<Item = GatewayOutcome>) {
        lock(&self.state.script).queue(outcomes);
    }

    /// Everything that was asked so far, oldest first.
    pub fn requests(&self) -> Vec<LoggedRequest> {
        lock(&self.state.requests).clone()
    }
}

async fn get(
    request: HttpRequest,
    path: web::Path<(String, String)>,
    body: Bytes,
    state: Data<State>,
) -> HttpResponse {
    let (_, data) = path.into_inner();
    lock(&state.requests).push(logged(&request, &body));
    state.answer(&data)
}

async fn post(request: HttpRequest, body: Bytes, state: Data<State>) -> HttpResponse {
    lock(&state.requests).push(logged(&request, &body));
    let asked: Value = serde_json::from_slice(&body).unwrap_or_default();
    state.answer(asked.get("data").and_then(Value::as_str).unwrap_or_default())
}

impl State {
    fn answer(&self, data: &str) -> HttpResponse {
        let Some(question) = bytes(data) else {
            return HttpResponse::BadRequest().json(json!({ "message": "no question" }));
        };
        let outcome = lock(&self.script).take();
        let data = match outcome {
            GatewayOutcome::Ok => (self.answer_to)(&question),
            GatewayOutcome::Forged => vec![0; 128],
            GatewayOutcome::Status(status) => {
                let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
                return HttpResponse::build(status).json(json!({ "message": "no" }));
            }
            GatewayOutcome::Garbage => return HttpResponse::Ok().body("<html>"),
        };
        HttpResponse::Ok().json(json!({ "data": shown(&data) }))
    }
}
