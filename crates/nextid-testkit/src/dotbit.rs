//! A stand-in for the .bit registration service: `POST /v1/account/records`.

use serde_json::{Value, json};

use crate::Outcome;
use crate::stand_in::{Asked, Author, Behaviour, Reply, stand_in};

/// The key that another Avatar's record begins with.
const OTHER_KEY: &str = "0x028c3cda474361179d653c41a62f6bbb07265d535121e19aedf660da2924d0b1e3";

stand_in! {
    /// The .bit service on a port of its own; everything of [`StandIn`](crate::StandIn) is its as well.
    DotbitStandIn, Dotbit
}

impl DotbitStandIn {
    /// Sets the profile record `nextid` of an account; for a binding it is `0x<compressed key>:<signature>`.
    pub fn publish(&self, account: &str, value: impl Into<String>) {
        self.put(account, Author::new(account, account, account), value);
    }
}

#[derive(Debug)]
struct Dotbit;

impl Behaviour for Dotbit {
    fn name(&self) -> &'static str {
        "dotbit"
    }

    fn answer(&self, asked: &Asked<'_>) -> Option<Reply> {
        if (asked.method, asked.path.as_slice()) != ("POST", &["v1", "account", "records"][..]) {
            return None;
        }
        let body: Value = serde_json::from_str(asked.body).unwrap_or_default();
        let Some(account) = body.get("account").and_then(Value::as_str) else {
            return Some(failed(10_000, "params is invalid"));
        };
        let Some(post) = asked.post(account) else {
            return Some(failed(30_003, "account not exist"));
        };
        let value = match (asked.outcome, post.text.split_once(':')) {
            (Outcome::OtherAuthor, Some((_, signature))) => format!("{OTHER_KEY}:{signature}"),
            _ => post.text,
        };
        let record = |kind: &str, key: &str, value: &str| json!({ "type": kind, "key": key, "value": value, "label": "", "ttl": "300" });
        let mut records = vec![
            record("address", "60", "0x1e8e7e863537a3b55fae351ab605ff865914c89f"),
            record("profile", "twitter", "somebody"),
        ];
        if *asked.outcome != Outcome::Missing {
            records.push(record("profile", "nextid", &value));
        }
        Some(Reply::json(200, &json!({ "err_no": 0, "err_msg": "", "data": { "records": records } })))
    }

    fn error(&self, status: u16) -> Reply {
        Reply::json(status, &json!({ "err_no": status, "err_msg": "error", "data": null }))
    }
}

/// Errors come with status 200.
fn failed(number: u32, message: &str) -> Reply {
    Reply::json(200, &json!({ "err_no": number, "err_msg": message, "data": null }))
}
