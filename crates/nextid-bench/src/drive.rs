//! Many clients at once, each with one request at a time.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use hdrhistogram::Histogram;

use crate::cpu::{Cpu, Parties};
use crate::failure::{Context as _, Failure, Result};
use crate::http::Connection;

/// An answer that takes longer is an error.
const PATIENCE: Duration = Duration::from_secs(30);
/// Latencies are kept in microseconds up to a minute, to three digits.
const LONGEST_MICROS: u64 = 60_000_000;

/// The requests of one connection: writes the next into the buffer, or says that there is none.
pub type Requests<'r> = Box<dyn FnMut(&mut Vec<u8>) -> bool + 'r>;

/// What came of it.
#[derive(Debug)]
pub struct Outcome {
    /// Answers with a status of 200 to 299.
    pub answered: u64,
    /// Everything else: other statuses, broken connections, no answer in time.
    pub errors: u64,
    /// The first of them.
    pub first_error: Option<String>,
    /// From the first request to the last answer.
    pub took: Duration,
    /// Microseconds from a request to its answer.
    pub latency: Histogram<u64>,
    /// Processor time meanwhile.
    pub cpu: Cpu,
}

impl Outcome {
    /// Answers in a second.
    pub fn rate(&self) -> f64 {
        self.answered as f64 / self.took.as_secs_f64().max(1e-9)
    }

    /// Milliseconds that 99 of 100 answers took at most.
    pub fn p99_ms(&self) -> f64 {
        self.latency.value_at_quantile(0.99) as f64 / 1000.0
    }
}

/// When to stop.
#[derive(Debug, Clone, Copy)]
pub enum Until {
    /// When this time is over. Requests on the way are waited for.
    Over(Duration),
    /// When every connection has no more requests.
    Done,
}

struct Client {
    answered: u64,
    errors: u64,
    first_error: Option<String>,
    latency: Histogram<u64>,
}

/// Runs one client for each source of requests, all on this thread.
///
/// # Errors
/// When the service cannot be connected to at all.
pub async fn closed_loop(
    address: SocketAddr,
    sources: Vec<Requests<'_>>,
    until: Until,
    parties: &Parties,
) -> Result<Outcome> {
    let mut connections = Vec::with_capacity(sources.len());
    for _ in &sources {
        connections.push(Connection::open(address).await.context(format_args!("connecting to {address}"))?);
    }
    let before = parties.used();
    let started = Instant::now();
    let deadline = match until {
        Until::Over(time) => Some(started + time),
        Until::Done => None,
    };
    let clients = sources
        .into_iter()
        .zip(connections)
        .map(|(requests, connection)| client(address, connection, requests, deadline));
    let clients = join_all(clients.collect()).await;
    let took = started.elapsed();
    let mut outcome = Outcome {
        answered: 0,
        errors: 0,
        first_error: None,
        took,
        latency: histogram()?,
        cpu: parties.used().since(&before),
    };
    for client in clients {
        let client = client?;
        outcome.answered += client.answered;
        outcome.errors += client.errors;
        outcome.first_error = outcome.first_error.or(client.first_error);
        outcome.latency.add(&client.latency).context("adding latencies")?;
    }
    Ok(outcome)
}

/// An empty histogram of microseconds.
///
/// # Errors
/// Never.
pub fn histogram() -> Result<Histogram<u64>> {
    Histogram::new_with_bounds(1, LONGEST_MICROS, 3).context("a histogram")
}

async fn client(
    address: SocketAddr,
    mut connection: Connection,
    mut requests: Requests<'_>,
    deadline: Option<Instant>,
) -> Result<Client> {
    let mut client = Client { answered: 0, errors: 0, first_error: None, latency: histogram()? };
    let mut request = Vec::with_capacity(2048);
    loop {
        request.clear();
        if deadline.is_some_and(|deadline| Instant::now() >= deadline) || !requests(&mut request) {
            return Ok(client);
        }
        let sent = Instant::now();
        let failed = match tokio::time::timeout(PATIENCE, connection.ask(&request)).await {
            Ok(Ok(answer)) if (200..300).contains(&answer.status) => {
                client.answered += 1;
                let micros = u64::try_from(sent.elapsed().as_micros()).unwrap_or(LONGEST_MICROS);
                client.latency.saturating_record(micros);
                continue;
            }
            Ok(Ok(answer)) => {
                client.note(format!("{} {}", answer.status, String::from_utf8_lossy(answer.body)));
                continue;
            }
            Ok(Err(error)) => error.to_string(),
            Err(_) => "no answer in time".to_owned(),
        };
        client.note(failed);
        connection = Connection::open(address)
            .await
            .map_err(|error| Failure::new(format!("connecting to {address} again: {error}")))?;
    }
}

impl Client {
    fn note(&mut self, error: String) {
        self.errors += 1;
        self.first_error.get_or_insert(error);
    }
}

/// Drives futures together on this task, each polled only when it was woken.
async fn join_all<F: Future>(futures: Vec<F>) -> Vec<F::Output> {
    futures_util::future::join_all(futures).await
}
