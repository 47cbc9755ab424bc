//! What a caller asks for.

use std::fmt;
use std::time::Duration;

use reqwest::Method;
use reqwest::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use serde_json::Value;
use url::Url;

use crate::FetchError;
use crate::message::Message;

/// A request to be made by [`crate::GuardedClient::fetch`]. What is wrong with it is said there.
#[derive(Clone)]
pub struct FetchRequest {
    method: Method,
    url: Result<Url, url::ParseError>,
    headers: HeaderMap,
    bad_header: Option<String>,
    body: Option<Vec<u8>>,
    pub(crate) trusted: bool,
    pub(crate) follow: bool,
    pub(crate) timeout: Option<Duration>,
    pub(crate) max_bytes: Option<usize>,
    pub(crate) status_only: bool,
}

impl FetchRequest {
    /// A GET.
    pub fn get(url: impl AsRef<str>) -> Self {
        Self::new(Method::GET, url.as_ref())
    }

    /// A POST, without a body as yet.
    pub fn post(url: impl AsRef<str>) -> Self {
        Self::new(Method::POST, url.as_ref())
    }

    fn new(method: Method, url: &str) -> Self {
        Self {
            method,
            url: Url::parse(url),
            headers: HeaderMap::new(),
            bad_header: None,
            body: None,
            trusted: false,
            follow: true,
            timeout: None,
            max_bytes: None,
            status_only: false,
        }
    }

    /// Sets a header. It goes to the origin of the URL only, `Accept`, `Accept-Language` and `Content-Type` excepted,
    /// which a redirect takes along.
    #[must_use]
    pub fn header(self, name: &str, value: &str) -> Self {
        match HeaderName::from_bytes(name.as_bytes()) {
            Ok(name) => self.set(name, value),
            Err(_) => Self { bad_header: Some(name.to_owned()), ..self },
        }
    }

    /// Sets `Accept`.
    #[must_use]
    pub fn accept(self, media_type: &str) -> Self {
        self.set(ACCEPT, media_type)
    }

    /// Sets `Authorization: Bearer …`.
    #[must_use]
    pub fn bearer(self, secret: &str) -> Self {
        self.set(AUTHORIZATION, &format!("Bearer {secret}"))
    }

    /// Sets the body and its type.
    #[must_use]
    pub fn body(self, media_type: &str, body: impl Into<Vec<u8>>) -> Self {
        Self { body: Some(body.into()), ..self.set(CONTENT_TYPE, media_type) }
    }

    /// Sets a JSON body.
    #[must_use]
    pub fn json(self, value: &Value) -> Self {
        self.body("application/json", value.to_string())
    }

    /// For a URL that the operator configured: the rules on userinfo, addresses, names and ports do not apply to its
    /// host and port. A redirect to anywhere else is checked as usual.
    #[must_use]
    pub fn trusted(self) -> Self {
        Self { trusted: true, ..self }
    }

    /// A redirect is not followed but is the answer.
    #[must_use]
    pub fn no_redirects(self) -> Self {
        Self { follow: false, ..self }
    }

    /// Replaces the configured time for the whole fetch.
    #[must_use]
    pub fn timeout(self, timeout: Duration) -> Self {
        Self { timeout: Some(timeout), ..self }
    }

    /// Replaces the configured limit of the body.
    #[must_use]
    pub fn max_bytes(self, limit: usize) -> Self {
        Self { max_bytes: Some(limit), ..self }
    }

    /// For a caller that wants the status and keeps to the host's limits by itself: 429 is an answer like any other, what
    /// the answer says about limits is not noted for other requests, and a body that is too large, or breaks off, is cut.
    #[must_use]
    pub fn status_only(self) -> Self {
        Self { status_only: true, ..self }
    }

    fn set(mut self, name: HeaderName, value: &str) -> Self {
        match HeaderValue::from_str(value) {
            Ok(mut value) => {
                value.set_sensitive(name == AUTHORIZATION);
                self.headers.insert(name, value);
            }
            Err(_) => self.bad_header = Some(name.as_str().to_owned()),
        }
        self
    }

    pub(crate) fn into_message(self) -> Result<Message, FetchError> {
        if let Some(name) = self.bad_header {
            return Err(FetchError::BadHeader { name });
        }
        let url = self.url.map_err(|reason| FetchError::BadUrl { reason })?;
        Ok(Message { method: self.method, url, headers: self.headers, body: self.body })
    }
}

impl fmt::Debug for FetchRequest {
    /// Shows the method and the host: paths, headers and bodies may hold secrets.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FetchRequest")
            .field("method", &self.method)
            .field("host", &self.url.as_ref().ok().and_then(Url::host_str))
            .field("trusted", &self.trusted)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_sent_is_reported() {
        let error = |request: FetchRequest| request.into_message().err();
        assert_eq!(
            error(FetchRequest::get("no url")),
            Some(FetchError::BadUrl { reason: url::ParseError::RelativeUrlWithoutBase })
        );
        assert_eq!(
            error(FetchRequest::get("https://a.example").header("a b", "c")),
            Some(FetchError::BadHeader { name: "a b".into() })
        );
        assert_eq!(
            error(FetchRequest::get("https://a.example").bearer("line\nbreak")),
            Some(FetchError::BadHeader { name: "authorization".into() })
        );
    }

    #[test]
    fn debug_output_keeps_secrets() {
        let request = FetchRequest::post("https://u:hidden@a.example/hidden?hidden")
            .bearer("hidden")
            .header("x-hidden", "hidden")
            .json(&serde_json::json!({"hidden": "hidden"}));
        let shown = format!("{request:?}");
        assert!(shown.contains("a.example") && shown.contains("POST"), "{shown}");
        assert!(!shown.contains("hidden"), "{shown}");
    }
}
