//! A DNS resolver on loopback, over UDP and TCP, whose zone and failures a test scripts.
#![expect(clippy::expect_used, reason = "a test whose resolver does not start has nothing to say")]

mod answer;
mod serve;

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddr, TcpListener, UdpSocket};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use hickory_proto::rr::RecordType;
use tokio::sync::oneshot;

use crate::outcome::{Script, lock};

/// Seconds that answers may be cached, unless [`DnsStandIn::set_ttl`] says otherwise.
const DEFAULT_TTL: u32 = 300;

/// Binding UDP to a free port and TCP to the same one may meet a port that TCP has taken.
const BIND_ATTEMPTS: u32 = 20;

/// What the resolver does with a query.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum DnsOutcome {
    /// What was published; NXDOMAIN for a name that was not. Over UDP, what does not fit the asker's buffer is truncated.
    #[default]
    Ok,
    /// The name exists, without records of the type.
    NoRecords,
    /// NXDOMAIN.
    NoSuchName,
    /// SERVFAIL.
    ServFail,
    /// REFUSED.
    Refused,
    /// Over UDP an empty answer with the TC bit, whatever its size; over TCP as [`DnsOutcome::Ok`].
    Truncated,
    /// As [`DnsOutcome::Ok`], after this long.
    Slow(Duration),
    /// No answer at all.
    Silent,
    /// The right records under another message id, as a forger would guess.
    OtherId,
    /// The right records, for a question about another name.
    OtherName,
    /// The published text with one character of its signature changed.
    Tampered,
    /// Bytes that are no DNS message.
    Garbage,
}

/// How a query came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Transport {
    /// One datagram.
    Udp,
    /// A stream with length-prefixed messages.
    Tcp,
}

/// One query as the resolver received it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LoggedQuery {
    /// The name asked for, in lower case and without the dot at its end.
    pub name: String,
    /// `TXT`, `A` …
    pub record_type: RecordType,
    /// How it came.
    pub transport: Transport,
}

/// A resolver with a port and a thread of its own, stopped when dropped.
#[derive(Debug)]
pub struct DnsStandIn {
    address: SocketAddr,
    state: Arc<State>,
    _stop: oneshot::Sender<()>,
}

/// What the two servers share with the owner.
#[derive(Debug, Default)]
struct State {
    zone: Mutex<BTreeMap<String, Vec<Entry>>>,
    ttl: Mutex<Option<u32>>,
    script: Mutex<Script<DnsOutcome>>,
    queries: Mutex<Vec<LoggedQuery>>,
}

#[derive(Clone, Debug)]
enum Entry {
    /// The character strings of one TXT record, at most 255 bytes each.
    Txt(Vec<Vec<u8>>),
    /// The name that this one stands for.
    Cname(String),
}

impl DnsStandIn {
    /// Starts it on a free loopback port, the same for UDP and TCP. It answers when this returns.
    ///
    /// # Panics
    /// When no port can be bound or no thread be started.
    pub fn start() -> Self {
        let (udp, tcp) = bind();
        let address = udp.local_addr().expect("a bound socket has an address");
        let state = Arc::new(State::default());
        let stop = serve::spawn(udp, tcp, Arc::clone(&state)).expect("a thread for the resolver");
        Self { address, state, _stop: stop }
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// What `platforms.dns.resolver` takes for UDP with TCP as the fallback: `udp://127.0.0.1:port`.
    pub fn udp_url(&self) -> String {
        format!("udp://{}", self.address)
    }

    /// What `platforms.dns.resolver` takes for TCP alone: `tcp://127.0.0.1:port`.
    pub fn tcp_url(&self) -> String {
        format!("tcp://{}", self.address)
    }

    /// Adds a TXT record of one string, or of several when the text is longer than 255 bytes.
    pub fn publish_txt(&self, name: &str, text: &str) {
        let strings: Vec<&[u8]> = text.as_bytes().chunks(255).collect();
        self.publish_txt_strings(name, &strings);
    }

    /// Adds a TXT record of exactly these strings, which need not be UTF-8.
    ///
    /// # Panics
    /// When a string is longer than the 255 bytes that the format allows.
    pub fn publish_txt_strings(&self, name: &str, strings: &[&[u8]]) {
        assert!(strings.iter().all(|string| string.len() <= 255), "a character string has at most 255 bytes");
        self.add(name, Entry::Txt(strings.iter().map(|string| string.to_vec()).collect()));
    }

    /// Makes a name stand for another one; both lead to the other's records. Circles are served as they are.
    pub fn publish_cname(&self, name: &str, target: &str) {
        self.add(name, Entry::Cname(folded(target)));
    }

    /// Forgets every record of a name.
    pub fn remove(&self, name: &str) {
        lock(&self.state.zone).remove(&folded(name));
    }

    /// Seconds that answers may be cached.
    pub fn set_ttl(&self, seconds: u32) {
        *lock(&self.state.ttl) = Some(seconds);
    }

    /// From now on queries end like this; what was queued is forgotten.
    pub fn script(&self, outcome: DnsOutcome) {
        lock(&self.state.script).set(outcome);
    }

    /// The next queries end like this, one each; after them the steady outcome holds again.
    pub fn script_next(&self, outcomes: impl IntoIterator<Item = DnsOutcome>) {
        lock(&self.state.script).queue(outcomes);
    }

    /// Everything that was asked so far, oldest first.
    pub fn queries(&self) -> Vec<LoggedQuery> {
        lock(&self.state.queries).clone()
    }

    fn add(&self, name: &str, entry: Entry) {
        lock(&self.state.zone).entry(folded(name)).or_default().push(entry);
    }
}

/// Names are compared without regard to ASCII letter case (RFC 4343), with or without the root's dot.
fn folded(name: &str) -> String {
    name.trim_end_matches('.').to_ascii_lowercase()
}

/// Sockets on one port of the loopback interface.
pub(crate) fn bind() -> (UdpSocket, TcpListener) {
    let attempt = || {
        let udp = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).ok()?;
        let tcp = TcpListener::bind(udp.local_addr().ok()?).ok()?;
        Some((udp, tcp))
    };
    (0..BIND_ATTEMPTS).find_map(|_| attempt()).expect("a loopback port that is free for UDP and TCP")
}

#[cfg(test)]
mod tests;
