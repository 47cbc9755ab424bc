//! The two servers, on a thread and runtime of their own.

use std::io;
use std::sync::Arc;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream, UdpSocket};
use tokio::sync::oneshot;

use super::answer::answer;
use super::{DnsOutcome, State, Transport};
use crate::outcome::lock;

/// The largest datagram.
const DATAGRAM: usize = 65_535;

/// Starts both; they end when the sender is dropped.
pub(super) fn spawn(
    udp: std::net::UdpSocket,
    tcp: std::net::TcpListener,
    state: Arc<State>,
) -> io::Result<oneshot::Sender<()>> {
    udp.set_nonblocking(true)?;
    tcp.set_nonblocking(true)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let (udp, tcp) = {
        let _inside = runtime.enter();
        (UdpSocket::from_std(udp)?, TcpListener::from_std(tcp)?)
    };
    let (stop, stopped) = oneshot::channel::<()>();
    std::thread::Builder::new().name("dns-stand-in".to_owned()).spawn(move || {
        runtime.spawn(serve_udp(Arc::new(udp), Arc::clone(&state)));
        runtime.spawn(serve_tcp(tcp, state));
        // An error here is the sender's end, which is the signal.
        drop(runtime.block_on(stopped));
    })?;
    Ok(stop)
}

async fn serve_udp(socket: Arc<UdpSocket>, state: Arc<State>) {
    let mut buffer = vec![0; DATAGRAM];
    loop {
        // A peer that has gone makes an ICMP error here, which is no reason to stop.
        let Ok((length, peer)) = socket.recv_from(&mut buffer).await else {
            continue;
        };
        let query = buffer.get(..length).unwrap_or_default().to_vec();
        let (socket, state) = (Arc::clone(&socket), Arc::clone(&state));
        tokio::spawn(async move {
            if let Some(bytes) = respond(&state, &query, Transport::Udp).await {
                drop(socket.send_to(&bytes, peer).await);
            }
        });
    }
}

async fn serve_tcp(listener: TcpListener, state: Arc<State>) {
    while let Ok((stream, _)) = listener.accept().await {
        let state = Arc::clone(&state);
        tokio::spawn(async move { drop(serve_stream(stream, &state).await) });
    }
}

/// Answers one message after the other (RFC 1035, section 4.2.2) until the peer closes.
async fn serve_stream(mut stream: TcpStream, state: &State) -> io::Result<()> {
    loop {
        let length = stream.read_u16().await?;
        let mut query = vec![0; usize::from(length)];
        stream.read_exact(&mut query).await?;
        if let Some(bytes) = respond(state, &query, Transport::Tcp).await {
            let length = u16::try_from(bytes.len()).map_err(io::Error::other)?;
            stream.write_u16(length).await?;
            stream.write_all(&bytes).await?;
        }
    }
}

async fn respond(state: &State, query: &[u8], transport: Transport) -> Option<Vec<u8>> {
    let outcome = lock(&state.script).take();
    if let DnsOutcome::Slow(delay) = outcome {
        tokio::time::sleep(delay).await;
    }
    answer(state, &outcome, query, transport)
}
