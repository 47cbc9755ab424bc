//! A server with scripted answers, a resolver with fixed ones, and clients for them.

use std::collections::HashMap;
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use nextid_net::{AllowHost, GuardedClient, ManualClock, NetConfig, Resolver};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

/// A request as it arrived.
#[derive(Debug, Clone)]
pub struct Seen {
    /// `GET /path`
    pub line: String,
    /// Header lines in lower case names.
    pub headers: HashMap<String, String>,
    pub body: String,
}

/// A server on a port of its own; it stops when this is dropped.
pub struct StandIn {
    pub address: SocketAddr,
    seen: Arc<Mutex<Vec<Seen>>>,
    task: JoinHandle<()>,
}

impl StandIn {
    /// Answers every request with the text that `answer` makes of it, and closes the connection.
    pub async fn new<A>(answer: A) -> Self
    where
        A: Fn(&Seen) -> Vec<u8> + Send + Sync + 'static,
    {
        Self::scripted(move |seen, mut stream| {
            let bytes = answer(&seen);
            async move {
                // The client may have hung up already, which is its right.
                let _ = stream.write_all(&bytes).await;
            }
        })
        .await
    }

    /// Hands the connection of every request to `script`.
    pub async fn scripted<S, F>(script: S) -> Self
    where
        S: Fn(Seen, TcpStream) -> F + Send + Sync + 'static,
        F: Future<Output = ()> + Send + 'static,
    {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let seen: Arc<Mutex<Vec<Seen>>> = Arc::default();
        let log = Arc::clone(&seen);
        let script = Arc::new(script);
        let task = tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let (log, script) = (Arc::clone(&log), Arc::clone(&script));
                tokio::spawn(async move {
                    if let Some(request) = read(&mut stream).await {
                        log.lock().unwrap().push(request.clone());
                        script(request, stream).await;
                    }
                });
            }
        });
        Self { address, seen, task }
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    pub fn seen(&self) -> Vec<Seen> {
        self.seen.lock().unwrap().clone()
    }

    pub fn hits(&self) -> usize {
        self.seen.lock().unwrap().len()
    }
}

impl Drop for StandIn {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn read(stream: &mut TcpStream) -> Option<Seen> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await.ok()?);
    }
    let head = String::from_utf8(head).ok()?;
    let mut lines = head.lines();
    let line = lines.next()?.trim_end_matches(" HTTP/1.1").to_owned();
    let headers: HashMap<_, _> = lines
        .filter_map(|line| line.split_once(": "))
        .map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()))
        .collect();
    let length = headers.get("content-length").map_or(0, |text| text.parse().unwrap());
    let mut body = vec![0; length];
    stream.read_exact(&mut body).await.ok()?;
    Some(Seen { line, headers, body: String::from_utf8(body).ok()? })
}

/// An answer that closes the connection. `headers` are whole lines, each with its line break.
pub fn answer(status: u16, headers: &str, body: impl AsRef<[u8]>) -> Vec<u8> {
    let body = body.as_ref();
    let head = format!(
        "HTTP/1.1 {status} Status\r\nconnection: close\r\ncontent-length: {}\r\n{headers}\r\n",
        body.len()
    );
    [head.as_bytes(), body].concat()
}

pub fn redirect(status: u16, location: &str) -> Vec<u8> {
    answer(status, &format!("location: {location}\r\n"), "")
}

/// Knows the names it is given; the port of an answer is that of a stand-in.
#[derive(Debug)]
pub struct Names(pub HashMap<&'static str, Vec<SocketAddr>>);

#[async_trait]
impl Resolver for Names {
    async fn resolve(&self, host: &str) -> io::Result<Vec<SocketAddr>> {
        self.0.get(host).cloned().ok_or_else(|| io::ErrorKind::NotFound.into())
    }
}

/// A configuration that allows these hosts.
pub fn allowing(hosts: &str) -> NetConfig {
    NetConfig { allow_hosts: AllowHost::parse_list(hosts).unwrap(), ..NetConfig::default() }
}

/// A client that may reach 127.0.0.1.
pub fn local_client() -> GuardedClient {
    GuardedClient::new(allowing("127.0.0.1")).unwrap()
}

/// A client that knows these names only.
pub fn client_with_names<const N: usize>(
    config: NetConfig,
    names: [(&'static str, SocketAddr); N],
) -> GuardedClient {
    let names = names.into_iter().map(|(name, address)| (name, vec![address])).collect();
    GuardedClient::builder(config).resolver(Arc::new(Names(names))).build().unwrap()
}

/// A client with a clock that the test moves.
pub fn client_with_clock(config: NetConfig) -> (GuardedClient, Arc<ManualClock>) {
    let clock = Arc::new(ManualClock::default());
    let client = GuardedClient::builder(config).clock(Arc::clone(&clock) as _).build().unwrap();
    (client, clock)
}
