//! Raw sockets: half a request, a client that leaves, a thousand that say nothing.

use std::net::SocketAddr;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

/// How long the server may take to answer or to close.
const TIME_LIMIT: Duration = Duration::from_secs(30);

/// A connection on which nothing was sent.
///
/// # Panics
/// When the server does not accept, or this process may open no more files (`ulimit -n`).
pub async fn connect(address: SocketAddr) -> TcpStream {
    TcpStream::connect(address)
        .await
        .unwrap_or_else(|error| panic!("connecting to {address}: {error} (too many files? ulimit -n)"))
}

/// Sends these bytes, then reads until the server closes; returns what it sent.
///
/// # Panics
/// When the server has not closed after 30 seconds. Ask for it with `Connection: close`.
pub async fn exchange(address: SocketAddr, bytes: &[u8]) -> Vec<u8> {
    let mut stream = connect(address).await;
    write(&mut stream, bytes).await;
    read_to_end(&mut stream).await
}

/// Sends these bytes, which are less than a request, and leaves the connection open: the caller holds it.
pub async fn half_request(address: SocketAddr, bytes: &[u8]) -> TcpStream {
    let mut stream = connect(address).await;
    write(&mut stream, bytes).await;
    stream
}

/// Sends these bytes and resets the connection at once, as a client whose network went away.
pub async fn abandon(address: SocketAddr, bytes: &[u8]) {
    let mut stream = connect(address).await;
    write(&mut stream, bytes).await;
    stream.set_zero_linger().unwrap_or_else(|error| panic!("setting up the reset: {error}"));
}

/// This many connections on which nothing is sent, open until they are dropped. Each takes a file of this process,
/// and a second one when the server runs in it; `scripts/test` raises the limit.
pub async fn idle_connections(address: SocketAddr, count: usize) -> Vec<TcpStream> {
    let mut streams = Vec::with_capacity(count);
    for _ in 0..count {
        streams.push(connect(address).await);
    }
    streams
}

/// What the server sends until it closes; a reset counts as closing.
///
/// # Panics
/// When it has not closed after 30 seconds.
pub async fn read_to_end(stream: &mut TcpStream) -> Vec<u8> {
    let mut received = Vec::new();
    match timeout(TIME_LIMIT, stream.read_to_end(&mut received)).await {
        Ok(_) => received,
        Err(_) => panic!("the connection is still open; received {:?}", String::from_utf8_lossy(&received)),
    }
}

/// The server may close before it has read everything, which is its right.
async fn write(stream: &mut TcpStream, bytes: &[u8]) {
    drop(stream.write_all(bytes).await);
    drop(stream.flush().await);
}
