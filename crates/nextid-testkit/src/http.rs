//! A small HTTP client that sends exactly what a test says, and raw sockets for what no client would send.
#![expect(
    clippy::panic,
    clippy::expect_used,
    reason = "a test whose server does not answer has nothing to say"
)]

pub mod raw;

use std::sync::Once;
use std::time::Duration;

use reqwest::{Body, Method};
use serde_json::Value;

/// How long an answer may take before the test fails.
const TIME_LIMIT: Duration = Duration::from_secs(30);

/// A client of one server. It follows no redirects, uses no proxy and sends no header of its own but what HTTP needs.
#[derive(Clone, Debug)]
pub struct TestClient {
    base: String,
    inner: reqwest::Client,
}

/// An answer, read to its end.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The status code.
    pub status: u16,
    /// Names in lower case, in the order of arrival; values that are not text are left out.
    pub headers: Vec<(String, String)>,
    /// The body's bytes.
    pub body: Vec<u8>,
}

impl TestClient {
    /// A client of the server at `base`: `http://127.0.0.1:port`.
    pub fn new(base: impl Into<String>) -> Self {
        install_crypto();
        let inner = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .timeout(TIME_LIMIT)
            .build()
            .expect("a client without special settings");
        let base = base.into().trim_end_matches('/').to_owned();
        Self { base, inner }
    }

    /// The address that paths are put after, without a slash at its end.
    pub fn base(&self) -> &str {
        &self.base
    }

    /// Sends a request with the given headers and body.
    ///
    /// # Panics
    /// When no whole answer comes within 30 seconds.
    pub async fn send(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: impl Into<Body>,
    ) -> Answer {
        let url = format!("{}{path}", self.base);
        let mut request = self.inner.request(method.clone(), &url);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let failed = |error: reqwest::Error| -> ! { panic!("{method} {url}: {error:?}") };
        let response = request.body(body).send().await.unwrap_or_else(|error| failed(error));
        let status = response.status().as_u16();
        let headers = response.headers().iter();
        let headers = headers
            .filter_map(|(name, value)| Some((name.to_string(), value.to_str().ok()?.to_owned())))
            .collect();
        let body = response.bytes().await.unwrap_or_else(|error| failed(error)).to_vec();
        Answer { status, headers, body }
    }

    /// `GET`, path and query as given.
    pub async fn get(&self, path: &str) -> Answer {
        self.send(Method::GET, path, &[], "").await
    }

    /// `POST` of these bytes without a Content-Type, as some clients in the field do.
    pub async fn post(&self, path: &str, body: impl Into<Body>) -> Answer {
        self.send(Method::POST, path, &[], body).await
    }

    /// `POST` of a JSON value as `application/json`.
    pub async fn post_json(&self, path: &str, body: &Value) -> Answer {
        self.send(Method::POST, path, &[("Content-Type", "application/json")], body.to_string()).await
    }
}

impl Answer {
    /// The first header of this name, any case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(found, _)| found.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
    }

    /// The body as text, bytes that are not UTF-8 replaced.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The body as JSON.
    ///
    /// # Panics
    /// When it is not JSON, with the body.
    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|error| panic!("{} is not JSON ({error}): {}", self.status, self.text()))
    }

    /// This answer, when it has the status.
    ///
    /// # Panics
    /// When it has another one, with the body.
    #[track_caller]
    pub fn expect_status(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{}", self.text());
        self
    }

    /// The body of an error with this status and `code`.
    ///
    /// # Panics
    /// When it is not one, with the body.
    #[track_caller]
    pub fn expect_error(self, status: u16, code: &str) -> Value {
        let body = self.expect_status(status).json();
        assert_eq!(body.get("code").and_then(Value::as_str), Some(code), "{body}");
        body
    }
}

/// reqwest wants a provider even where nothing is encrypted. Another part of the test may have installed one.
fn install_crypto() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| drop(rustls::crypto::ring::default_provider().install_default()));
}

#[cfg(test)]
mod tests;
