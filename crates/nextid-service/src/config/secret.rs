//! Values that must not be printed: credentials, and URLs that carry them.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use subtle::ConstantTimeEq as _;
use url::Url;
use zeroize::Zeroizing;

/// What stands for a secret wherever it would be printed.
pub const MASK: &str = "********";

/// A credential. `Debug`, `Display` and `Serialize` give [`MASK`]; the memory is wiped when it is dropped.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(Zeroizing<String>);

impl Secret {
    /// Wraps a credential.
    pub fn new(secret: impl Into<String>) -> Self {
        Self(Zeroizing::new(secret.into()))
    }

    /// The credential itself, for the one place that sends it.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// Whether `given` is this secret, in a time that does not depend on where they differ.
    pub fn matches(&self, given: &str) -> bool {
        self.0.as_bytes().ct_eq(given.as_bytes()).into()
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(MASK)
    }
}

impl fmt::Display for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(MASK)
    }
}

impl Serialize for Secret {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(MASK)
    }
}

impl<'de> Deserialize<'de> for Secret {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(Self::new)
    }
}

/// Where the data is: `postgres://user:password@host/name` or `sqlite://path`. Printed with its password masked.
#[derive(Clone, PartialEq, Eq)]
pub struct DatabaseUrl(Zeroizing<String>);

impl DatabaseUrl {
    /// The schemes that a database may have.
    pub const SCHEMES: [&'static str; 3] = ["postgres", "postgresql", "sqlite"];

    /// Checks the scheme; the rest is the database's to judge.
    ///
    /// # Errors
    /// What was expected instead.
    pub fn parse(text: &str) -> Result<Self, &'static str> {
        const EXPECTED: &str = "postgres://user:password@host/name or sqlite://path";
        let (scheme, rest) = text.split_once("://").ok_or(EXPECTED)?;
        if !Self::SCHEMES.contains(&scheme) || rest.is_empty() || text.chars().any(char::is_control) {
            return Err(EXPECTED);
        }
        Ok(Self(Zeroizing::new(text.to_owned())))
    }

    /// The whole URL, for the one place that connects.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// Whether this is PostgreSQL; else it is SQLite.
    pub fn is_postgres(&self) -> bool {
        self.0.starts_with("postgres")
    }

    /// The file of a SQLite database: what follows `sqlite://`, as it stands.
    pub fn sqlite_path(&self) -> Option<&str> {
        self.0.strip_prefix("sqlite://")
    }

    /// The URL with its password masked, wherever it stands.
    pub fn masked(&self) -> String {
        let Some((scheme, rest)) = self.0.split_once("://").filter(|_| self.is_postgres()) else {
            return self.0.to_string();
        };
        // A password may hold any sign unescaped: everything up to the last @ belongs to it, rather too much than too
        // little.
        let (login, place) = rest.rsplit_once('@').unwrap_or(("", rest));
        let login = match login.split_once(':') {
            Some((user, _)) => format!("{user}:{MASK}@"),
            None if login.is_empty() => String::new(),
            None => format!("{login}@"),
        };
        let (place, parameters) = place.split_once('?').unwrap_or((place, ""));
        let parameters: Vec<String> =
            parameters.split('&').filter(|pair| !pair.is_empty()).map(masked_parameter).collect();
        let mark = if parameters.is_empty() { "" } else { "?" };
        format!("{scheme}://{login}{place}{mark}{}", parameters.join("&"))
    }
}

/// libpq takes passwords from parameters as well: `password`, `sslpassword`.
fn masked_parameter(pair: &str) -> String {
    match pair.split_once('=') {
        Some((name, _)) if name.to_ascii_lowercase().contains("pass") || name.contains('%') => {
            format!("{name}={MASK}")
        }
        _ => pair.to_owned(),
    }
}

impl fmt::Debug for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.masked())
    }
}

impl fmt::Display for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.masked())
    }
}

impl Serialize for DatabaseUrl {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.masked())
    }
}

impl<'de> Deserialize<'de> for DatabaseUrl {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::parse(&String::deserialize(deserializer)?).map_err(de::Error::custom)
    }
}

/// An `http` or `https` URL whose path may hold an access key, as those of Ethereum nodes do. Printed as scheme and
/// host only.
#[derive(Clone, PartialEq, Eq)]
pub struct SecretUrl(Url);

impl SecretUrl {
    /// Checks scheme and host.
    ///
    /// # Errors
    /// What was expected instead.
    pub fn parse(text: &str) -> Result<Self, &'static str> {
        super::http_url::parse_http(text).map(Self)
    }

    /// The whole URL, for the one place that calls it.
    pub fn expose(&self) -> &Url {
        &self.0
    }

    fn masked(&self) -> String {
        let host = self.0.host_str().unwrap_or_default();
        let port = self.0.port().map(|port| format!(":{port}")).unwrap_or_default();
        let hidden = self.0.path() != "/" || self.0.query().is_some();
        format!(
            "{}://{host}{port}{}",
            self.0.scheme(),
            if hidden { format!("/{MASK}") } else { String::new() }
        )
    }
}

impl fmt::Debug for SecretUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.masked())
    }
}

impl fmt::Display for SecretUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.masked())
    }
}

impl Serialize for SecretUrl {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.masked())
    }
}

impl<'de> Deserialize<'de> for SecretUrl {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::parse(&String::deserialize(deserializer)?).map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_never_printed() {
        let secret = Secret::new("hunter2");
        let shown = format!("{secret} {secret:?} {}", serde_json::to_string(&secret).unwrap());
        assert!(!shown.contains("hunter2"), "{shown}");
        assert_eq!(secret.expose(), "hunter2");
        assert!(secret.matches("hunter2"));
        assert!(!secret.matches("hunter") && !secret.matches("hunter3") && !secret.matches(""));
    }

    #[test]
    fn database_urls_are_checked() {
        for good in [
            "sqlite://a.db",
            "sqlite:///var/a.db",
            "postgres://u@h/d",
            "postgresql://u:p@[::1]:5432/d?sslmode=require",
            "postgres:///d?host=/run/postgresql",
            "postgres://a:5432,b:5432/d",
        ] {
            assert_eq!(DatabaseUrl::parse(good).unwrap().expose(), good);
        }
        for bad in [
            "",
            "mysql://h/d",
            "sqlite://",
            "sqlite:a.db",
            "postgres://",
            "host=h",
            "sqlite://a\0b",
            "Postgres",
        ] {
            assert!(DatabaseUrl::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn database_passwords_are_masked_wherever_they_stand() {
        let shown = |url: &str| DatabaseUrl::parse(url).unwrap().to_string();
        assert_eq!(
            shown("postgres://u:p%40ss@h:5433/d?sslmode=require"),
            "postgres://u:********@h:5433/d?sslmode=require"
        );
        assert_eq!(shown("postgres://u@h/d"), "postgres://u@h/d");
        assert_eq!(shown("postgres://a:5432,b:5432/d"), "postgres://a:5432,b:5432/d");
        for hidden in [
            "postgres://h/d?user=u&password=hunter2",
            "postgres://h/d?sslpassword=hunter2&x=1",
            "postgres://h/d?pass%77ord=hunter2",
            "postgres://u:a?hunter2@h/d",
            "postgres://u:a/hunter2@h/d",
            "postgres://u:a@hunter2@h/d",
            "postgres://u:a:hunter2@h/d",
        ] {
            assert!(!shown(hidden).contains("hunter2"), "{hidden}");
        }
        assert_eq!(shown("sqlite:///data/a.db"), "sqlite:///data/a.db");
    }

    #[test]
    fn the_file_of_a_sqlite_url() {
        let path = |url: &str| DatabaseUrl::parse(url).unwrap().sqlite_path().map(str::to_owned);
        assert_eq!(path("sqlite:///data/a.db").as_deref(), Some("/data/a.db"));
        assert_eq!(path("sqlite://a.db").as_deref(), Some("a.db"));
        assert_eq!(path("postgres://h/d"), None);
    }

    #[test]
    fn the_path_of_a_secret_url_is_masked() {
        let url = SecretUrl::parse("https://user:pw@node.example:8545/v3/0123abcd?key=1").unwrap();
        assert_eq!(url.to_string(), "https://node.example:8545/********");
        assert_eq!(SecretUrl::parse("http://127.0.0.1:8545").unwrap().to_string(), "http://127.0.0.1:8545");
    }
}
