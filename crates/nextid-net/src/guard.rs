//! The rules on URLs. They are applied to the first URL of a fetch and to every redirect.

use url::{Host, Url};

use crate::allow::{AllowHost, is_host_name};
use crate::{FetchError, UrlRule};

/// Names that mean this computer or a local network, with all names below them: RFC 6761, RFC 6762, RFC 7686,
/// RFC 8375, the names reserved for private use, and what routers and clouds use without asking.
const INTERNAL_SUFFIXES: [&str; 12] = [
    "localhost",
    "localdomain",
    "local",
    "internal",
    "intranet",
    "private",
    "corp",
    "home",
    "lan",
    "home.arpa",
    "onion",
    "alt",
];

/// The host and port that an operator configured.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct TrustedPlace {
    host: String,
    port: Option<u16>,
}

impl TrustedPlace {
    pub(crate) fn of(url: &Url) -> Self {
        let host = url.host_str().unwrap_or_default();
        Self { host: host.strip_suffix('.').unwrap_or(host).to_owned(), port: url.port_or_known_default() }
    }
}

/// A URL that may be fetched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Target {
    pub(crate) url: Url,
    pub(crate) place: Place,
}

/// What limits are kept by: a host and port, apart for trusted requests, so that nobody can use up or break, through
/// URLs of their own, what the operator's own requests need.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Place {
    pub(crate) host: String,
    pub(crate) port: u16,
    pub(crate) trusted: bool,
}

/// The rules, with the hosts that are excepted.
#[derive(Debug, Clone, Default)]
pub(crate) struct Guard {
    allow: Vec<AllowHost>,
}

impl Guard {
    pub(crate) fn new(allow: Vec<AllowHost>) -> Self {
        Self { allow }
    }

    /// Whether the name is excepted from the rules on addresses.
    pub(crate) fn allows_name(&self, name: &str) -> bool {
        self.allows(&Host::Domain(name))
    }

    /// Whether the URL's host is excepted.
    pub(crate) fn allows_host_of(&self, url: &Url) -> bool {
        let mut url = url.clone();
        drop_final_dot(&mut url).is_ok() && url.host().is_some_and(|host| self.allows(&host))
    }

    fn allows(&self, host: &Host<&str>) -> bool {
        self.allow.iter().any(|allowed| allowed.matches(host))
    }

    /// Checks a URL; `trust` is the place that is excepted for this fetch.
    pub(crate) fn check(&self, mut url: Url, trust: Option<&TrustedPlace>) -> Result<Target, FetchError> {
        let forbidden = |why| FetchError::ForbiddenUrl { why };
        if !matches!(url.scheme(), "http" | "https") {
            return Err(forbidden(UrlRule::Scheme));
        }
        url.set_fragment(None);
        drop_final_dot(&mut url).map_err(forbidden)?;
        let trusted = trust.is_some_and(|place| *place == TrustedPlace::of(&url));
        if !trusted {
            self.check_untrusted(&url).map_err(forbidden)?;
        }
        let (Some(host), Some(port)) = (url.host_str(), url.port_or_known_default()) else {
            return Err(forbidden(UrlRule::HostName));
        };
        let place = Place { host: host.to_owned(), port, trusted };
        Ok(Target { url, place })
    }

    fn check_untrusted(&self, url: &Url) -> Result<(), UrlRule> {
        if !url.username().is_empty() || url.password().is_some() {
            return Err(UrlRule::UserInfo);
        }
        let host = url.host().ok_or(UrlRule::HostName)?;
        if self.allows(&host) {
            return Ok(());
        }
        match host {
            Host::Ipv4(_) | Host::Ipv6(_) => return Err(UrlRule::IpLiteral),
            Host::Domain(name) => check_name(name)?,
        }
        match (url.scheme(), url.port_or_known_default()) {
            (_, Some(443)) | ("http", Some(80)) => Ok(()),
            _ => Err(UrlRule::Port),
        }
    }
}

/// `example.com.` is `example.com`: the same name must not get past a rule, nor be counted apart.
fn drop_final_dot(url: &mut Url) -> Result<(), UrlRule> {
    let Some(Host::Domain(name)) = url.host() else {
        return Ok(());
    };
    let Some(bare) = name.strip_suffix('.').map(str::to_owned) else {
        return Ok(());
    };
    url.set_host(Some(&bare)).map_err(|_| UrlRule::HostName)
}

fn check_name(name: &str) -> Result<(), UrlRule> {
    if !is_host_name(name) {
        return Err(UrlRule::HostName);
    }
    let internal = INTERNAL_SUFFIXES
        .iter()
        .any(|suffix| name.strip_suffix(suffix).is_some_and(|rest| rest.is_empty() || rest.ends_with('.')));
    if internal || !name.contains('.') { Err(UrlRule::InternalName) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use proptest::prelude::*;

    use super::*;

    fn check(text: &str) -> Result<Target, FetchError> {
        Guard::default().check(text.parse().unwrap(), None)
    }

    fn refusal(text: &str) -> Option<UrlRule> {
        match check(text) {
            Err(FetchError::ForbiddenUrl { why }) => Some(why),
            _ => None,
        }
    }

    #[test]
    fn public_urls_pass() {
        for (text, host, port) in [
            ("https://example.com/a?b#c", "example.com", 443),
            ("https://EXAMPLE.com:443", "example.com", 443),
            ("http://example.com", "example.com", 80),
            ("http://example.com:443/", "example.com", 443),
            ("https://bücher.example/", "xn--bcher-kva.example", 443),
            ("https://example.com./", "example.com", 443),
            ("https://my_bucket.example.com/", "my_bucket.example.com", 443),
            ("https://notlocalhost.com/", "notlocalhost.com", 443),
            ("https://local.example.com/", "local.example.com", 443),
        ] {
            let place = Place { host: host.into(), port, trusted: false };
            assert_eq!(check(text).map(|target| target.place), Ok(place), "{text}");
        }
        assert_eq!(check("https://example.com./a#b").unwrap().url.as_str(), "https://example.com/a");
    }

    #[test]
    fn other_urls_are_refused_by_rule() {
        for (text, why) in [
            ("file:///etc/passwd", UrlRule::Scheme),
            ("ftp://example.com/", UrlRule::Scheme),
            ("gopher://example.com/", UrlRule::Scheme),
            ("data:text/plain,hello", UrlRule::Scheme),
            ("javascript:alert(1)", UrlRule::Scheme),
            ("ws://example.com/", UrlRule::Scheme),
            ("unix:/run/docker.sock", UrlRule::Scheme),
            ("https://user@example.com/", UrlRule::UserInfo),
            ("https://user:password@example.com/", UrlRule::UserInfo),
            ("https://:password@example.com/", UrlRule::UserInfo),
            ("https://example.com@127.0.0.1/", UrlRule::UserInfo),
            ("https://127.0.0.1/", UrlRule::IpLiteral),
            ("https://127.0.0.1./", UrlRule::IpLiteral),
            ("https://8.8.8.8/", UrlRule::IpLiteral),
            ("https://2130706433/", UrlRule::IpLiteral),
            ("https://0x7f000001/", UrlRule::IpLiteral),
            ("https://0x7f.1/", UrlRule::IpLiteral),
            ("https://0177.0.0.1/", UrlRule::IpLiteral),
            ("https://127.1/", UrlRule::IpLiteral),
            ("https://0/", UrlRule::IpLiteral),
            ("https://127%2e0%2e0%2e1/", UrlRule::IpLiteral),
            ("https://１２７.０.０.１/", UrlRule::IpLiteral),
            ("https://127。0。0。1/", UrlRule::IpLiteral),
            ("https://[::1]/", UrlRule::IpLiteral),
            ("https://[::ffff:127.0.0.1]/", UrlRule::IpLiteral),
            ("https://[2606:4700:4700::1111]/", UrlRule::IpLiteral),
            ("https://169.254.169.254/latest/meta-data/", UrlRule::IpLiteral),
            ("https://localhost/", UrlRule::InternalName),
            ("https://LOCALHOST./", UrlRule::InternalName),
            ("https://ｌocalhost/", UrlRule::InternalName),
            ("https://a.localhost/", UrlRule::InternalName),
            ("https://localhost.localdomain/", UrlRule::InternalName),
            ("https://printer.local/", UrlRule::InternalName),
            ("https://metadata.google.internal/", UrlRule::InternalName),
            ("https://router.home.arpa/", UrlRule::InternalName),
            ("https://db.svc.cluster.local/", UrlRule::InternalName),
            ("https://nas.lan/", UrlRule::InternalName),
            ("https://hidden.onion/", UrlRule::InternalName),
            ("https://metadata/", UrlRule::InternalName),
            ("https://postgres/", UrlRule::InternalName),
            ("https://example.com../", UrlRule::HostName),
            ("https://a..example.com/", UrlRule::HostName),
            ("https://a(b).example.com/", UrlRule::HostName),
            ("https://example.com:22/", UrlRule::Port),
            ("https://example.com:80/", UrlRule::Port),
            ("https://example.com:8443/", UrlRule::Port),
            ("http://example.com:8080/", UrlRule::Port),
            ("http://example.com:0/", UrlRule::Port),
        ] {
            assert_eq!(refusal(text), Some(why), "{text}");
        }
        assert_eq!(refusal(&format!("https://{}example.com/", "a.".repeat(122))), Some(UrlRule::HostName));
        assert_eq!(refusal(&format!("https://{}.example.com/", "a".repeat(64))), Some(UrlRule::HostName));
    }

    #[test]
    fn an_allowed_host_may_be_anywhere_but_keeps_the_other_rules() {
        let guard = Guard::new(AllowHost::parse_list("127.0.0.1,localhost,::1,dev.internal").unwrap());
        for text in [
            "http://127.0.0.1:9000/",
            "http://2130706433:9000/",
            "https://localhost:1/",
            "http://localhost.:81/",
            "http://[::1]:3000/",
            "http://dev.internal:8080/",
        ] {
            assert!(guard.check(text.parse().unwrap(), None).is_ok(), "{text}");
        }
        for (text, why) in [
            ("http://127.0.0.2:9000/", UrlRule::IpLiteral),
            ("http://[::ffff:127.0.0.1]:9000/", UrlRule::IpLiteral),
            ("http://a.dev.internal/", UrlRule::InternalName),
            ("http://user@localhost/", UrlRule::UserInfo),
            ("ftp://localhost/", UrlRule::Scheme),
        ] {
            let refused = guard.check(text.parse().unwrap(), None).map(|target| target.place);
            assert_eq!(refused, Err(FetchError::ForbiddenUrl { why }), "{text}");
        }
    }

    #[test]
    fn trust_covers_its_own_host_and_port() {
        let trust = TrustedPlace::of(&"http://node.internal.:8545/key".parse().unwrap());
        let check = |text: &str| Guard::default().check(text.parse().unwrap(), Some(&trust));
        let place = Place { host: "node.internal".into(), port: 8545, trusted: true };
        assert_eq!(check("http://u:p@node.internal:8545/other").map(|target| target.place), Ok(place));
        assert_eq!(
            check("http://node.internal:8546/").unwrap_err(),
            FetchError::ForbiddenUrl { why: UrlRule::InternalName }
        );
        assert_eq!(
            check("ftp://node.internal:8545/").unwrap_err(),
            FetchError::ForbiddenUrl { why: UrlRule::Scheme }
        );
        assert!(!check("https://example.com/").unwrap().place.trusted);
    }

    proptest! {
        #[test]
        fn no_notation_of_an_address_passes(bits: u32) {
            let [a, b, c, d] = Ipv4Addr::from_bits(bits).octets();
            for host in [
                format!("{a}.{b}.{c}.{d}"),
                format!("{bits}"),
                format!("{bits:#x}"),
                format!("0{bits:o}"),
                format!("{a:#x}.0{b:o}.{}", u32::from(c) << 8 | u32::from(d)),
                format!("[::ffff:{a}.{b}.{c}.{d}]"),
                format!("[64:ff9b::{a}.{b}.{c}.{d}]"),
            ] {
                prop_assert_eq!(refusal(&format!("http://{host}/")), Some(UrlRule::IpLiteral), "{}", host);
            }
        }

        #[test]
        fn no_text_panics(text in "\\PC*") {
            if let Ok(url) = Url::parse(&format!("http://{text}")) {
                let _ = Guard::default().check(url, None);
            }
        }
    }
}
