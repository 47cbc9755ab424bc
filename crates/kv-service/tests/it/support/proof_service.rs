//! A proof-service with scripted answers, on a free port.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard};

use actix_web::dev::ServerHandle;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Query};
use actix_web::{App, HttpResponse, HttpServer, web};
use serde_json::{Value, json};
use tokio::sync::Semaphore;

/// How it answers.
#[derive(Clone, Debug)]
pub enum Behaviour {
    /// With what is bound.
    Tells,
    /// With an error of this status.
    Fails(u16),
    /// With this body and 200.
    Says(String),
    /// Never.
    Hangs,
}

/// Everything that is bound, by Avatar.
pub struct ProofStandIn {
    url: String,
    state: Data<State>,
    handle: ServerHandle,
}

struct State {
    script: Mutex<Script>,
    /// One permit is taken for each answer, when the script says so.
    gate: Semaphore,
}

struct Script {
    behaviour: Behaviour,
    gated: bool,
    bound: HashMap<String, Vec<Value>>,
    asks: Vec<String>,
    /// Asks that have no answer yet, and the most that there were of one Avatar.
    waiting: HashMap<String, usize>,
    most_waiting: usize,
}

impl ProofStandIn {
    pub async fn start() -> Self {
        let script = Script {
            behaviour: Behaviour::Tells,
            gated: false,
            bound: HashMap::new(),
            asks: Vec::new(),
            waiting: HashMap::new(),
            most_waiting: 0,
        };
        let state = Data::from(Arc::new(State { script: Mutex::new(script), gate: Semaphore::new(0) }));
        let shared = state.clone();
        let server = HttpServer::new(move || {
            App::new()
                .app_data(shared.clone())
                .route("/v1/proof", web::get().to(search))
                .route("/healthz", web::get().to(healthz))
        })
        .workers(1)
        .disable_signals()
        .bind("127.0.0.1:0")
        .unwrap();
        let url = format!("http://{}", server.addrs()[0]);
        let server = server.run();
        let handle = server.handle();
        tokio::spawn(server);
        Self { url, state, handle }
    }

    pub fn url(&self) -> &str {
        &self.url
    }

    /// Adds a binding.
    pub fn bind(&self, avatar: &str, platform: &str, identity: &str) {
        self.put(avatar, platform, identity, "", true);
    }

    /// Adds a binding, or puts it in the place of the one of the same identity.
    pub fn put(&self, avatar: &str, platform: &str, identity: &str, alt_id: &str, is_valid: bool) {
        self.unbind(avatar, platform, identity);
        self.script().bound.entry(avatar.to_owned()).or_default().push(json!({
            "platform": platform, "identity": identity, "alt_id": alt_id, "created_at": "1700000000",
            "last_checked_at": "1700000000", "is_valid": is_valid, "invalid_reason": "",
        }));
    }

    pub fn unbind(&self, avatar: &str, platform: &str, identity: &str) {
        if let Some(proofs) = self.script().bound.get_mut(avatar) {
            proofs.retain(|proof| proof["platform"] != platform || proof["identity"] != identity);
        }
    }

    pub fn behave(&self, behaviour: Behaviour) {
        self.script().behaviour = behaviour;
    }

    /// From now on an answer waits for [`ProofStandIn::let_through`].
    pub fn hold(&self) {
        self.script().gated = true;
    }

    pub fn let_through(&self, answers: usize) {
        self.state.gate.add_permits(answers);
    }

    /// The Avatars that were asked about.
    pub fn asks(&self) -> Vec<String> {
        self.script().asks.clone()
    }

    /// How many asks about the same Avatar were under way at the same time at most.
    pub fn most_waiting(&self) -> usize {
        self.script().most_waiting
    }

    fn script(&self) -> MutexGuard<'_, Script> {
        self.state.script.lock().unwrap()
    }
}

impl Drop for ProofStandIn {
    fn drop(&mut self) {
        drop(self.handle.stop(false));
    }
}

async fn search(state: Data<State>, Query(query): Query<HashMap<String, String>>) -> HttpResponse {
    assert_eq!(query["platform"], "nextid", "only Avatars are asked about");
    let avatar = query["identity"].clone();
    let (behaviour, gated, proofs) = {
        let mut script = state.script.lock().unwrap();
        script.asks.push(avatar.clone());
        let waiting = script.waiting.entry(avatar.clone()).or_default();
        *waiting += 1;
        let waiting = *waiting;
        script.most_waiting = script.most_waiting.max(waiting);
        let proofs = script.bound.get(&avatar).cloned();
        (script.behaviour.clone(), script.gated, proofs)
    };
    if gated {
        state.gate.acquire().await.unwrap().forget();
    }
    *state.script.lock().unwrap().waiting.entry(avatar.clone()).or_default() -= 1;
    match behaviour {
        Behaviour::Fails(status) => HttpResponse::build(StatusCode::from_u16(status).unwrap())
            .json(json!({"message": "scripted", "code": "scripted"})),
        Behaviour::Says(body) => HttpResponse::Ok().content_type("application/json").body(body),
        Behaviour::Hangs => std::future::pending().await,
        Behaviour::Tells => {
            let ids = proofs.map(|proofs| {
                json!({
                    "persona": avatar, "avatar": avatar, "alias": [], "last_arweave_id": "",
                    "activated_at": "1700000000", "proofs": proofs,
                })
            });
            let total = ids.iter().count();
            HttpResponse::Ok().json(json!({
                "pagination": {"total": total, "per": 40, "current": 1, "next": 0},
                "ids": ids.into_iter().collect::<Vec<_>>(),
            }))
        }
    }
}

async fn healthz(state: Data<State>) -> HttpResponse {
    let behaviour = state.script.lock().unwrap().behaviour.clone();
    match behaviour {
        Behaviour::Tells | Behaviour::Says(_) => HttpResponse::Ok().json(json!({"hello": "proof service"})),
        Behaviour::Fails(status) => HttpResponse::build(StatusCode::from_u16(status).unwrap()).finish(),
        Behaviour::Hangs => std::future::pending().await,
    }
}
