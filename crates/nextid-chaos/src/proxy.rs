//! A TCP proxy that can break or stall what goes through it, and whose address stays while what is behind it moves.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream, UnixStream};
use tokio::sync::watch;

use crate::Failure;

/// What is behind a proxy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// A port.
    Tcp(SocketAddr),
    /// A socket in the file system.
    Unix(PathBuf),
}

/// A running proxy. It ends with the runtime.
#[derive(Debug)]
pub struct Proxy {
    address: SocketAddr,
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    targets: Mutex<Vec<Target>>,
    /// Connections that were begun before this changes break.
    cuts: watch::Sender<u64>,
    stalled: watch::Sender<bool>,
}

impl Proxy {
    /// Listens on a free loopback port.
    ///
    /// # Errors
    /// When no port can be bound.
    pub async fn start(targets: Vec<Target>) -> Result<Self, Failure> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let address = listener.local_addr()?;
        let shared = Arc::new(Shared {
            targets: Mutex::new(targets),
            cuts: watch::Sender::new(0),
            stalled: watch::Sender::new(false),
        });
        let for_connections = Arc::clone(&shared);
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                tokio::spawn(connection(client, Arc::clone(&for_connections)));
            }
        });
        Ok(Self { address, shared })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// From now on it leads there; with no target, nowhere.
    pub fn lead_to(&self, targets: Vec<Target>) {
        *self.shared.targets.lock().unwrap_or_else(PoisonError::into_inner) = targets;
    }

    /// Breaks every connection that there is.
    pub fn cut(&self) {
        self.shared.cuts.send_modify(|count| *count += 1);
    }

    /// Whether bytes wait instead of going through.
    pub fn stall(&self, stalled: bool) {
        self.shared.stalled.send_replace(stalled);
    }
}

async fn connection(client: TcpStream, shared: Arc<Shared>) {
    let mut cuts = shared.cuts.subscribe();
    let targets = shared.targets.lock().unwrap_or_else(PoisonError::into_inner).clone();
    let through = async {
        // The first that answers: a replica that is away is passed over.
        for target in targets {
            match target {
                Target::Tcp(address) => {
                    if let Ok(server) = TcpStream::connect(address).await {
                        let _ = (client.set_nodelay(true), server.set_nodelay(true));
                        return both_ways(client.into_split(), server.into_split(), &shared).await;
                    }
                }
                Target::Unix(path) => {
                    if let Ok(server) = UnixStream::connect(path).await {
                        let _ = client.set_nodelay(true);
                        return both_ways(client.into_split(), server.into_split(), &shared).await;
                    }
                }
            }
        }
    };
    tokio::select! {
        () = through => {}
        _ = cuts.changed() => {}
    }
}

async fn both_ways(
    client: (impl AsyncRead + Unpin, impl AsyncWrite + Unpin),
    server: (impl AsyncRead + Unpin, impl AsyncWrite + Unpin),
    shared: &Shared,
) {
    let (to_server, to_client) = (pass(client.0, server.1, shared), pass(server.0, client.1, shared));
    tokio::join!(to_server, to_client);
}

async fn pass(mut from: impl AsyncRead + Unpin, mut to: impl AsyncWrite + Unpin, shared: &Shared) {
    let mut stalled = shared.stalled.subscribe();
    let mut bytes = vec![0; 16 * 1024];
    while let Ok(count @ 1..) = from.read(&mut bytes).await {
        if stalled.wait_for(|stalled| !stalled).await.is_err() {
            return;
        }
        let Some(read) = bytes.get(..count) else { return };
        if to.write_all(read).await.is_err() {
            return;
        }
    }
    let _ = to.shutdown().await;
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    async fn echo() -> SocketAddr {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                tokio::spawn(async move {
                    let (mut read, mut write) = stream.split();
                    tokio::io::copy(&mut read, &mut write).await
                });
            }
        });
        address
    }

    #[tokio::test]
    async fn it_passes_stalls_and_cuts() {
        let nowhere = SocketAddr::from(([127, 0, 0, 1], 1));
        let proxy = Proxy::start(vec![Target::Tcp(nowhere), Target::Tcp(echo().await)]).await.unwrap();
        let mut stream = TcpStream::connect(proxy.address()).await.unwrap();
        let mut byte = [0];
        stream.write_all(b"a").await.unwrap();
        stream.read_exact(&mut byte).await.unwrap();
        assert_eq!(&byte, b"a");

        proxy.stall(true);
        stream.write_all(b"b").await.unwrap();
        let waited = tokio::time::timeout(Duration::from_millis(50), stream.read_exact(&mut byte)).await;
        assert!(waited.is_err(), "nothing gets through");
        proxy.stall(false);
        stream.read_exact(&mut byte).await.unwrap();
        assert_eq!(&byte, b"b");

        proxy.cut();
        assert!(!matches!(stream.read(&mut byte).await, Ok(1..)), "the connection is broken");
        proxy.lead_to(Vec::new());
        let mut stream = TcpStream::connect(proxy.address()).await.unwrap();
        assert!(!matches!(stream.read(&mut byte).await, Ok(1..)), "nobody is there");
    }
}
