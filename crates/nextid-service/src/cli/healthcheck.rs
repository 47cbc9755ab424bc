//! `healthcheck`: asks `/readyz` of the service on this machine. An image without curl can check itself so.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// How long the whole exchange may take. `/readyz` itself ends after two seconds.
const LIMIT: Duration = Duration::from_secs(5);
/// How much of an answer is read.
const MAX_ANSWER: u64 = 65_536;

/// Why a service counts as not ready.
#[derive(Debug, thiserror::Error)]
pub(super) enum Unready {
    #[error("server.listen: port 0 is another one each time, there is nothing to ask")]
    NoPort,
    #[error("{address} does not answer within {} s", LIMIT.as_secs())]
    Silent { address: SocketAddr },
    #[error("{address} cannot be asked: {source}")]
    Unreachable { address: SocketAddr, source: std::io::Error },
    #[error("{address} answers {status}: {body}")]
    NotReady { address: SocketAddr, status: String, body: String },
}

/// Asks the service that listens at `listen`. `Ok` is its answer.
pub(super) async fn ask(listen: SocketAddr) -> Result<String, Unready> {
    let address = reachable(listen);
    if address.port() == 0 {
        return Err(Unready::NoPort);
    }
    let answer = tokio::time::timeout(LIMIT, exchange(address))
        .await
        .map_err(|_| Unready::Silent { address })?
        .map_err(|source| Unready::Unreachable { address, source })?;
    let (head, body) = answer.split_once("\r\n\r\n").unwrap_or((answer.as_str(), ""));
    let status =
        head.lines().next().and_then(|line| line.split_once(' ')).map_or("nothing", |(_, status)| status);
    if status.starts_with("200") {
        Ok(body.trim().to_owned())
    } else {
        Err(Unready::NotReady { address, status: status.to_owned(), body: body.trim().to_owned() })
    }
}

/// A service that listens everywhere is asked over loopback.
fn reachable(listen: SocketAddr) -> SocketAddr {
    let ip = match listen.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => IpAddr::V4(Ipv4Addr::LOCALHOST),
        IpAddr::V6(ip) if ip.is_unspecified() => IpAddr::V6(Ipv6Addr::LOCALHOST),
        ip => ip,
    };
    SocketAddr::new(ip, listen.port())
}

async fn exchange(address: SocketAddr) -> std::io::Result<String> {
    let mut stream = TcpStream::connect(address).await?;
    let request = format!("GET /readyz HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await?;
    let mut answer = Vec::new();
    stream.take(MAX_ANSWER).read_to_end(&mut answer).await?;
    Ok(String::from_utf8_lossy(&answer).into_owned())
}

#[cfg(test)]
mod tests {
    use tokio::net::TcpListener;

    use super::*;

    /// Answers one request with `answer`.
    async fn stand_in(answer: &'static str) -> SocketAddr {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut request = [0; 1024];
            let read = stream.read(&mut request).await.unwrap();
            assert!(request[..read].starts_with(b"GET /readyz HTTP/1.1\r\n"));
            stream.write_all(answer.as_bytes()).await.unwrap();
        });
        address
    }

    #[test]
    fn everywhere_is_asked_over_loopback() {
        for (listen, asked) in
            [("0.0.0.0:9800", "127.0.0.1:9800"), ("[::]:1", "[::1]:1"), ("10.0.0.1:2", "10.0.0.1:2")]
        {
            assert_eq!(reachable(listen.parse().unwrap()).to_string(), asked);
        }
    }

    #[tokio::test]
    async fn only_200_is_ready() {
        let address = stand_in("HTTP/1.1 200 OK\r\n\r\n{\"status\":\"ok\"}").await;
        assert_eq!(ask(address).await.unwrap(), "{\"status\":\"ok\"}");
        let address = stand_in("HTTP/1.1 503 Service Unavailable\r\n\r\n{\"status\":\"unready\"}").await;
        let error = ask(address).await.unwrap_err().to_string();
        assert!(error.ends_with("answers 503 Service Unavailable: {\"status\":\"unready\"}"), "{error}");
        let address = stand_in("").await;
        assert!(matches!(ask(address).await, Err(Unready::NotReady { .. })));
    }

    #[tokio::test]
    async fn nobody_there() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        drop(listener);
        assert!(matches!(ask(address).await, Err(Unready::Unreachable { .. })));
        assert!(matches!(ask("127.0.0.1:0".parse().unwrap()).await, Err(Unready::NoPort)));
    }

    #[tokio::test(start_paused = true)]
    async fn silence_ends() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        assert!(matches!(ask(address).await, Err(Unready::Silent { .. })));
    }
}
