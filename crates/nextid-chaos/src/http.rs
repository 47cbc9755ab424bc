//! Requests of writers: they end within seconds, and what they say is a status and a body, or that nothing came.

use std::net::SocketAddr;
use std::time::Duration;

use reqwest::Client;
use serde_json::Value;

use crate::Failure;

/// An answer.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// The body; null if it is not JSON.
    pub body: Value,
}

impl Answer {
    /// The `code` of an error.
    pub fn code(&self) -> &str {
        self.body.get("code").and_then(Value::as_str).unwrap_or_default()
    }

    /// A text of the body.
    pub fn text(&self, field: &str) -> Option<&str> {
        self.body.get(field).and_then(Value::as_str)
    }

    /// What the report counts it as: `409 chain_conflict`.
    pub fn summary(&self) -> String {
        if self.status < 400 { self.status.to_string() } else { format!("{} {}", self.status, self.code()) }
    }
}

/// A client without surprises: no proxies, no redirects.
///
/// # Errors
/// When it cannot be built.
pub fn client() -> Result<Client, Failure> {
    // Another part of the program may have installed one.
    drop(rustls::crypto::ring::default_provider().install_default());
    Ok(Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none()).build()?)
}

/// `POST` of JSON. None when no answer came within the time.
pub async fn post(
    client: &Client,
    to: SocketAddr,
    path: &str,
    body: &Value,
    within: Duration,
) -> Option<Answer> {
    let request = client.post(format!("http://{to}{path}")).timeout(within).body(body.to_string());
    answer(request).await
}

/// `GET`. None when no answer came.
pub async fn get(client: &Client, from: SocketAddr, path: &str) -> Option<Answer> {
    answer(client.get(format!("http://{from}{path}")).timeout(Duration::from_secs(30))).await
}

async fn answer(request: reqwest::RequestBuilder) -> Option<Answer> {
    let response = request.send().await.ok()?;
    let status = response.status().as_u16();
    let bytes = response.bytes().await.ok()?;
    Some(Answer { status, body: serde_json::from_slice(&bytes).unwrap_or(Value::Null) })
}
