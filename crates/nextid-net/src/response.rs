//! What comes back.

use std::borrow::Cow;
use std::time::{Duration, SystemTime};

use reqwest::Response;
use reqwest::header::HeaderMap;
use serde_json::Value;
use url::Url;

use crate::FetchError;
use crate::classify::classify;
use crate::rate_limit::until_retry;

/// An answer, read to its end.
#[derive(Debug, Clone)]
pub struct FetchResponse {
    /// The status code.
    pub status: u16,
    /// The body after decompression.
    pub body: Vec<u8>,
    /// The URL that answered, after redirects, without userinfo and fragment.
    pub final_url: Url,
    headers: HeaderMap,
}

impl FetchResponse {
    /// The first header of this name, if it is text. Names are compared without regard to case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// How long `Retry-After` asks to wait, in seconds or as a date (RFC 9110).
    pub fn retry_after(&self, now: SystemTime) -> Option<Duration> {
        until_retry(self.header("retry-after")?.trim(), now)
    }

    /// Whether the status is 2xx.
    pub fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// The body as text; what is not UTF-8 in it is replaced by U+FFFD.
    pub fn text(&self) -> Cow<'_, str> {
        String::from_utf8_lossy(&self.body)
    }

    /// The body as JSON.
    ///
    /// # Errors
    /// The body is not JSON.
    pub fn json(&self) -> Result<Value, serde_json::Error> {
        serde_json::from_slice(&self.body)
    }

    /// Reads the body, at most `limit` bytes of it after decompression. `cut` keeps what there is of a body that is larger
    /// or breaks off.
    pub(crate) async fn read(
        mut response: Response,
        host: &str,
        limit: usize,
        cut: bool,
    ) -> Result<Self, FetchError> {
        let too_large = || FetchError::TooLarge { limit };
        // Without compression the length is known before anything is read.
        let announced = response.content_length();
        if !cut && announced.is_some_and(|length| usize::try_from(length).map_or(true, |n| n > limit)) {
            return Err(too_large());
        }
        let mut body = Vec::new();
        loop {
            let chunk = match response.chunk().await {
                Ok(Some(chunk)) => chunk,
                Ok(None) => break,
                Err(_) if cut => break,
                Err(error) => return Err(classify(&error, host)),
            };
            let left = limit.saturating_sub(body.len());
            if chunk.len() > left && !cut {
                return Err(too_large());
            }
            body.extend(chunk.iter().take(left));
            if chunk.len() > left {
                break;
            }
        }
        let mut final_url = response.url().clone();
        // These fail for URLs without a host only, which cannot be fetched.
        let _ = final_url.set_username("");
        let _ = final_url.set_password(None);
        let headers = std::mem::take(response.headers_mut());
        Ok(Self { status: response.status().as_u16(), body, final_url, headers })
    }
}
