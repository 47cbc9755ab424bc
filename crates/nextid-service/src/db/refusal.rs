//! Why a server will not have us, however long we wait.

use std::fmt;

/// Why a server will not have us, however long we wait: somebody has to change something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// The URL has parts that libpq does not know.
    Url,
    /// No name server knows the host.
    UnknownHost,
    /// There is no way to the host.
    Unreachable,
    /// The connection is not encrypted, or the server's certificate is not the one that is trusted.
    Tls,
    /// Wrong user or password.
    Password,
    /// No such database.
    UnknownDatabase,
    /// The server's rules do not let this user in.
    Forbidden,
}

/// What libpq and the server say, in their own words. A server with another `lc_messages` speaks otherwise: then it is
/// waited for, which costs time and nothing else.
const WORDS: &[(&str, Refusal)] = &[
    ("Name or service not known", Refusal::UnknownHost),
    ("No address associated with hostname", Refusal::UnknownHost),
    ("nodename nor servname provided", Refusal::UnknownHost),
    ("No route to host", Refusal::Unreachable),
    ("Host is unreachable", Refusal::Unreachable),
    ("Network is unreachable", Refusal::Unreachable),
    ("certificate", Refusal::Tls),
    ("server does not support SSL", Refusal::Tls),
    ("SSL error", Refusal::Tls),
    ("password authentication failed", Refusal::Password),
    ("no password supplied", Refusal::Password),
    ("no pg_hba.conf entry", Refusal::Forbidden),
    ("pg_hba.conf rejects", Refusal::Forbidden),
    ("is not permitted to log in", Refusal::Forbidden),
    ("permission denied for database", Refusal::Forbidden),
    ("authentication failed", Refusal::Password),
    ("invalid URI", Refusal::Url),
    ("invalid port number", Refusal::Url),
    ("invalid integer value", Refusal::Url),
    ("invalid sslmode value", Refusal::Url),
    ("invalid percent-encoded token", Refusal::Url),
];

impl Refusal {
    /// The reason in libpq's words for a failed connection; none where waiting may help. A URL may name several hosts, of
    /// which each has its line: as long as one of them may come, it is waited for.
    pub(super) fn of(cause: &str) -> Option<Self> {
        // A hint is indented.
        let mut failures =
            cause.lines().filter(|line| !line.is_empty() && !line.starts_with(char::is_whitespace));
        let first = Self::of_line(failures.next()?)?;
        failures.all(|line| Self::of_line(line).is_some()).then_some(first)
    }

    fn of_line(line: &str) -> Option<Self> {
        let missing =
            |what: &str| line.contains(&format!("{what} \"")) && line.ends_with("\" does not exist");
        if missing("database") {
            return Some(Self::UnknownDatabase);
        }
        if missing("role") {
            return Some(Self::Password);
        }
        WORDS.iter().find(|(words, _)| line.contains(words)).map(|(_, refusal)| *refusal)
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Url => "it is not understood",
            Self::UnknownHost => "there is no such host",
            Self::Unreachable => "the host cannot be reached",
            Self::Tls => "there is no trusted TLS connection",
            Self::Password => "the user or the password is wrong",
            Self::UnknownDatabase => "there is no such database",
            Self::Forbidden => "the server does not let this user in",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_waiting_cannot_mend() {
        for (cause, wanted) in [
            (
                "connection to server at \"127.0.0.1\", port 5432 failed: FATAL:  password authentication failed for user \"u\"\n\
                 connection to server at \"127.0.0.1\", port 5432 failed: FATAL:  password authentication failed for user \"u\"",
                Refusal::Password,
            ),
            (
                "connection to server at \"h\" (::1), port 5432 failed: fe_sendauth: no password supplied",
                Refusal::Password,
            ),
            (
                "connection to server on socket \"/s\" failed: FATAL:  role \"u\" does not exist",
                Refusal::Password,
            ),
            (
                "connection to server on socket \"/s\" failed: FATAL:  database \"d\" does not exist",
                Refusal::UnknownDatabase,
            ),
            (
                "could not translate host name \"h\" to address: Name or service not known",
                Refusal::UnknownHost,
            ),
            (
                "connection to server at \"10.0.0.1\", port 5432 failed: No route to host\n\tIs the server running on that host?",
                Refusal::Unreachable,
            ),
            (
                "connection to server at \"h\", port 5432 failed: SSL error: certificate verify failed",
                Refusal::Tls,
            ),
            (
                "connection to server at \"h\", port 5432 failed: server certificate for \"a\" does not match host name \"h\"",
                Refusal::Tls,
            ),
            (
                "connection to server at \"h\", port 5432 failed: FATAL:  no pg_hba.conf entry for host \"h\", user \"u\"",
                Refusal::Forbidden,
            ),
            ("invalid sslmode value: \"yes\"", Refusal::Url),
        ] {
            assert_eq!(Refusal::of(cause), Some(wanted), "{cause}");
        }
    }

    #[test]
    fn what_may_still_come() {
        for cause in [
            "",
            "connection to server at \"127.0.0.1\", port 1 failed: Connection refused\n\tIs the server running on that host?",
            "connection to server on socket \"/s/.s.PGSQL.5432\" failed: No such file or directory",
            "connection to server at \"h\", port 5432 failed: timeout expired",
            "connection to server at \"h\", port 5432 failed: FATAL:  the database system is starting up",
            "could not translate host name \"h\" to address: Temporary failure in name resolution",
            // Two hosts, of which the second may come.
            "could not translate host name \"a\" to address: Name or service not known\n\
             connection to server at \"b\", port 1 failed: Connection refused",
        ] {
            assert_eq!(Refusal::of(cause), None, "{cause}");
        }
    }
}
