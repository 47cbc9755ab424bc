//! How long after a submit all subscribers have its event.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use hdrhistogram::Histogram;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::sync::{mpsc, watch};
use tokio::task::JoinSet;

use crate::drive::histogram;
use crate::failure::{Context as _, Failure, Result};
use crate::http::{Connection, status_of};
use crate::writers::{Stock, UUID_MARK};

/// What has not arrived this long after the last submit is lost.
const PATIENCE: Duration = Duration::from_secs(10);

/// What the subscribers saw.
#[derive(Debug)]
pub struct Lag {
    /// Microseconds from sending a submit to an event's arrival, for every event and subscriber.
    pub micros: Histogram<u64>,
    /// Events that did not arrive, over all subscribers, and submits that were refused.
    pub lost: u64,
}

/// When each submit was sent, in microseconds since the beginning, by the number in its uuid.
#[derive(Debug)]
struct Sent {
    began: Instant,
    at: Vec<AtomicU64>,
    first: u64,
}

/// Opens `subscribers` event streams, then sends the requests of `stock`, one each `pause`; `first` is the number in the
/// uuid of the first.
///
/// # Errors
/// When a stream cannot be opened.
pub async fn measure(
    address: SocketAddr,
    subscribers: usize,
    stock: &Stock,
    first: u64,
    pause: Duration,
) -> Result<Lag> {
    let at = stock.iter().map(|_| AtomicU64::new(0)).collect();
    let sent = Arc::new(Sent { began: Instant::now(), at, first });
    let (seen, mut arrivals) = mpsc::unbounded_channel();
    let (close, closing) = watch::channel(());
    let mut tasks = JoinSet::new();
    for _ in 0..subscribers {
        let stream = subscribe(address).await?;
        tasks.spawn(listen(stream, Arc::clone(&sent), seen.clone(), closing.clone()));
    }
    drop(seen);
    let mut connection = Connection::open(address).await.context("connecting")?;
    let mut refused = 0;
    for (request, at) in stock.iter().zip(&sent.at) {
        at.store(micros(sent.began.elapsed()), Ordering::Relaxed);
        let answer = connection.ask(request).await.context("a submit")?;
        refused += u64::from(answer.status != 201);
        tokio::time::sleep(pause).await;
    }
    let wanted = u64::try_from(subscribers * stock.len()).unwrap_or(u64::MAX);
    let mut lag = Lag { micros: histogram()?, lost: 0 };
    let deadline = tokio::time::Instant::now() + PATIENCE;
    while lag.micros.len() < wanted.saturating_sub(refused * u64::try_from(subscribers).unwrap_or(0)) {
        match tokio::time::timeout_at(deadline, arrivals.recv()).await {
            Ok(Some(micros)) => lag.micros.saturating_record(micros),
            Ok(None) | Err(_) => break,
        }
    }
    drop(close);
    tasks.shutdown().await;
    lag.lost = wanted.saturating_sub(lag.micros.len());
    Ok(lag)
}

fn micros(time: Duration) -> u64 {
    u64::try_from(time.as_micros()).unwrap_or(u64::MAX)
}

async fn subscribe(address: SocketAddr) -> Result<TcpStream> {
    let mut stream = TcpStream::connect(address).await.context("connecting to the events")?;
    let request = b"GET /v1/events HTTP/1.1\r\nHost: bench\r\nAccept: text/event-stream\r\n\r\n";
    stream.write_all(request).await.context("asking for the events")?;
    let mut head = Vec::with_capacity(1024);
    while memchr::memmem::find(&head, b"\r\n\r\n").is_none() {
        let read = stream.read_buf(&mut head).await.context("the head of the events")?;
        if read == 0 {
            return Err(Failure::new("the event stream ended in its head"));
        }
    }
    match status_of(&head).context("the events")? {
        200 => Ok(stream),
        status => Err(Failure::new(format!("the event stream: {status} {}", String::from_utf8_lossy(&head)))),
    }
}

async fn listen(
    mut stream: TcpStream,
    sent: Arc<Sent>,
    seen: mpsc::UnboundedSender<u64>,
    mut closing: watch::Receiver<()>,
) {
    let mark = format!("\"uuid\":\"{UUID_MARK:08x}-");
    let mut buffer = Vec::with_capacity(16 * 1024);
    loop {
        let read = tokio::select! {
            read = stream.read_buf(&mut buffer) => read,
            _ = closing.changed() => return,
        };
        if !matches!(read, Ok(1..)) {
            return;
        }
        let now = micros(sent.began.elapsed());
        let mut done = 0;
        // A uuid ends 28 characters after its mark; what is cut off waits for the rest.
        while let Some(found) =
            buffer.get(done..).and_then(|rest| memchr::memmem::find(rest, mark.as_bytes()))
        {
            let start = done + found + mark.len();
            let Some(rest) = buffer.get(start..start + 27) else { break };
            if let Some(at) = number_in(rest).and_then(|number| sent.at_of(number)) {
                let _ = seen.send(now.saturating_sub(at));
            }
            done = start + 27;
        }
        let kept = buffer.len().saturating_sub(64).max(done);
        buffer.drain(..kept);
    }
}

/// The last 48 bits of a uuid, of which the first eight digits and a hyphen are missing.
fn number_in(rest: &[u8]) -> Option<u64> {
    u64::from_str_radix(std::str::from_utf8(rest.get(15..27)?).ok()?, 16).ok()
}

impl Sent {
    fn at_of(&self, number: u64) -> Option<u64> {
        let index = usize::try_from(number.checked_sub(self.first)?).ok()?;
        Some(self.at.get(index)?.load(Ordering::Relaxed))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::writers::link_uuid;

    #[test]
    fn the_number_in_a_uuid() {
        let text = link_uuid(3, 0x1234_5678_9abc).to_string();
        assert!(text.starts_with(&format!("{UUID_MARK:08x}-")));
        assert_eq!(number_in(&text.as_bytes()[9..]), Some(0x1234_5678_9abc));
    }
}
