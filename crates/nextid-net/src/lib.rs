//! The guarded HTTP client: it reaches public hosts only, within limits of time, size and number.
//!
//! A URL that comes from a user, or from a server that a user chose, is only ever fetched through
//! [`GuardedClient`]. It
//! - takes `http` and `https` URLs without userinfo, on ports 443 and 80, and refuses IP literals and
//!   internal names ([`UrlRule`]);
//! - resolves a name once per connection, drops every address that is not public ([`address::is_public`]) and
//!   connects to what is left, so that an answer cannot change between check and use;
//! - follows at most [`NetConfig::max_redirects`] redirects, each of which is checked like the first URL, and
//!   takes nothing that may be a credential to another origin;
//! - bounds the time of a fetch over all hops, and the size of a body after decompression;
//! - limits how many requests a host gets at once, leaves a host alone that keeps failing
//!   ([`FetchError::CircuitOpen`]) or that asked for it ([`FetchError::RateLimited`]).
//!
//! Two ways lead past the rules on addresses, names and ports: [`NetConfig::allow_hosts`], for a host, and
//! [`FetchRequest::trusted`], for a URL that the operator configured. No proxy is taken from the environment,
//! no cookie is kept and no referrer is sent.

pub mod address;
mod allow;
mod breaker;
mod classify;
mod client;
mod clock;
mod config;
mod error;
mod guard;
mod hosts;
mod message;
mod rate_limit;
#[cfg(test)]
mod rebinding_tests;
mod request;
mod resolver;
mod response;
mod tls;

pub use allow::{AllowHost, BadAllowHost};
pub use client::{BuildError, GuardedClient, GuardedClientBuilder, USER_AGENT};
pub use clock::{Clock, ManualClock, SystemClock};
pub use config::NetConfig;
pub use error::{FetchError, UrlRule};
pub use request::FetchRequest;
pub use resolver::{Resolver, SystemResolver};
pub use response::FetchResponse;
pub use tls::install_crypto_provider;
