//! Hosts that may be reached though they are not public.

use std::net::IpAddr;
use std::str::FromStr;

use url::Host;

/// A host that the operator allows: the rules on addresses, names and ports do not apply to it.
///
/// It is compared with the host as a URL spells it. An allowed address therefore allows URLs with that address, not
/// every name that resolves to it; an allowed name is allowed wherever it points, its subdomains are not.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum AllowHost {
    /// A name, in lower case and punycode, without a dot at the end.
    Name(String),
    /// An address.
    Address(IpAddr),
}

/// A text that is neither a host name nor an address, for example because it has a port.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a host name or address: {text:?}")]
pub struct BadAllowHost {
    /// The text as given.
    pub text: String,
}

impl AllowHost {
    /// Reads hosts that are separated by commas; blanks and empty entries are skipped.
    ///
    /// # Errors
    /// The first entry that is not a host.
    pub fn parse_list(text: &str) -> Result<Vec<Self>, BadAllowHost> {
        text.split(',').map(str::trim).filter(|entry| !entry.is_empty()).map(str::parse).collect()
    }

    /// Whether the host of a URL is this one.
    pub(crate) fn matches(&self, host: &Host<&str>) -> bool {
        match (self, host) {
            (Self::Name(name), Host::Domain(domain)) => name == domain,
            (Self::Address(IpAddr::V4(allowed)), Host::Ipv4(address)) => allowed == address,
            (Self::Address(IpAddr::V6(allowed)), Host::Ipv6(address)) => allowed == address,
            _ => false,
        }
    }
}

impl FromStr for AllowHost {
    type Err = BadAllowHost;

    /// Takes a name in any case, or an address; an IPv6 address with or without brackets.
    fn from_str(text: &str) -> Result<Self, BadAllowHost> {
        let bad = || BadAllowHost { text: text.to_owned() };
        let trimmed = text.trim();
        if let Ok(address) = trimmed.parse::<IpAddr>() {
            return Ok(Self::Address(address));
        }
        match Host::parse(trimmed).map_err(|_| bad())? {
            Host::Ipv4(address) => Ok(Self::Address(address.into())),
            Host::Ipv6(address) => Ok(Self::Address(address.into())),
            Host::Domain(domain) => {
                let name = domain.strip_suffix('.').unwrap_or(&domain);
                if is_host_name(name) { Ok(Self::Name(name.to_owned())) } else { Err(bad()) }
            }
        }
    }
}

/// Whether a name can be a host's: labels of 1 to 63 letters, digits, hyphens and underscores, 253 in all.
pub(crate) fn is_host_name(name: &str) -> bool {
    name.len() <= 253
        && name.split('.').all(|label| {
            (1..=63).contains(&label.len())
                && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_names_and_addresses() {
        let list =
            AllowHost::parse_list(" Mastodon.Test, 127.0.0.1,[::1] ,fd00::1,, bücher.example. ").unwrap();
        assert_eq!(
            list,
            [
                AllowHost::Name("mastodon.test".into()),
                AllowHost::Address("127.0.0.1".parse().unwrap()),
                AllowHost::Address("::1".parse().unwrap()),
                AllowHost::Address("fd00::1".parse().unwrap()),
                AllowHost::Name("xn--bcher-kva.example".into()),
            ]
        );
        assert_eq!(AllowHost::parse_list("").unwrap(), []);
    }

    #[test]
    fn refuses_what_is_not_a_host() {
        for text in [
            "127.0.0.1:80",
            "localhost:8080",
            "*.example",
            "http://a.example",
            "a b",
            "a/b",
            "10.0.0.0/8",
            "a..b",
        ] {
            assert_eq!(text.parse::<AllowHost>(), Err(BadAllowHost { text: text.into() }), "{text}");
        }
    }

    #[test]
    fn a_host_matches_itself_only() {
        let name: AllowHost = "dev.example".parse().unwrap();
        assert!(name.matches(&Host::Domain("dev.example")));
        assert!(!name.matches(&Host::Domain("sub.dev.example")));
        let address: AllowHost = "127.0.0.1".parse().unwrap();
        assert!(address.matches(&Host::Ipv4([127, 0, 0, 1].into())));
        assert!(!address.matches(&Host::Ipv4([127, 0, 0, 2].into())));
        assert!(!address.matches(&Host::Domain("localhost")));
    }
}
