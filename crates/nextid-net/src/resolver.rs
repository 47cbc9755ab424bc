//! Names to addresses, and the check of what comes back.

use std::error::Error;
use std::fmt::Debug;
use std::io;
use std::net::{IpAddr, SocketAddr, ToSocketAddrs};
use std::sync::Arc;

use async_trait::async_trait;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use tokio::sync::Semaphore;

use crate::guard::Guard;

/// Finds the addresses of a name.
#[async_trait]
pub trait Resolver: Debug + Send + Sync + 'static {
    /// The addresses of `host`, best first. A port of 0 stands for the port of the URL.
    ///
    /// # Errors
    /// The name has no address, or nobody could be asked.
    async fn resolve(&self, host: &str) -> io::Result<Vec<SocketAddr>>;
}

/// Look-ups that run at once. The system's resolver blocks a thread for each, and a slow name server must not take
/// all threads of the process.
const SYSTEM_LOOKUPS: usize = 64;

/// The operating system's resolver.
#[derive(Debug, Clone)]
pub struct SystemResolver {
    lookups: Arc<Semaphore>,
}

impl Default for SystemResolver {
    fn default() -> Self {
        Self { lookups: Arc::new(Semaphore::new(SYSTEM_LOOKUPS)) }
    }
}

#[async_trait]
impl Resolver for SystemResolver {
    async fn resolve(&self, host: &str) -> io::Result<Vec<SocketAddr>> {
        let permit = Arc::clone(&self.lookups).acquire_owned().await.map_err(io::Error::other)?;
        let host = host.to_owned();
        // The permit goes along, as the thread stays blocked after the caller has given up.
        let lookup = move || {
            let _permit = permit;
            (host.as_str(), 0).to_socket_addrs().map(Iterator::collect)
        };
        tokio::task::spawn_blocking(lookup).await.map_err(io::Error::other)?
    }
}

/// Why a name gave no address to connect to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum NameError {
    #[error("the name does not resolve")]
    Unknown,
    #[error("the name has no public address")]
    NotPublic,
}

/// What the HTTP client asks whenever it opens a connection. It connects to the addresses that this returns and
/// never asks again for them.
#[derive(Debug, Clone)]
pub(crate) struct CheckedResolver {
    pub(crate) inner: Arc<dyn Resolver>,
    /// `None` lifts the check, for trusted requests.
    pub(crate) check: Option<AddressCheck>,
}

/// Which addresses of which names are good.
#[derive(Debug, Clone)]
pub(crate) struct AddressCheck {
    pub(crate) guard: Arc<Guard>,
    pub(crate) is_public: fn(IpAddr) -> bool,
}

impl CheckedResolver {
    async fn addresses(self, host: &str) -> Result<Vec<SocketAddr>, NameError> {
        let mut addresses = self.inner.resolve(host).await.map_err(|_| NameError::Unknown)?;
        if addresses.is_empty() {
            return Err(NameError::Unknown);
        }
        if let Some(check) = self.check.filter(|check| !check.guard.allows_name(host)) {
            addresses.retain(|address| (check.is_public)(address.ip()));
            if addresses.is_empty() {
                return Err(NameError::NotPublic);
            }
        }
        Ok(addresses)
    }
}

impl Resolve for CheckedResolver {
    fn resolve(&self, name: Name) -> Resolving {
        let resolver = self.clone();
        Box::pin(async move {
            match resolver.addresses(name.as_str()).await {
                Ok(addresses) => Ok(Box::new(addresses.into_iter()) as Addrs),
                Err(error) => Err(Box::new(error) as Box<dyn Error + Send + Sync>),
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::address::is_public;

    #[derive(Debug)]
    struct Fixed(&'static [&'static str]);

    #[async_trait]
    impl Resolver for Fixed {
        async fn resolve(&self, _: &str) -> io::Result<Vec<SocketAddr>> {
            Ok(self.0.iter().map(|text| SocketAddr::new(text.parse().unwrap(), 0)).collect())
        }
    }

    async fn resolve(
        answer: &'static [&'static str],
        allow: &str,
        host: &str,
    ) -> Result<Vec<String>, NameError> {
        let guard = Arc::new(Guard::new(crate::AllowHost::parse_list(allow).unwrap()));
        let check = Some(AddressCheck { guard, is_public });
        let found = CheckedResolver { inner: Arc::new(Fixed(answer)), check }.addresses(host).await?;
        Ok(found.iter().map(|address| address.ip().to_string()).collect())
    }

    #[tokio::test]
    async fn only_public_addresses_are_left() {
        let mixed = &["10.0.0.1", "8.8.8.8", "::1", "2606:4700:4700::1111", "::ffff:127.0.0.1"];
        assert_eq!(resolve(mixed, "", "a.example").await.unwrap(), ["8.8.8.8", "2606:4700:4700::1111"]);
    }

    #[tokio::test]
    async fn a_name_without_public_addresses_is_refused() {
        assert_eq!(
            resolve(&["127.0.0.1", "169.254.169.254"], "", "a.example").await,
            Err(NameError::NotPublic)
        );
        assert_eq!(resolve(&[], "", "a.example").await, Err(NameError::Unknown));
    }

    #[tokio::test]
    async fn an_allowed_name_may_point_anywhere() {
        assert_eq!(resolve(&["127.0.0.1"], "a.example", "a.example").await.unwrap(), ["127.0.0.1"]);
        // An allowed address allows that address in a URL, not the names that point at it.
        assert_eq!(resolve(&["127.0.0.1"], "127.0.0.1", "a.example").await, Err(NameError::NotPublic));
    }

    #[tokio::test]
    async fn the_system_knows_localhost() {
        let addresses = SystemResolver::default().resolve("localhost").await.unwrap();
        assert!(addresses.iter().all(|address| address.ip().is_loopback() && address.port() == 0));
        assert!(!addresses.is_empty());
    }
}
