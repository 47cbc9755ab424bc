//! Why a fetch failed.

use std::time::Duration;

/// Why a fetch gave no answer. An answer of any status but 429 (and 403 where it reports a rate limit) is not an
/// error but a [`crate::FetchResponse`].
///
/// `host` is the host that failed as its URL spells it; paths, queries and addresses are not in here, as they may be
/// secret.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FetchError {
    /// The text is no URL.
    #[error("not a URL: {reason}")]
    BadUrl {
        /// What the parser says.
        reason: url::ParseError,
    },
    /// A header's name or value that cannot be sent.
    #[error("header {name:?} cannot be sent")]
    BadHeader {
        /// The header's name.
        name: String,
    },
    /// The URL, or one that it was redirected to, breaks a rule.
    #[error("URL refused: {why}")]
    ForbiddenUrl {
        /// The rule.
        why: UrlRule,
    },
    /// The name resolves to addresses that are not public only.
    #[error("{host} has no public address")]
    ForbiddenAddress {
        /// The host.
        host: String,
    },
    /// The name does not resolve.
    #[error("{host} cannot be resolved")]
    Resolve {
        /// The host.
        host: String,
    },
    /// No connection.
    #[error("cannot connect to {host}")]
    Connect {
        /// The host.
        host: String,
    },
    /// No TLS connection; a certificate that does not hold, for example.
    #[error("no TLS connection to {host}: {reason}")]
    Tls {
        /// The host.
        host: String,
        /// What the TLS library says.
        reason: String,
    },
    /// The fetch was not done in time.
    #[error("{host} did not answer in time")]
    Timeout {
        /// The host.
        host: String,
    },
    /// The body is too large.
    #[error("the answer is larger than {limit} bytes")]
    TooLarge {
        /// The limit in bytes.
        limit: usize,
    },
    /// More redirects than allowed.
    #[error("more than {limit} redirects")]
    TooManyRedirects {
        /// The limit.
        limit: usize,
    },
    /// The host failed repeatedly and is left alone for a while.
    #[error("{host} keeps failing and is left alone for {} seconds", whole_seconds(*retry_after))]
    CircuitOpen {
        /// The host.
        host: String,
        /// When to try again.
        retry_after: Duration,
    },
    /// The host asked to be left alone for a while.
    #[error("{host} limits requests; try again in {} seconds", whole_seconds(*retry_after))]
    RateLimited {
        /// The host.
        host: String,
        /// When to try again.
        retry_after: Duration,
    },
    /// Too many requests of ours wait for this host.
    #[error("too many requests are waiting for {host}")]
    Busy {
        /// The host.
        host: String,
    },
    /// The answer is not HTTP, breaks off, or cannot be decompressed.
    #[error("{host} does not speak HTTP properly: {reason}")]
    Protocol {
        /// The host.
        host: String,
        /// What the HTTP library says.
        reason: String,
    },
}

/// The rule that a URL breaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
pub enum UrlRule {
    /// Only `http` and `https`.
    #[error("only http and https are allowed")]
    Scheme,
    /// No user name or password.
    #[error("a user name or password is not allowed")]
    UserInfo,
    /// The host must be a host name: letters, digits, hyphens and dots in their places, at most 253.
    #[error("the host is not a host name")]
    HostName,
    /// No IP address, in whatever notation.
    #[error("an IP address is not allowed")]
    IpLiteral,
    /// No name of this computer or of a local network: `localhost`, `*.local`, `*.internal` and their like, names
    /// without a dot.
    #[error("the host is not a public name")]
    InternalName,
    /// Only port 443, and 80 where the scheme is `http`.
    #[error("only the ports 443 and 80 are allowed")]
    Port,
    /// No redirect from `https` to `http`.
    #[error("a redirect from https to http is not followed")]
    Downgrade,
}

impl FetchError {
    /// Whether the request was refused for where it would have gone. Trying again does not help.
    pub fn is_forbidden(&self) -> bool {
        matches!(self, Self::ForbiddenUrl { .. } | Self::ForbiddenAddress { .. })
    }

    /// When to try again, if that is known.
    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::CircuitOpen { retry_after, .. } | Self::RateLimited { retry_after, .. } => {
                Some(*retry_after)
            }
            _ => None,
        }
    }
}

/// Rounded up, so that who waits that long is not too early.
fn whole_seconds(duration: Duration) -> u64 {
    duration.as_secs() + u64::from(duration.subsec_nanos() > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waiting_times_are_rounded_up() {
        let error =
            FetchError::RateLimited { host: "a.example".into(), retry_after: Duration::from_millis(1200) };
        assert_eq!(error.to_string(), "a.example limits requests; try again in 2 seconds");
        assert_eq!(error.retry_after(), Some(Duration::from_millis(1200)));
        assert!(!error.is_forbidden());
    }

    #[test]
    fn refusals_are_told_from_failures() {
        assert!(FetchError::ForbiddenUrl { why: UrlRule::Port }.is_forbidden());
        assert!(FetchError::ForbiddenAddress { host: "a.example".into() }.is_forbidden());
        assert!(!FetchError::Timeout { host: "a.example".into() }.is_forbidden());
        assert_eq!(FetchError::Timeout { host: "a.example".into() }.retry_after(), None);
    }
}
