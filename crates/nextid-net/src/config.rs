//! The limits of the client.

use std::time::Duration;

use crate::AllowHost;

/// What the client allows and where it stops. Zero concurrency or zero hosts count as one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NetConfig {
    /// Hosts that may be reached though they are not public, on any port. Default: none.
    pub allow_hosts: Vec<AllowHost>,
    /// Time for one fetch with all its redirects and its body, in milliseconds. Default: 10000.
    pub timeout_ms: u64,
    /// Largest body after decompression, in bytes. Default: 1048576.
    pub max_bytes: usize,
    /// Redirects that one fetch follows. Default: 3.
    pub max_redirects: usize,
    /// Requests that a host and port gets at once. Default: 8.
    pub per_host_concurrency: usize,
    /// Requests that wait for their turn at a host and port; further ones fail at once. Default: 64.
    pub per_host_queue: usize,
    /// Hosts and ports that are remembered. Default: 10000.
    pub max_hosts: usize,
    /// Failures in a row after which a host and port is left alone. Default: 5.
    pub breaker_failures: u32,
    /// How long it is left alone before one request tries again, in milliseconds. Default: 30000.
    pub breaker_cool_down_ms: u64,
    /// Longest time for which a host may ask to be left alone, in milliseconds. Default: 900000.
    pub max_rate_limit_ms: u64,
    /// How long a host is left alone that answers 429 without saying until when, in milliseconds. Default: 60000.
    pub default_rate_limit_ms: u64,
}

impl Default for NetConfig {
    fn default() -> Self {
        Self {
            allow_hosts: Vec::new(),
            timeout_ms: 10_000,
            max_bytes: 1_048_576,
            max_redirects: 3,
            per_host_concurrency: 8,
            per_host_queue: 64,
            max_hosts: 10_000,
            breaker_failures: 5,
            breaker_cool_down_ms: 30_000,
            max_rate_limit_ms: 900_000,
            default_rate_limit_ms: 60_000,
        }
    }
}

impl NetConfig {
    pub(crate) fn timeout(&self) -> Duration {
        Duration::from_millis(self.timeout_ms)
    }
}
