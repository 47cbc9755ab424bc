//! A platform's API at the base address that the operator configured.

use std::time::Duration;

use nextid_net::{FetchRequest, FetchResponse, GuardedClient};
use serde::de::DeserializeOwned;
use url::Url;

use crate::{FetchError, SettingsError};

/// An API's base address.
#[derive(Debug, Clone)]
pub(crate) struct Endpoint(Url);

impl Endpoint {
    /// Reads the base address that the setting `key` holds; its path is kept in front of the API's own.
    pub(crate) fn parse(key: &'static str, text: &str) -> Result<Self, SettingsError> {
        let url = Url::parse(text.trim()).map_err(|error| SettingsError::new(key, error.to_string()))?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err(SettingsError::new(key, "a base URL begins with https:// or http://"));
        }
        if url.query().is_some() || url.fragment().is_some() {
            return Err(SettingsError::new(key, "a base URL has no query and no fragment"));
        }
        Ok(Self(url))
    }

    /// The address of an API path, given by its segments, which are encoded as needed.
    pub(crate) fn url(&self, segments: &[&str]) -> Url {
        let mut url = self.0.clone();
        // http and https URLs always have a path to add to.
        if let Ok(mut path) = url.path_segments_mut() {
            path.pop_if_empty().extend(segments);
        }
        url
    }

    /// Makes a request to an address of this API and returns its answer of status 2xx.
    ///
    /// An answer counts only if it comes from the API itself: what a redirect to elsewhere leads to is not the platform's
    /// word.
    pub(crate) async fn fetch(
        &self,
        request: FetchRequest,
        net: &GuardedClient,
    ) -> Result<FetchResponse, FetchError> {
        accepted(self.ask(request, net).await?)
    }

    /// As [`Endpoint::fetch`], with the answer of every status, for APIs that say something in their errors.
    pub(crate) async fn ask(
        &self,
        request: FetchRequest,
        net: &GuardedClient,
    ) -> Result<FetchResponse, FetchError> {
        let response = net.fetch(request.trusted()).await.map_err(|error| match FetchError::from(error) {
            // The base address is the operator's, so that only the platform itself can have led us there.
            FetchError::Forbidden(why) => FetchError::Odd(why),
            other => other,
        })?;
        if response.final_url.origin() != self.0.origin() {
            return Err(FetchError::Odd("it redirects to another host".to_owned()));
        }
        Ok(response)
    }
}

/// The answer, if its status is 2xx; else what the status says.
pub(crate) fn accepted(response: FetchResponse) -> Result<FetchResponse, FetchError> {
    match response.status {
        200..=299 => Ok(response),
        404 | 410 => Err(FetchError::NotFound),
        401 | 403 => Err(FetchError::unavailable(format!("it refuses us with status {}", response.status))),
        429 | 500.. => Err(FetchError::Unavailable {
            retry_after: retry_after(&response),
            why: format!("it answers with status {}", response.status),
        }),
        status => Err(FetchError::Odd(format!("status {status}"))),
    }
}

/// Reads a body as JSON of this shape, which `what` names.
pub(crate) fn read_json<T: DeserializeOwned>(body: &[u8], what: &str) -> Result<T, FetchError> {
    // Where it is, but not what: the text of the error quotes the body.
    serde_json::from_slice(body)
        .map_err(|error| FetchError::Odd(format!("not {what}, at line {}", error.line())))
}

/// What `Retry-After` says in seconds; dates are left to the client, which heeds both.
fn retry_after(response: &FetchResponse) -> Option<Duration> {
    let seconds = response.header("retry-after")?.trim().parse().ok()?;
    Some(Duration::from_secs(seconds))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_base_keeps_its_path() {
        for (base, expected) in [
            ("https://api.github.com", "https://api.github.com/gists/a%2F..%3F"),
            ("https://api.github.com/", "https://api.github.com/gists/a%2F..%3F"),
            ("http://ghe.test:8080/api/v3", "http://ghe.test:8080/api/v3/gists/a%2F..%3F"),
            ("http://ghe.test/api/v3/", "http://ghe.test/api/v3/gists/a%2F..%3F"),
        ] {
            let endpoint = Endpoint::parse("k", base).unwrap();
            assert_eq!(endpoint.url(&["gists", "a/..?"]).as_str(), expected);
        }
    }

    #[test]
    fn what_is_no_base_is_refused() {
        for text in [
            "",
            "api.github.com",
            "ftp://a.example",
            "https://a.example/?x",
            "https://a.example/#x",
            "https://",
        ] {
            assert_eq!(
                Endpoint::parse("platforms.x.base_url", text).unwrap_err().key,
                "platforms.x.base_url"
            );
        }
    }
}
