//! One request and one answer: JSON over HTTP, within limits of time and size.

use std::error::Error as _;
use std::time::Duration;

use reqwest::header::{ACCEPT, CONTENT_TYPE, HeaderMap, RETRY_AFTER};
use reqwest::{Client, Method, RequestBuilder, Response, StatusCode};
use serde::Serialize;
use serde::de::DeserializeOwned;
use url::Url;

use crate::error::{ApiError, ClientError};

/// The limits of a client.
#[derive(Debug, Clone)]
pub struct ClientOptions {
    /// For the whole of a call. A submit may take as long as the platform that the service asks; default 30 s. Of an
    /// export or a stream of events, which may be long, it is for each piece.
    pub timeout: Duration,
    /// For the connection alone; default 5 s.
    pub connect_timeout: Duration,
    /// Bytes that an answer, a line of an export, or an event may have, decompressed; default 16 MiB.
    pub max_bytes: usize,
    /// Whether the proxy that the environment names is used, for hosts that are not this one; default no.
    pub use_proxy: bool,
    /// What the client calls itself.
    pub user_agent: String,
}

impl Default for ClientOptions {
    fn default() -> Self {
        Self {
            timeout: Duration::from_secs(30),
            connect_timeout: Duration::from_secs(5),
            max_bytes: 16 * 1024 * 1024,
            use_proxy: false,
            user_agent: concat!("nextid/", env!("CARGO_PKG_VERSION")).to_owned(),
        }
    }
}

/// The longest that an export or a stream of events may take as a whole.
const LONGEST_DOWNLOAD: Duration = Duration::from_secs(24 * 60 * 60);

/// A service at a base URL.
#[derive(Debug, Clone)]
pub(crate) struct Transport {
    base: Url,
    client: Client,
    timeout: Duration,
    pub(crate) max_bytes: usize,
}

impl Transport {
    pub(crate) fn new(base: &str, options: &ClientOptions) -> Result<Self, ClientError> {
        // An error only says that the process has a provider already.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let base = parse_base(base)?;
        let mut builder = Client::builder()
            .user_agent(&options.user_agent)
            .redirect(reqwest::redirect::Policy::none())
            .referer(false)
            .connect_timeout(options.connect_timeout)
            .read_timeout(options.timeout)
            .timeout(options.timeout);
        if base.scheme() == "http" {
            // Nothing of TLS is needed then, not even the system's certificates, which a small machine may not have.
            builder = builder.tls_certs_only([]);
        }
        if !options.use_proxy || is_this_host(&base) {
            builder = builder.no_proxy();
        }
        let client = builder.build().map_err(|error| ClientError::Setup { cause: cause_of(&error) })?;
        Ok(Self { base, client, timeout: options.timeout, max_bytes: options.max_bytes })
    }

    /// The base URL, without a slash at its end.
    pub(crate) fn base(&self) -> &str {
        self.base.as_str().trim_end_matches('/')
    }

    pub(crate) async fn get<T: DeserializeOwned>(
        &self,
        path: &str,
        query: &[(&str, &str)],
    ) -> Result<T, ClientError> {
        self.answer(self.client.request(Method::GET, self.url_with(path, query))).await
    }

    pub(crate) async fn post<T: DeserializeOwned>(
        &self,
        path: &str,
        body: &impl Serialize,
    ) -> Result<T, ClientError> {
        self.post_with(path, &HeaderMap::new(), body).await
    }

    pub(crate) async fn post_with<T: DeserializeOwned>(
        &self,
        path: &str,
        headers: &HeaderMap,
        body: &impl Serialize,
    ) -> Result<T, ClientError> {
        // Our requests are structs of texts, numbers and JSON values, all of which can be written.
        let body = serde_json::to_vec(body).unwrap_or_default();
        let request = self.client.request(Method::POST, self.url(path));
        self.answer(request.headers(headers.clone()).header(CONTENT_TYPE, "application/json").body(body))
            .await
    }

    fn url(&self, path: &str) -> Url {
        let mut url = self.base.clone();
        url.set_path(&format!("{}{path}", self.base.path().trim_end_matches('/')));
        url
    }

    fn url_with(&self, path: &str, query: &[(&str, &str)]) -> Url {
        let mut url = self.url(path);
        if !query.is_empty() {
            url.query_pairs_mut().extend_pairs(query);
        }
        url
    }

    /// Asks for an answer of any length, which the caller reads.
    pub(crate) async fn download(&self, path: &str, media_type: &str) -> Result<Response, ClientError> {
        self.stream(path, &[], HeaderMap::new(), media_type).await
    }

    /// As [`Transport::download`], with a query and further headers.
    pub(crate) async fn stream(
        &self,
        path: &str,
        query: &[(&str, &str)],
        headers: HeaderMap,
        media_type: &str,
    ) -> Result<Response, ClientError> {
        let request = self.client.request(Method::GET, self.url_with(path, query)).timeout(LONGEST_DOWNLOAD);
        let request = request.headers(headers).header(ACCEPT, media_type);
        let response = request.send().await.map_err(|error| self.failure(&error))?;
        if response.status().is_success() {
            return Ok(response);
        }
        let (status, retry_after) = (response.status(), retry_after(&response));
        let body = self.body(response).await?;
        Err(self.refusal(status, retry_after, &body))
    }

    pub(crate) fn host(&self) -> String {
        let host = self.base.host_str().unwrap_or_default();
        self.base.port_or_known_default().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
    }

    async fn answer<T: DeserializeOwned>(&self, request: RequestBuilder) -> Result<T, ClientError> {
        let response =
            request.header(ACCEPT, "application/json").send().await.map_err(|error| self.failure(&error))?;
        let (status, retry_after) = (response.status(), retry_after(&response));
        let body = self.body(response).await?;
        if status.is_success() {
            return serde_json::from_slice(&body).map_err(|error| self.unexpected(status, error.to_string()));
        }
        Err(self.refusal(status, retry_after, &body))
    }

    fn refusal(&self, status: StatusCode, retry_after: Option<u64>, body: &[u8]) -> ClientError {
        match ApiError::read(status.as_u16(), retry_after, body) {
            Some(error) => ClientError::Api(Box::new(error)),
            None => self.unexpected(status, beginning(body)),
        }
    }

    fn unexpected(&self, status: StatusCode, why: String) -> ClientError {
        ClientError::Unexpected { host: self.host(), status: status.as_u16(), why }
    }

    async fn body(&self, mut response: Response) -> Result<Vec<u8>, ClientError> {
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(|error| self.failure(&error))? {
            if body.len() + chunk.len() > self.max_bytes {
                return Err(ClientError::TooLarge { host: self.host(), limit: self.max_bytes });
            }
            body.extend_from_slice(&chunk);
        }
        Ok(body)
    }

    pub(crate) fn failure(&self, error: &reqwest::Error) -> ClientError {
        let (host, cause) = (self.host(), cause_of(error));
        // A time-out of the connection is both; what counts is that nothing was sent.
        if error.is_connect() {
            ClientError::Connect { host, cause }
        } else if error.is_timeout() {
            ClientError::Timeout { host, after: self.timeout }
        } else {
            ClientError::Interrupted { host, cause }
        }
    }
}

fn retry_after(response: &Response) -> Option<u64> {
    response.headers().get(RETRY_AFTER).and_then(|value| value.to_str().ok()?.parse().ok())
}

fn parse_base(text: &str) -> Result<Url, ClientError> {
    let bad = |why| ClientError::BadUrl { url: text.to_owned(), why };
    let url = Url::parse(text.trim()).map_err(|_| bad("expected something like http://127.0.0.1:9800"))?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err(bad("it must begin with http:// or https://"));
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err(bad("it must end before the path of a call, without ? and #"));
    }
    Ok(url)
}

fn is_this_host(url: &Url) -> bool {
    match url.host() {
        Some(url::Host::Domain(name)) => name == "localhost",
        Some(url::Host::Ipv4(address)) => address.is_loopback(),
        Some(url::Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

/// The innermost cause, which is what the system said; the layers above it only repeat the URL.
fn cause_of(error: &reqwest::Error) -> String {
    let mut innermost = error.source();
    while let Some(source) = innermost.and_then(std::error::Error::source) {
        innermost = Some(source);
    }
    innermost.map_or_else(|| error.to_string(), ToString::to_string)
}

/// Enough of a body to recognise what answered.
fn beginning(body: &[u8]) -> String {
    const SHOWN: usize = 80;
    let text = String::from_utf8_lossy(body);
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(SHOWN) {
        Some((at, _)) => format!("{:?} …", line.get(..at).unwrap_or_default()),
        None if line.is_empty() => "an empty body".to_owned(),
        None => format!("{line:?}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_base_url_may_have_a_path() {
        for (base, wanted) in [
            ("http://h:1", "http://h:1/v1/kv"),
            ("http://h:1/", "http://h:1/v1/kv"),
            ("https://h/api/", "https://h/api/v1/kv"),
        ] {
            let options = ClientOptions::default();
            assert_eq!(Transport::new(base, &options).unwrap().url("/v1/kv").as_str(), wanted);
        }
    }

    #[test]
    fn what_is_no_base_url_is_refused() {
        for base in ["", "h:1", "127.0.0.1:9800", "ftp://h", "http://h/?a=1", "http://h/#f"] {
            let error = Transport::new(base, &ClientOptions::default()).unwrap_err();
            assert!(matches!(error, ClientError::BadUrl { .. }), "{base}: {error}");
        }
    }

    #[test]
    fn a_foreign_body_is_shown_in_one_short_line() {
        assert_eq!(beginning(b""), "an empty body");
        assert_eq!(beginning(b"<html>\n <body>"), "\"<html> <body>\"");
        assert!(beginning("ä".repeat(200).as_bytes()).chars().count() < 90);
    }

    #[test]
    fn this_host_is_known() {
        for (url, wanted) in [
            ("http://localhost", true),
            ("http://127.0.0.5:1", true),
            ("http://[::1]", true),
            ("https://proof.example", false),
            ("http://10.0.0.1", false),
        ] {
            assert_eq!(is_this_host(&Url::parse(url).unwrap()), wanted, "{url}");
        }
    }
}
