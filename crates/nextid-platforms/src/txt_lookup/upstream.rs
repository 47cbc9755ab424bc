//! Who is asked.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use hickory_resolver::config::{ConnectionConfig, NameServerConfig, ProtocolConfig};
use hickory_resolver::system_conf::read_system_conf;
use url::Url;

use crate::{FetchError, SettingsError};

/// The path of DNS over HTTPS where the setting names none (RFC 8484 leaves it open; every public resolver has this one).
const HTTPS_PATH: &str = "/dns-query";

/// What the setting says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Upstream {
    System,
    Server(Server),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Server {
    transport: Transport,
    host: Arc<str>,
    port: u16,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Transport {
    /// With TCP for what does not fit.
    Udp,
    Tcp,
    Tls,
    /// The path.
    Https(Arc<str>),
}

impl Upstream {
    /// Reads the setting `key`.
    pub(super) fn parse(key: &'static str, text: &str) -> Result<Self, SettingsError> {
        let text = text.trim();
        if text == "system" {
            return Ok(Self::System);
        }
        server(text).map(Self::Server).ok_or_else(|| {
            SettingsError::new(
                key,
                "expected system, udp://host:port, tcp://host:port, tls://host:port or https://host/path",
            )
        })
    }

    /// Whether the system's certificates are needed.
    pub(super) fn is_encrypted(&self) -> bool {
        match self {
            Self::System => false,
            Self::Server(server) => matches!(server.transport, Transport::Tls | Transport::Https(_)),
        }
    }

    /// The servers to ask, by address.
    pub(super) async fn name_servers(&self) -> Result<Vec<NameServerConfig>, FetchError> {
        match self {
            Self::System => system_servers().await,
            Self::Server(server) => {
                let host: &str = &server.host;
                let unknown = || FetchError::unavailable("the resolver's own name does not resolve");
                let addresses = tokio::net::lookup_host((host, server.port)).await.map_err(|_| unknown())?;
                let mut addresses: Vec<IpAddr> = addresses.map(|address: SocketAddr| address.ip()).collect();
                addresses.dedup();
                let servers = addresses
                    .into_iter()
                    .map(|address| NameServerConfig::new(address, true, server.connections()));
                Ok(servers.collect())
            }
        }
    }
}

async fn system_servers() -> Result<Vec<NameServerConfig>, FetchError> {
    match tokio::task::spawn_blocking(read_system_conf).await {
        Ok(Ok((config, _))) => Ok(config.name_servers),
        _ => Err(FetchError::unavailable("the system names no DNS resolver")),
    }
}

impl Server {
    fn connections(&self) -> Vec<ConnectionConfig> {
        let protocols = match &self.transport {
            Transport::Udp => vec![ProtocolConfig::Udp, ProtocolConfig::Tcp],
            Transport::Tcp => vec![ProtocolConfig::Tcp],
            Transport::Tls => vec![ProtocolConfig::Tls { server_name: Arc::clone(&self.host) }],
            Transport::Https(path) => {
                vec![ProtocolConfig::Https { server_name: Arc::clone(&self.host), path: Arc::clone(path) }]
            }
        };
        let with_port = |protocol| {
            let mut connection = ConnectionConfig::new(protocol);
            connection.port = self.port;
            connection
        };
        protocols.into_iter().map(with_port).collect()
    }
}

fn server(text: &str) -> Option<Server> {
    let url = Url::parse(text).ok()?;
    let plain = url.username().is_empty()
        && url.password().is_none()
        && url.query().is_none()
        && url.fragment().is_none();
    let no_path = matches!(url.path(), "" | "/");
    let (transport, port) = match (url.scheme(), no_path) {
        ("udp", true) => (Transport::Udp, 53),
        ("tcp", true) => (Transport::Tcp, 53),
        ("tls", true) => (Transport::Tls, 853),
        ("https", true) => (Transport::Https(HTTPS_PATH.into()), 443),
        ("https", false) => (Transport::Https(url.path().into()), 443),
        _ => return None,
    };
    let host = url.host_str().filter(|host| !host.is_empty())?;
    // Brackets of an IPv6 address belong to the URL only.
    let host = host.trim_matches(['[', ']']);
    plain.then(|| Server { transport, host: host.into(), port: url.port().unwrap_or(port) })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Option<Server> {
        match Upstream::parse("platforms.dns.resolver", text) {
            Ok(Upstream::Server(server)) => Some(server),
            Ok(Upstream::System) => panic!("{text} is not the system"),
            Err(error) => {
                assert_eq!(error.key, "platforms.dns.resolver");
                None
            }
        }
    }

    #[test]
    fn settings() {
        assert_eq!(Upstream::parse("k", " system "), Ok(Upstream::System));
        for (text, transport, host, port) in [
            ("udp://127.0.0.1:5300", Transport::Udp, "127.0.0.1", 5300),
            ("udp://[::1]:5300/", Transport::Udp, "::1", 5300),
            ("tcp://resolver.example", Transport::Tcp, "resolver.example", 53),
            ("tls://dns.example", Transport::Tls, "dns.example", 853),
            ("https://dns.example/", Transport::Https("/dns-query".into()), "dns.example", 443),
            ("https://[::1]:8443/q/a", Transport::Https("/q/a".into()), "::1", 8443),
        ] {
            let host = host.into();
            assert_eq!(parse(text), Some(Server { transport, host, port }), "{text}");
        }
        for text in [
            "",
            "System",
            "127.0.0.1",
            "127.0.0.1:53",
            "http://dns.example/",
            "udp://",
            "udp:///",
            "udp://a/path",
            "tls://u@dns.example",
            "https://dns.example/?x",
            "udp://a:99999",
            "quic://dns.example",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
    }

    #[tokio::test]
    async fn a_server_is_asked_on_its_port_by_every_transport_it_needs() {
        let upstream = Upstream::parse("k", "udp://127.0.0.1:5300").unwrap();
        let servers = upstream.name_servers().await.unwrap();
        let connections: Vec<_> = servers
            .iter()
            .flat_map(|server| server.connections.iter().map(|c| (server.ip, c.port, c.protocol.clone())))
            .collect();
        let address: IpAddr = [127, 0, 0, 1].into();
        assert_eq!(connections, [(address, 5300, ProtocolConfig::Udp), (address, 5300, ProtocolConfig::Tcp)]);
        assert!(!upstream.is_encrypted());
        assert!(Upstream::parse("k", "tls://dns.example").unwrap().is_encrypted());
        assert!(!Upstream::System.is_encrypted());
    }

    /// Machines without a network name nobody; there is no third possibility.
    #[tokio::test]
    async fn the_system_names_somebody_or_nobody() {
        match Upstream::System.name_servers().await {
            Ok(servers) => {
                assert!(servers.iter().all(|server| server.connections.len() == 2) && !servers.is_empty())
            }
            Err(error) => assert_eq!(error, FetchError::unavailable("the system names no DNS resolver")),
        }
    }
}
