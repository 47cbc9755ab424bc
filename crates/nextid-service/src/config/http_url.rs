//! A URL that the operator configures: `http` or `https`, with a host, used as a base for paths.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use url::Url;

/// A base URL without a slash at its end: `https://api.github.com`, `http://127.0.0.1:9800`.
#[derive(Clone, PartialEq, Eq)]
pub struct HttpUrl(Url);

/// Parses an absolute `http(s)` URL.
pub(super) fn parse_http(text: &str) -> Result<Url, &'static str> {
    const EXPECTED: &str = "a URL such as https://host or http://host:port";
    let url = Url::parse(text.trim()).map_err(|_| EXPECTED)?;
    if !matches!(url.scheme(), "http" | "https") || url.host_str().is_none_or(str::is_empty) {
        return Err(EXPECTED);
    }
    Ok(url)
}

impl HttpUrl {
    /// Checks scheme and host, and that it can be the base of a path.
    ///
    /// # Errors
    /// What was expected instead.
    pub fn parse(text: &str) -> Result<Self, &'static str> {
        let url = parse_http(text)?;
        if url.query().is_some() || url.fragment().is_some() {
            return Err("a URL without query and fragment");
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err("a URL without user and password");
        }
        Ok(Self(url))
    }

    /// The URL, parsed.
    pub fn as_url(&self) -> &Url {
        &self.0
    }

    /// The URL as text, without a slash at its end, so that a path can follow.
    pub fn as_str(&self) -> &str {
        self.0.as_str().trim_end_matches('/')
    }
}

impl fmt::Debug for HttpUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Display for HttpUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Serialize for HttpUrl {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for HttpUrl {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::parse(&String::deserialize(deserializer)?).map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_base_url_ends_without_a_slash() {
        for text in ["http://127.0.0.1:9800", "http://127.0.0.1:9800/"] {
            assert_eq!(HttpUrl::parse(text).unwrap().as_str(), "http://127.0.0.1:9800");
        }
        assert_eq!(HttpUrl::parse("https://h/api/").unwrap().as_str(), "https://h/api");
    }

    #[test]
    fn what_cannot_be_a_base_is_refused() {
        for text in [
            "",
            "h",
            "ftp://h",
            "http://",
            "http://h?q=1",
            "http://h#f",
            "http://u:p@h",
            "/path",
            "http://h:99999",
        ] {
            assert!(HttpUrl::parse(text).is_err(), "{text}");
        }
    }
}
