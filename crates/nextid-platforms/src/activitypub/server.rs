//! Requests to the server of an account. A person names it, so only the guarded client goes there, and only what comes from
//! that very server counts.

use nextid_net::{FetchRequest, FetchResponse, GuardedClient};
use serde::de::DeserializeOwned;
use serde_json::Value;
use url::Url;

use crate::FetchError;

/// A server of the fediverse.
#[derive(Debug)]
pub(super) struct Server<'a> {
    base: Url,
    net: &'a GuardedClient,
}

impl<'a> Server<'a> {
    /// `host` is as in an identity: a host, with a port or not.
    pub(super) fn new(scheme: &str, host: &str, net: &'a GuardedClient) -> Result<Self, FetchError> {
        let base = Url::parse(&format!("{scheme}://{host}/")).map_err(|error| {
            FetchError::Forbidden(format!("the account's server has no address: {error}"))
        })?;
        Ok(Self { base, net })
    }

    /// The address of a path, given by its segments, which are encoded as needed.
    pub(super) fn url(&self, segments: &[&str]) -> Url {
        let mut url = self.base.clone();
        // http and https URLs always have a path to add to.
        if let Ok(mut path) = url.path_segments_mut() {
            path.pop_if_empty().extend(segments);
        }
        url
    }

    /// The same place on this server, by the scheme that is configured: servers behind a proxy often do not know their own.
    /// None for a place on another server.
    pub(super) fn own(&self, place: &str) -> Option<Url> {
        let place = self.base.join(place).ok()?;
        let is_own = matches!(place.scheme(), "https" | "http")
            && place.host_str() == self.base.host_str()
            && (place.port() == self.base.port() || place.port().is_none())
            && place.username().is_empty()
            && place.password().is_none();
        let mut url = self.base.clone();
        url.set_path(place.path());
        url.set_query(place.query());
        is_own.then_some(url)
    }

    /// Gets JSON.
    pub(super) async fn get(&self, url: &Url) -> Result<FetchResponse, FetchError> {
        self.fetch(FetchRequest::get(url).accept("application/json")).await
    }

    /// Posts JSON, and gets JSON.
    pub(super) async fn post(&self, url: &Url, body: &Value) -> Result<FetchResponse, FetchError> {
        self.fetch(FetchRequest::post(url).accept("application/json").json(body)).await
    }

    async fn fetch(&self, request: FetchRequest) -> Result<FetchResponse, FetchError> {
        let response = self.net.fetch(request).await?;
        if response.final_url.origin() == self.base.origin() {
            Ok(response)
        } else {
            Err(FetchError::Odd("the account's server redirects to another one".to_owned()))
        }
    }
}

/// Reads an answer of status 2xx, and says what any other status means. A 404 speaks against a proof if it is about the
/// post.
pub(super) fn read<T: DeserializeOwned>(response: &FetchResponse, what: &str) -> Result<T, FetchError> {
    match response.status {
        200..=299 => serde_json::from_slice(&response.body)
            .map_err(|_| FetchError::Odd(format!("the account's server does not answer with {what}"))),
        404 | 410 => Err(FetchError::NotFound),
        401 | 403 => Err(FetchError::unavailable(format!(
            "the account's server shows {what} to nobody without an account there (status {})",
            response.status
        ))),
        status @ 500.. => {
            Err(FetchError::unavailable(format!("the account's server answers with status {status}")))
        }
        status => Err(FetchError::Odd(format!("the account's server answers with status {status}"))),
    }
}
