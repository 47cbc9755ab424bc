//! A stand-in for an Ethereum node with ENS on its chain, over real HTTP.

use std::collections::BTreeMap;
use std::io;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use actix_web::http::StatusCode;
use actix_web::http::header::{LOCATION, RETRY_AFTER};
use actix_web::web::{self, Bytes, Data};
use actix_web::{HttpRequest, HttpResponse};
use serde_json::{Value, json};

use super::{bytes_of, encoded_bytes, namehash, rpc_result, selector, shown, word};
use crate::outcome::{LoggedRequest, Script, lock, tampered};
use crate::serve::{Server, logged};

/// The resolver of every name that is published.
const RESOLVER: &str = "0x00000000000000000000000000000000000000e5";

/// What the stand-in does with a request.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum NodeOutcome {
    /// As a node with this chain would answer.
    #[default]
    Ok,
    /// The name has its resolver, and the resolver no such record.
    Missing,
    /// The record is there with one character of its signature changed.
    Tampered,
    /// The call reverts without a reason.
    Reverted,
    /// An error of JSON-RPC.
    RpcError(i64, &'static str),
    /// An answer to another request.
    OtherId,
    /// This status with a body that is not JSON; 429 asks for a minute's peace.
    Status(u16),
    /// As [`NodeOutcome::Ok`], after this long.
    Slow(Duration),
    /// 200 with this many bytes of JSON.
    Huge(usize),
    /// 307 to this address.
    Redirect(String),
    /// 200 with a body that is not JSON.
    Garbage,
}

/// A node of its own port and thread, stopped when dropped.
#[derive(Debug)]
pub struct EthereumStandIn {
    server: Server,
    state: Arc<State>,
}

#[derive(Debug, Default)]
struct State {
    /// Record texts by the numbers of their names.
    records: Mutex<BTreeMap<[u8; 32], String>>,
    /// Results that a test set, by method.
    results: Mutex<BTreeMap<String, Value>>,
    script: Mutex<Script<NodeOutcome>>,
    requests: Mutex<Vec<LoggedRequest>>,
}

impl EthereumStandIn {
    /// Starts it on a free loopback port. It answers when this returns.
    ///
    /// # Errors
    /// When no port can be bound or no thread be started.
    pub fn start() -> io::Result<Self> {
        let state = Arc::new(State::default());
        let shared = Arc::clone(&state);
        let server = Server::start("ethereum-stand-in", |_| {
            move |config: &mut web::ServiceConfig| {
                config.app_data(Data::from(Arc::clone(&shared))).default_service(web::to(answer));
            }
        })?;
        Ok(Self { server, state })
    }

    /// What `platforms.ens.rpc_url` and `platforms.ethereum.rpc_url` take.
    pub fn rpc_url(&self) -> String {
        format!("http://{}", self.server.address())
    }

    /// Gives a name, which has to be normalised, a resolver with this text record, whatever its key.
    pub fn publish(&self, name: &str, text: impl Into<String>) {
        lock(&self.state.records).insert(namehash(name), text.into());
    }

    /// Sets what a method answers, in place of what the chain says.
    pub fn set_result(&self, method: &str, result: Value) {
        lock(&self.state.results).insert(method.to_owned(), result);
    }

    /// From now on requests end like this; what was queued is forgotten.
    pub fn script(&self, outcome: NodeOutcome) {
        lock(&self.state.script).set(outcome);
    }

    /// The next requests end like this, one each; after them the steady outcome holds again.
    pub fn script_next(&self, outcomes: impl IntoIterator<Item = NodeOutcome>) {
        lock(&self.state.script).queue(outcomes);
    }

    /// Everything that was asked so far, oldest first.
    pub fn requests(&self) -> Vec<LoggedRequest> {
        lock(&self.state.requests).clone()
    }
}

async fn answer(request: HttpRequest, body: Bytes, state: Data<State>) -> HttpResponse {
    lock(&state.requests).push(logged(&request, &body));
    let outcome = lock(&state.script).take();
    let Ok(asked) = serde_json::from_slice::<Value>(&body) else {
        return HttpResponse::BadRequest().finish();
    };
    let id = asked.get("id").cloned().unwrap_or_default();
    let error = |code: i64, message: &str| json!({ "jsonrpc": "2.0", "id": id, "error": { "code": code, "message": message } });
    let result = match &outcome {
        NodeOutcome::Status(status) => {
            let status = StatusCode::from_u16(*status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
            let mut response = HttpResponse::build(status);
            if status == StatusCode::TOO_MANY_REQUESTS {
                response.insert_header((RETRY_AFTER, "60"));
            }
            return response.body("no");
        }
        NodeOutcome::Redirect(to) => {
            return HttpResponse::TemporaryRedirect().insert_header((LOCATION, to.as_str())).finish();
        }
        NodeOutcome::Garbage => return HttpResponse::Ok().content_type("text/html").body("<html>"),
        NodeOutcome::Huge(size) => {
            return HttpResponse::Ok().json(rpc_result(&id, &json!("0".repeat(*size))));
        }
        NodeOutcome::RpcError(code, message) => return HttpResponse::Ok().json(error(*code, message)),
        NodeOutcome::Reverted => return HttpResponse::Ok().json(error(3, "execution reverted")),
        NodeOutcome::OtherId => return HttpResponse::Ok().json(rpc_result(&json!(77), &json!("0x"))),
        NodeOutcome::Slow(delay) => {
            actix_web::rt::time::sleep(*delay).await;
            state.result(&asked, &outcome)
        }
        NodeOutcome::Ok | NodeOutcome::Missing | NodeOutcome::Tampered => state.result(&asked, &outcome),
    };
    HttpResponse::Ok().json(match result {
        Some(result) => rpc_result(&id, &result),
        None => error(-32601, "the method does not exist"),
    })
}

impl State {
    fn result(&self, asked: &Value, outcome: &NodeOutcome) -> Option<Value> {
        let method = asked.get("method")?.as_str()?;
        if let Some(result) = lock(&self.results).get(method) {
            return Some(result.clone());
        }
        match method {
            "eth_chainId" => Some(json!("0x1")),
            "eth_getBlockByNumber" => Some(json!({ "number": "0x10", "hash": shown(&[0xb1; 32]) })),
            "eth_getCode" => Some(json!("0x")),
            "eth_call" => {
                self.called(asked.pointer("/params/0/data")?, outcome).map(|answer| json!(shown(&answer)))
            }
            _ => None,
        }
    }

    /// The registry and the resolver in one: they are told apart by what they are asked.
    fn called(&self, data: &Value, outcome: &NodeOutcome) -> Option<Vec<u8>> {
        let data = bytes_of(data)?;
        let (function, arguments) = data.split_at_checked(4)?;
        let record =
            arguments.first_chunk().and_then(|node: &[u8; 32]| lock(&self.records).get(node).cloned());
        let function = shown(function);
        if function == selector("resolver(bytes32)") {
            let mut answer = vec![0; 12];
            answer.extend(match record {
                Some(_) => super::bytes(RESOLVER)?,
                None => vec![0; 20],
            });
            Some(answer)
        } else if function == selector("supportsInterface(bytes4)") {
            Some(word(0).to_vec())
        } else if function == selector("text(bytes32,string)") {
            let text = match outcome {
                NodeOutcome::Missing => String::new(),
                NodeOutcome::Tampered => tampered(&record.unwrap_or_default()),
                _ => record.unwrap_or_default(),
            };
            Some(encoded_bytes(text.as_bytes()))
        } else {
            Some(Vec::new())
        }
    }
}
