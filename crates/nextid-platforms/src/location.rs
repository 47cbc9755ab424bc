//! Places that people copy out of their browser.

use url::Url;

/// A web address on a platform's own site.
#[derive(Debug)]
pub(crate) struct SiteUrl(Url);

impl SiteUrl {
    /// Reads an address; none if it is not a plain one, with http or https and nothing before or after the host, or if the
    /// host is not of the site.
    pub(crate) fn parse(text: &str, is_site: impl Fn(&str) -> bool) -> Option<Self> {
        let url = Url::parse(text.trim()).ok()?;
        let plain = matches!(url.scheme(), "https" | "http")
            && url.port().is_none()
            && url.username().is_empty()
            && url.password().is_none();
        (plain && url.host_str().is_some_and(is_site)).then_some(Self(url))
    }

    /// The host, in lower case.
    pub(crate) fn host(&self) -> &str {
        self.0.host_str().unwrap_or_default()
    }

    /// The parts of the path that are not empty.
    pub(crate) fn segments(&self) -> Vec<&str> {
        self.0.path().split('/').filter(|segment| !segment.is_empty()).collect()
    }

    /// A parameter of the query, decoded.
    pub(crate) fn parameter(&self, name: &str) -> Option<String> {
        let mut pairs = self.0.query_pairs();
        pairs.find(|(found, _)| found == name).map(|(_, value)| value.into_owned())
    }
}

/// A decimal number of at most `digits` digits and not zero, without leading zeros: how platforms number posts.
pub(crate) fn number(text: &str, digits: usize) -> Option<String> {
    let text = text.trim();
    let number = text.trim_start_matches('0');
    let fits = !number.is_empty() && number.len() <= digits && text.bytes().all(|byte| byte.is_ascii_digit());
    fits.then(|| number.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_the_site_only() {
        let site = |text: &str| SiteUrl::parse(text, |host| host == "x.example").is_some();
        for text in [
            "https://x.example/a",
            " http://X.EXAMPLE/a?b#c\n",
            "https://x.example:443/",
            "https://x.example",
        ] {
            assert!(site(text), "{text}");
        }
        for text in [
            "",
            "x.example/a",
            "ftp://x.example/a",
            "file:///x.example",
            "https://u@x.example/",
            "https://u:p@x.example/",
            "https://x.example:444/",
            "https://x.example.org/",
            "https://ax.example/",
            "https://127.0.0.1/",
            "javascript:x.example",
        ] {
            assert!(!site(text), "{text}");
        }
        let url = SiteUrl::parse("https://x.example//a/b%2Fc/?d=e%20f&d=g", |_| true).unwrap();
        assert_eq!((url.host(), url.segments()), ("x.example", vec!["a", "b%2Fc"]));
        assert_eq!((url.parameter("d").as_deref(), url.parameter("e")), (Some("e f"), None));
    }

    #[test]
    fn numbers() {
        for (text, found) in [
            ("1504363098328924163", Some("1504363098328924163")),
            (" 007\n", Some("7")),
            ("0", None),
            ("", None),
            ("-1", None),
            ("+1", None),
            ("1e3", None),
            ("12345678901234567890", None),
            ("１", None),
        ] {
            assert_eq!(number(text, 19).as_deref(), found, "{text}");
        }
    }
}
