//! A name that changes between check and use. In here 127.0.0.2 stands for a public address and 127.0.0.1 for an
//! inner one; a resolver that answers with ports lets both listen on any.

use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpSocket};

use crate::{FetchError, FetchRequest, GuardedClient, NetConfig, Resolver};

const PUBLIC: Ipv4Addr = Ipv4Addr::new(127, 0, 0, 2);
const INNER: Ipv4Addr = Ipv4Addr::LOCALHOST;

/// Answers in turn from a list, and with its last entry from then on.
#[derive(Debug)]
struct Script {
    answers: Vec<Vec<SocketAddr>>,
    asked: Mutex<Vec<String>>,
}

#[async_trait]
impl Resolver for Script {
    async fn resolve(&self, host: &str) -> io::Result<Vec<SocketAddr>> {
        let mut asked = self.asked.lock().unwrap();
        let answer = self.answers[asked.len().min(self.answers.len() - 1)].clone();
        asked.push(host.to_owned());
        Ok(answer)
    }
}

/// A server that says its name and keeps the connection, and counts connections.
async fn serve(ip: Ipv4Addr, name: &'static str) -> (SocketAddr, Arc<AtomicUsize>) {
    let listener = TcpListener::bind((ip, 0)).await.unwrap();
    let address = listener.local_addr().unwrap();
    let connections = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&connections);
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            counter.fetch_add(1, Ordering::SeqCst);
            tokio::spawn(async move {
                let mut head = Vec::new();
                while let Ok(byte) = stream.read_u8().await {
                    head.push(byte);
                    if head.ends_with(b"\r\n\r\n") {
                        head.clear();
                        let answer =
                            format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n{name}", name.len());
                        stream.write_all(answer.as_bytes()).await.unwrap();
                    }
                }
            });
        }
    });
    (address, connections)
}

/// An address that refuses connections for as long as the socket is kept.
fn closed(ip: Ipv4Addr) -> (SocketAddr, TcpSocket) {
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind((ip, 0).into()).unwrap();
    (socket.local_addr().unwrap(), socket)
}

fn client(answers: Vec<Vec<SocketAddr>>) -> (GuardedClient, Arc<Script>) {
    let script = Arc::new(Script { answers, asked: Mutex::default() });
    let client = GuardedClient::builder(NetConfig::default())
        .resolver(Arc::clone(&script) as Arc<dyn Resolver>)
        .public_addresses(|address| address == IpAddr::V4(PUBLIC))
        .build()
        .unwrap();
    (client, script)
}

#[tokio::test]
async fn the_connection_goes_to_what_was_checked() {
    let (public, public_connections) = serve(PUBLIC, "public").await;
    let (inner, inner_connections) = serve(INNER, "inner").await;
    let (client, script) = client(vec![vec![public], vec![inner]]);
    let response = client.get("http://flip.example/").await.unwrap();
    assert_eq!(response.text(), "public");
    assert_eq!(*script.asked.lock().unwrap(), ["flip.example"]);
    // The connection is still open, and was checked when it was made.
    assert_eq!(client.get("http://flip.example/").await.unwrap().text(), "public");
    assert_eq!(script.asked.lock().unwrap().len(), 1);
    assert_eq!(public_connections.load(Ordering::SeqCst), 1);
    assert_eq!(inner_connections.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn each_new_connection_is_checked_anew() {
    let (inner, inner_connections) = serve(INNER, "inner").await;
    let (closed, _socket) = closed(PUBLIC);
    let (client, script) = client(vec![vec![closed], vec![inner]]);
    let host = || "flip.example".to_owned();
    assert_eq!(client.get("http://flip.example/").await.unwrap_err(), FetchError::Connect { host: host() });
    let refused = client.get("http://flip.example/").await.unwrap_err();
    assert_eq!(refused, FetchError::ForbiddenAddress { host: host() });
    assert!(refused.is_forbidden());
    assert_eq!(script.asked.lock().unwrap().len(), 2);
    assert_eq!(inner_connections.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn inner_addresses_among_public_ones_are_not_tried() {
    let (public, _) = serve(PUBLIC, "public").await;
    let (inner, inner_connections) = serve(INNER, "inner").await;
    let (closed, _socket) = closed(PUBLIC);
    let (client, _) = client(vec![vec![inner, closed, inner, public]]);
    assert_eq!(client.get("http://mixed.example/").await.unwrap().text(), "public");
    assert_eq!(inner_connections.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn an_open_connection_of_a_trusted_request_is_not_lent() {
    let (inner, connections) = serve(INNER, "inner").await;
    let (client, _) = client(vec![vec![inner]]);
    let trusted = || client.fetch(FetchRequest::get("http://node.example/").trusted());
    assert_eq!(trusted().await.unwrap().text(), "inner");
    assert_eq!(
        client.get("http://node.example/").await.unwrap_err(),
        FetchError::ForbiddenAddress { host: "node.example".into() }
    );
    assert_eq!(trusted().await.unwrap().text(), "inner");
    assert_eq!(connections.load(Ordering::SeqCst), 1);
}
