//! A request as it goes out, and what a redirect makes of it.

use reqwest::header::{ACCEPT, ACCEPT_LANGUAGE, CONTENT_TYPE, HeaderMap, HeaderName};
use reqwest::{Method, StatusCode};
use url::Url;

use crate::{FetchError, UrlRule};

/// The headers that go along to another origin. An allow-list, as any other header may hold a credential.
const HEADERS_FOR_ANYONE: [HeaderName; 3] = [ACCEPT, ACCEPT_LANGUAGE, CONTENT_TYPE];

/// Method, URL, headers and body.
#[derive(Clone)]
pub(crate) struct Message {
    pub(crate) method: Method,
    pub(crate) url: Url,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Option<Vec<u8>>,
}

/// Whether an answer of this status sends the client elsewhere.
pub(crate) fn is_redirect(status: StatusCode) -> bool {
    matches!(status.as_u16(), 301 | 302 | 303 | 307 | 308)
}

impl Message {
    /// The request after a redirect (RFC 9110, section 15.4; the Fetch standard's practice on methods).
    ///
    /// # Errors
    /// `Location` is no URL, or leads from `https` to `http`.
    pub(crate) fn redirected(mut self, status: StatusCode, location: &[u8]) -> Result<Self, FetchError> {
        let bad_location = || FetchError::Protocol {
            host: self.url.host_str().unwrap_or_default().to_owned(),
            reason: "the redirect leads to no URL".to_owned(),
        };
        let location = std::str::from_utf8(location).map_err(|_| bad_location())?;
        let next = self.url.join(location).map_err(|_| bad_location())?;
        if self.url.scheme() == "https" && next.scheme() == "http" {
            return Err(FetchError::ForbiddenUrl { why: UrlRule::Downgrade });
        }
        let becomes_get = match status.as_u16() {
            301 | 302 => self.method == Method::POST,
            303 => true,
            _ => false,
        };
        if becomes_get {
            self.method = Method::GET;
            self.body = None;
            self.headers.remove(CONTENT_TYPE);
        }
        if self.url.origin() != next.origin() {
            self.headers = std::mem::take(&mut self.headers)
                .into_iter()
                .filter_map(|(name, value)| Some((name?, value)))
                .filter(|(name, _)| HEADERS_FOR_ANYONE.contains(name))
                .collect();
        }
        self.url = next;
        Ok(self)
    }
}

#[cfg(test)]
mod tests {
    use reqwest::header::{AUTHORIZATION, COOKIE, HeaderValue};

    use super::*;

    fn post(url: &str) -> Message {
        let headers = [
            (ACCEPT, "application/json"),
            (CONTENT_TYPE, "application/json"),
            (AUTHORIZATION, "Bearer secret"),
            (COOKIE, "session=secret"),
            (HeaderName::from_static("x-api-key"), "secret"),
        ];
        Message {
            method: Method::POST,
            url: url.parse().unwrap(),
            headers: headers
                .map(|(name, value)| (name, HeaderValue::from_static(value)))
                .into_iter()
                .collect(),
            body: Some(b"{}".to_vec()),
        }
    }

    fn redirected(status: u16, from: &str, location: &str) -> Result<Message, FetchError> {
        post(from).redirected(StatusCode::from_u16(status).unwrap(), location.as_bytes())
    }

    fn names(message: &Message) -> Vec<&str> {
        let mut names: Vec<_> = message.headers.keys().map(HeaderName::as_str).collect();
        names.sort_unstable();
        names
    }

    #[test]
    fn credentials_stay_at_their_origin() {
        let same = redirected(307, "https://a.example/x", "/y?z").unwrap();
        assert_eq!(same.url.as_str(), "https://a.example/y?z");
        assert_eq!(names(&same), ["accept", "authorization", "content-type", "cookie", "x-api-key"]);
        for location in
            ["https://b.example/", "//b.example/", "https://a.example:444/", "https://sub.a.example/"]
        {
            let other = redirected(307, "https://a.example/x", location).unwrap();
            assert_eq!(names(&other), ["accept", "content-type"], "{location}");
        }
        assert_eq!(
            names(&redirected(308, "http://a.example/", "https://a.example/").unwrap()),
            ["accept", "content-type"]
        );
    }

    #[test]
    fn a_post_becomes_a_get_where_the_standard_says_so() {
        for status in [301, 302, 303] {
            let message = redirected(status, "https://a.example/", "/").unwrap();
            assert_eq!((message.method.clone(), message.body.clone()), (Method::GET, None), "{status}");
            assert_eq!(names(&message), ["accept", "authorization", "cookie", "x-api-key"]);
        }
        for status in [307, 308] {
            let message = redirected(status, "https://a.example/", "/").unwrap();
            assert_eq!((message.method, message.body), (Method::POST, Some(b"{}".to_vec())), "{status}");
        }
    }

    #[test]
    fn refused_locations() {
        let refused = |location| redirected(302, "https://a.example/", location).err();
        assert_eq!(refused("http://a.example/"), Some(FetchError::ForbiddenUrl { why: UrlRule::Downgrade }));
        assert!(matches!(refused("http://[/"), Some(FetchError::Protocol { .. })));
        let bytes = post("https://a.example/").redirected(StatusCode::FOUND, b"/\xff").err();
        assert!(matches!(bytes, Some(FetchError::Protocol { .. })));
    }
}
