//! An application that is sent webhooks: it keeps what it got, answers as told, and checks signatures by itself.
#![expect(clippy::expect_used, reason = "a test whose stand-in does not start has nothing to say")]

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use actix_web::http::StatusCode;
use actix_web::web::{self, Bytes, Data};
use actix_web::{HttpRequest, HttpResponse};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use serde_json::Value;
use sha2::Sha256;
use tokio::sync::Semaphore;

use crate::serve::Server;

/// What it does with a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reaction {
    /// Answers with this status.
    Status(u16),
    /// Answers with this status, and asks to be left alone for so many seconds.
    RetryAfter(u16, u64),
    /// Sends the client elsewhere.
    Redirect(String),
    /// Answers 200 when it is let go on ([`WebhookReceiver::let_go`]).
    Hold,
}

/// A message as it arrived.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delivery {
    /// The path it was posted to.
    pub path: String,
    /// `webhook-id`.
    pub id: String,
    /// `webhook-timestamp`.
    pub timestamp: String,
    /// `webhook-signature`.
    pub signature: String,
    /// The body, byte for byte.
    pub body: String,
}

impl Delivery {
    /// Whether one of the signatures is this secret's (`whsec_…`).
    pub fn is_signed_by(&self, secret: &str) -> bool {
        let Some(key) = secret.strip_prefix("whsec_").and_then(|key| STANDARD.decode(key).ok()) else {
            return false;
        };
        let mut mac = Hmac::<Sha256>::new_from_slice(&key).expect("it takes any key");
        mac.update(format!("{}.{}.{}", self.id, self.timestamp, self.body).as_bytes());
        let wanted = format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes()));
        self.signature.split(' ').any(|signature| signature == wanted)
    }

    /// The body as JSON.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).expect("a JSON body")
    }

    /// `data.id`: the event's place in the feed.
    pub fn event(&self) -> i64 {
        self.json().pointer("/data/id").and_then(Value::as_i64).expect("an event")
    }
}

type Rule = Box<dyn Fn(&Delivery) -> Reaction + Send>;

struct Script {
    rule: Rule,
    next: VecDeque<Reaction>,
    seen: Vec<Delivery>,
    accepted: Vec<Delivery>,
}

struct State {
    script: Mutex<Script>,
    gate: Semaphore,
}

/// The application, on a free port of its own.
pub struct WebhookReceiver {
    server: Server,
    state: Arc<State>,
}

impl std::fmt::Debug for WebhookReceiver {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("WebhookReceiver").field("server", &self.server).finish_non_exhaustive()
    }
}

impl WebhookReceiver {
    /// Starts it; it answers 200.
    ///
    /// # Panics
    /// When no port is free.
    pub fn start() -> Self {
        let script = Script {
            rule: Box::new(|_| Reaction::Status(200)),
            next: VecDeque::new(),
            seen: Vec::new(),
            accepted: Vec::new(),
        };
        let state = Arc::new(State { script: Mutex::new(script), gate: Semaphore::new(0) });
        let shared = Arc::clone(&state);
        let server = Server::start("webhook-receiver", move |_| {
            move |cfg: &mut web::ServiceConfig| {
                cfg.app_data(Data::from(Arc::clone(&shared))).default_service(web::post().to(take));
            }
        })
        .expect("a free port");
        Self { server, state }
    }

    /// The address of a path: `/hook`.
    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.server.address())
    }

    /// The port that it listens at.
    pub fn port(&self) -> u16 {
        self.server.address().port()
    }

    /// From now on it goes by this rule.
    pub fn react(&self, rule: impl Fn(&Delivery) -> Reaction + Send + 'static) {
        self.script().rule = Box::new(rule);
    }

    /// The next messages are answered like this, before the rule counts again.
    pub fn queue(&self, reactions: impl IntoIterator<Item = Reaction>) {
        self.script().next.extend(reactions);
    }

    /// Lets so many held messages go on.
    pub fn let_go(&self, count: usize) {
        self.state.gate.add_permits(count);
    }

    /// Everything that arrived, in the order of arrival.
    pub fn seen(&self) -> Vec<Delivery> {
        self.script().seen.clone()
    }

    /// What was answered with a 2xx, in the order of the answers.
    pub fn accepted(&self) -> Vec<Delivery> {
        self.script().accepted.clone()
    }

    /// The events that were answered with a 2xx.
    pub fn accepted_events(&self) -> Vec<i64> {
        self.accepted().iter().map(Delivery::event).collect()
    }

    fn script(&self) -> MutexGuard<'_, Script> {
        lock(&self.state)
    }
}

fn lock(state: &State) -> MutexGuard<'_, Script> {
    state.script.lock().unwrap_or_else(PoisonError::into_inner)
}

async fn take(state: Data<State>, request: HttpRequest, body: Bytes) -> HttpResponse {
    let header = |name: &str| {
        let value = request.headers().get(name).and_then(|value| value.to_str().ok());
        value.unwrap_or_default().to_owned()
    };
    let delivery = Delivery {
        path: request.path().to_owned(),
        id: header("webhook-id"),
        timestamp: header("webhook-timestamp"),
        signature: header("webhook-signature"),
        body: String::from_utf8_lossy(&body).into_owned(),
    };
    let reaction = {
        let mut script = lock(&state);
        script.seen.push(delivery.clone());
        let next = script.next.pop_front();
        next.unwrap_or_else(|| (script.rule)(&delivery))
    };
    let (status, retry_after) = match reaction {
        Reaction::Status(status) => (status, None),
        Reaction::RetryAfter(status, seconds) => (status, Some(seconds)),
        Reaction::Redirect(to) => {
            return HttpResponse::TemporaryRedirect().insert_header(("location", to)).finish();
        }
        Reaction::Hold => {
            if let Ok(permit) = state.gate.acquire().await {
                permit.forget();
            }
            (200, None)
        }
    };
    if (200..300).contains(&status) {
        lock(&state).accepted.push(delivery);
    }
    let status = StatusCode::from_u16(status).expect("a status");
    let mut response = HttpResponse::build(status);
    if let Some(seconds) = retry_after {
        response.insert_header(("retry-after", seconds.to_string()));
    }
    response.body("the application says thanks")
}
