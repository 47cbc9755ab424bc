//! Webhooks: the operator's API, and what applications get.

mod api;
mod delivery;
mod refusals;
mod schema;

use http::Method;
use nextid_testkit::TestDatabase;
use nextid_testkit::http::Answer;
use serde_json::{Value, json};

use crate::support::{App, Setup};

/// Of the operator.
const TOKEN: &str = "a-token-of-the-operator";

/// A service whose webhooks are on, and may reach this machine.
fn setup(db: &TestDatabase) -> Setup {
    Setup::new(db).set("webhooks.admin_token", TOKEN).set("net.allow_hosts", "127.0.0.1")
}

impl App {
    /// Sends a request of the operator.
    async fn ask(&self, method: Method, path: &str, body: &Value) -> Answer {
        let bearer = format!("Bearer {TOKEN}");
        let text = if body.is_null() { String::new() } else { body.to_string() };
        self.send(method, path, &[("Authorization", &bearer)], text).await
    }

    /// `POST` of the operator.
    async fn tell(&self, path: &str, body: &Value) -> Answer {
        self.ask(Method::POST, path, body).await
    }

    /// `GET` of the operator, answered 200.
    async fn look(&self, path: &str) -> Value {
        self.ask(Method::GET, path, &Value::Null).await.expect_status(200).json()
    }

    /// Registers an endpoint, and returns its path in the API and its secret.
    async fn register(&self, new: &Value) -> (String, String) {
        let made = self.tell("/v1/webhooks", new).await.expect_status(201).json();
        let text = |name: &str| made[name].as_str().expect("a text").to_owned();
        (format!("/v1/webhooks/{}", text("id")), text("secret"))
    }

    /// Registers an endpoint that is told everything there ever was.
    async fn register_all(&self, url: &str) -> (String, String) {
        self.register(&json!({"url": url, "after": 0})).await
    }
}
