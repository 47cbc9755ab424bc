//! Checks one value against its key, and gives it the type that its struct takes.

use std::net::SocketAddr;

use config::{Value, ValueKind};
use url::Url;

use super::http_url::HttpUrl;
use super::keys::Kind;
use super::secret::{DatabaseUrl, SecretUrl};

/// A value as it was found.
#[derive(Debug, Clone)]
pub(super) enum Raw {
    /// Text of the environment, of a secret's file or of a default: spells any type.
    Text(String),
    /// A value of a TOML file, which has a type.
    Typed(Value),
}

/// What does not fit.
#[derive(Debug, PartialEq)]
pub(super) struct Misfit {
    pub(super) expected: String,
    pub(super) found: String,
}

/// Checks `raw`. `None` is an empty value, which counts as not given.
pub(super) fn check(kind: Kind, raw: &Raw) -> Result<Option<Value>, Misfit> {
    let misfit = |expected: String| Misfit { expected, found: shown(kind, raw) };
    if let Kind::Hosts = kind {
        let hosts = list(raw).ok_or_else(|| misfit("a list of host names or addresses".to_owned()))?;
        return match hosts.iter().find(|host| !is_host(host)) {
            Some(bad) => Err(Misfit {
                expected: "host names or addresses, without scheme and port".to_owned(),
                found: format!("{bad:?}"),
            }),
            None => Ok(Some(Value::new(None, hosts))),
        };
    }
    let kind_of_value: ValueKind = match (kind, raw) {
        (_, Raw::Text(text)) if text.trim().is_empty() => return Ok(None),
        (Kind::Switch, Raw::Text(text)) => match text.trim().to_ascii_lowercase().as_str() {
            "true" | "1" | "yes" | "on" => true.into(),
            "false" | "0" | "no" | "off" => false.into(),
            _ => return Err(misfit("true or false".to_owned())),
        },
        (Kind::Switch, Raw::Typed(value)) => match value.kind {
            ValueKind::Boolean(on) => on.into(),
            _ => return Err(misfit("true or false".to_owned())),
        },
        (Kind::Integer { min, max }, raw) => {
            let number = match raw {
                Raw::Text(text) => text.trim().parse::<u64>().ok(),
                Raw::Typed(value) => match value.kind {
                    ValueKind::I64(number) => u64::try_from(number).ok(),
                    ValueKind::U64(number) => Some(number),
                    _ => None,
                },
            };
            number
                .filter(|number| (min..=max).contains(number))
                .ok_or_else(|| misfit(format!("a whole number from {min} to {max}")))?
                .into()
        }
        (kind, raw) => {
            let text = match raw {
                Raw::Text(text) => text.as_str(),
                Raw::Typed(Value { kind: ValueKind::String(text), .. }) => text.as_str(),
                Raw::Typed(_) => return Err(misfit("text".to_owned())),
            };
            if text.trim().is_empty() {
                return Ok(None);
            }
            check_text(kind, text.trim()).map_err(misfit)?;
            text.trim().into()
        }
    };
    Ok(Some(Value::new(None, kind_of_value)))
}

fn check_text(kind: Kind, text: &str) -> Result<(), String> {
    match kind {
        Kind::DatabaseUrl => DatabaseUrl::parse(text).map(drop).map_err(str::to_owned),
        Kind::Url => HttpUrl::parse(text).map(drop).map_err(str::to_owned),
        Kind::SecretUrl => SecretUrl::parse(text).map(drop).map_err(str::to_owned),
        Kind::Address => match text.parse::<SocketAddr>() {
            Ok(_) => Ok(()),
            Err(_) => Err("an address and a port, such as 127.0.0.1:9800".to_owned()),
        },
        Kind::Choice(words) if words.contains(&text) => Ok(()),
        Kind::Choice(words) => Err(format!("one of {}", words.join(", "))),
        Kind::Resolver if is_resolver(text) => Ok(()),
        Kind::Resolver => {
            Err("system, udp://host:port, tcp://host:port, tls://host:port or https://host/path".to_owned())
        }
        Kind::LogFilter if is_log_filter(text) => Ok(()),
        Kind::LogFilter => {
            Err("a level (off, error, warn, info, debug, trace), or target=level parts separated by commas"
                .to_owned())
        }
        Kind::Text | Kind::Secret if text.chars().any(char::is_control) => Err("text in one line".to_owned()),
        Kind::Text | Kind::Secret | Kind::Integer { .. } | Kind::Switch | Kind::Hosts => Ok(()),
    }
}

fn list(raw: &Raw) -> Option<Vec<String>> {
    let split = |text: &str| -> Vec<String> {
        text.split(',').map(str::trim).filter(|part| !part.is_empty()).map(str::to_owned).collect()
    };
    match raw {
        Raw::Text(text) => Some(split(text)),
        Raw::Typed(Value { kind: ValueKind::String(text), .. }) => Some(split(text)),
        Raw::Typed(Value { kind: ValueKind::Array(items), .. }) => items
            .iter()
            .map(|item| match &item.kind {
                ValueKind::String(text) => Some(text.trim().to_owned()),
                _ => None,
            })
            .collect(),
        Raw::Typed(_) => None,
    }
}

/// A host name, an IPv4 address, or an IPv6 address with or without brackets.
fn is_host(text: &str) -> bool {
    let bare = text.strip_prefix('[').and_then(|text| text.strip_suffix(']')).unwrap_or(text);
    bare.parse::<std::net::IpAddr>().is_ok()
        || (!bare.contains(':')
            && matches!(url::Host::parse(bare), Ok(url::Host::Domain(_) | url::Host::Ipv4(_))))
}

fn is_resolver(text: &str) -> bool {
    if text == "system" {
        return true;
    }
    let Ok(url) = Url::parse(text) else { return false };
    if url.host_str().is_none_or(str::is_empty) {
        return false;
    }
    match url.scheme() {
        "https" => true,
        "udp" | "tcp" | "tls" => matches!(url.path(), "" | "/"),
        _ => false,
    }
}

fn is_log_filter(text: &str) -> bool {
    text.split(',').map(str::trim).filter(|part| !part.is_empty()).all(|part| {
        let level = part.rsplit_once('=').map_or(part, |(_, level)| level);
        level.parse::<log::LevelFilter>().is_ok()
    })
}

/// What was found, without secrets.
fn shown(kind: Kind, raw: &Raw) -> String {
    match raw {
        _ if kind.is_secret() => "something else".to_owned(),
        Raw::Text(text) => format!("{text:?}"),
        Raw::Typed(value) => match &value.kind {
            ValueKind::String(text) => format!("{text:?}"),
            ValueKind::Array(_) => "a list".to_owned(),
            ValueKind::Table(_) => "a table".to_owned(),
            other => other.to_string(),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(kind: Kind, text: &str) -> Result<Option<Value>, Misfit> {
        check(kind, &Raw::Text(text.to_owned()))
    }

    fn typed(kind: Kind, value: impl Into<ValueKind>) -> Result<Option<Value>, Misfit> {
        check(kind, &Raw::Typed(Value::new(None, value)))
    }

    #[test]
    fn numbers_have_ranges() {
        let kind = Kind::Integer { min: 1, max: 10 };
        assert!(text(kind, " 10 ").is_ok() && typed(kind, 10_i64).is_ok());
        for bad in ["0", "11", "-1", "1.5", "ten", "0x1"] {
            assert!(text(kind, bad).is_err(), "{bad}");
        }
        assert!(typed(kind, "5").is_err(), "a file has numbers of its own");
        assert!(typed(kind, -1_i64).is_err());
        assert_eq!(text(kind, "11").unwrap_err().expected, "a whole number from 1 to 10");
    }

    #[test]
    fn empty_text_is_not_given() {
        assert!(matches!(text(Kind::Secret, ""), Ok(None)));
        assert!(matches!(text(Kind::Integer { min: 1, max: 2 }, " "), Ok(None)));
        assert!(matches!(typed(Kind::Url, ""), Ok(None)));
    }

    #[test]
    fn secrets_are_not_shown() {
        assert_eq!(text(Kind::DatabaseUrl, "mysql://u:hunter2@h").unwrap_err().found, "something else");
        assert_eq!(typed(Kind::Secret, 5_i64).unwrap_err().found, "something else");
    }

    #[test]
    fn hosts_are_lists_of_hosts() {
        assert!(text(Kind::Hosts, "localhost, 127.0.0.1,::1,[fe80::1],a.example").is_ok());
        assert!(typed(Kind::Hosts, vec!["localhost".to_owned()]).is_ok());
        for bad in ["http://h", "h:80", "a b", "a/b"] {
            assert!(text(Kind::Hosts, bad).is_err(), "{bad}");
        }
        assert!(typed(Kind::Hosts, 4_i64).is_err());
    }

    #[test]
    fn resolvers() {
        for good in [
            "system",
            "udp://1.1.1.1:53",
            "tcp://[::1]:53",
            "tls://dns.example:853",
            "https://dns.example/dns-query",
        ] {
            assert!(text(Kind::Resolver, good).is_ok(), "{good}");
        }
        for bad in ["1.1.1.1", "http://h/dns-query", "udp://", "udp://h:53/x"] {
            assert!(text(Kind::Resolver, bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn log_filters_name_levels() {
        for good in ["info", "warn,nextid=debug", "OFF"] {
            assert!(text(Kind::LogFilter, good).is_ok(), "{good}");
        }
        for bad in ["loud", "nextid=loud"] {
            assert!(text(Kind::LogFilter, bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn words_and_switches() {
        assert!(text(Kind::Choice(&["text", "json"]), "json").is_ok());
        assert_eq!(text(Kind::Choice(&["text", "json"]), "xml").unwrap_err().expected, "one of text, json");
        for on in ["true", "1", "YES"] {
            assert!(matches!(text(Kind::Switch, on), Ok(Some(Value { kind: ValueKind::Boolean(true), .. }))));
        }
        assert!(text(Kind::Switch, "maybe").is_err());
        assert!(typed(Kind::Switch, "true").is_err());
    }
}
