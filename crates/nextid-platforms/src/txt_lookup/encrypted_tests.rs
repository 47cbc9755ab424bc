//! DNS over TLS (RFC 7858) and over HTTPS (RFC 8484): a stand-in resolver behind TLS, in this process.

use std::net::Ipv4Addr;
use std::sync::Arc;
use std::time::Duration;

use nextid_testkit::dns::{DnsOutcome, DnsStandIn, Transport};
use rustls::pki_types::PrivateKeyDer;
use rustls::{ClientConfig, RootCertStore, ServerConfig};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

use super::TxtLookup;
use crate::{DnsSettings, FetchError};

/// A TLS server with a certificate for its address, and a client that knows it.
struct Tls {
    listener: TcpListener,
    acceptor: TlsAcceptor,
    client: ClientConfig,
}

impl Tls {
    async fn start(alpn: Option<&[u8]>) -> Self {
        nextid_net::install_crypto_provider();
        let certified = rcgen::generate_simple_self_signed(["127.0.0.1".to_owned()]).unwrap();
        let certificate = certified.cert.der().clone();
        let key = PrivateKeyDer::Pkcs8(certified.signing_key.serialize_der().into());
        let mut roots = RootCertStore::empty();
        roots.add(certificate.clone()).unwrap();
        let mut server =
            ServerConfig::builder().with_no_client_auth().with_single_cert(vec![certificate], key).unwrap();
        server.alpn_protocols.extend(alpn.map(<[u8]>::to_vec));
        Self {
            listener: TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap(),
            acceptor: TlsAcceptor::from(Arc::new(server)),
            client: ClientConfig::builder().with_root_certificates(roots).with_no_client_auth(),
        }
    }

    fn port(&self) -> u16 {
        self.listener.local_addr().unwrap().port()
    }

    /// A client that fails the handshake ends the server, so that its test fails at once.
    async fn accept(&self) -> TlsStream<TcpStream> {
        let (stream, _) = self.listener.accept().await.unwrap();
        self.acceptor.accept(stream).await.unwrap()
    }
}

fn lookup(resolver: String, client: ClientConfig) -> TxtLookup {
    let settings = DnsSettings { resolver, timeout: Duration::from_secs(20) };
    TxtLookup::new(&settings).unwrap().with_tls(client)
}

/// What goes over TLS is what goes over TCP.
async fn serve_dot(tls: Tls, resolver: std::net::SocketAddr) {
    loop {
        let mut client = tls.accept().await;
        let mut server = TcpStream::connect(resolver).await.unwrap();
        tokio::spawn(async move { tokio::io::copy_bidirectional(&mut client, &mut server).await });
    }
}

/// Takes one message from each POST to `/dns-query`, asks the resolver over TCP and answers with what it says.
async fn serve_doh(tls: Tls, resolver: std::net::SocketAddr) {
    loop {
        let mut connection = h2::server::handshake(tls.accept().await).await.unwrap();
        tokio::spawn(async move {
            while let Some(Ok((request, mut respond))) = connection.accept().await {
                assert_eq!((request.method(), request.uri().path()), (&http::Method::POST, "/dns-query"));
                let mut body = request.into_body();
                tokio::spawn(async move {
                    let mut query = Vec::new();
                    while let Some(chunk) = body.data().await {
                        query.extend_from_slice(&chunk.unwrap());
                    }
                    let answer = exchange(resolver, &query).await;
                    let response = http::Response::builder()
                        .header("content-type", "application/dns-message")
                        .header("content-length", answer.len())
                        .body(())
                        .unwrap();
                    let mut stream = respond.send_response(response, false).unwrap();
                    stream.send_data(answer.into(), true).unwrap();
                });
            }
        });
    }
}

async fn exchange(resolver: std::net::SocketAddr, query: &[u8]) -> Vec<u8> {
    let mut stream = TcpStream::connect(resolver).await.unwrap();
    stream.write_u16(query.len().try_into().unwrap()).await.unwrap();
    stream.write_all(query).await.unwrap();
    let mut answer = vec![0; stream.read_u16().await.unwrap().into()];
    stream.read_exact(&mut answer).await.unwrap();
    answer
}

/// The same answers, whatever the transport.
async fn answers_as_tcp_does(lookup: &TxtLookup, dns: &DnsStandIn) {
    dns.publish_txt("example.test", "hello");
    assert_eq!(lookup.records("example.test").await.unwrap(), ["hello"]);
    assert_eq!(lookup.records("nothing.test").await, Err(FetchError::NotFound));
    dns.script(DnsOutcome::ServFail);
    let failed = lookup.records("example.test").await;
    assert!(matches!(failed, Err(FetchError::Unavailable { .. })), "{failed:?}");
    assert!(dns.queries().iter().all(|query| query.transport == Transport::Tcp));
}

#[tokio::test]
async fn over_tls() {
    let (dns, tls) = (DnsStandIn::start(), Tls::start(None).await);
    let lookup = lookup(format!("tls://127.0.0.1:{}", tls.port()), tls.client.clone());
    let server = tokio::spawn(serve_dot(tls, dns.address()));
    answers_as_tcp_does(&lookup, &dns).await;
    server.abort();
}

#[tokio::test]
async fn over_https() {
    let (dns, tls) = (DnsStandIn::start(), Tls::start(Some(b"h2")).await);
    let lookup = lookup(format!("https://127.0.0.1:{}/", tls.port()), tls.client.clone());
    let server = tokio::spawn(serve_doh(tls, dns.address()));
    answers_as_tcp_does(&lookup, &dns).await;
    server.abort();
}

#[tokio::test]
async fn a_certificate_of_another_is_refused() {
    let (dns, tls, other) = (DnsStandIn::start(), Tls::start(None).await, Tls::start(None).await);
    dns.publish_txt("example.test", "hello");
    let lookup = lookup(format!("tls://127.0.0.1:{}", tls.port()), other.client);
    let server = tokio::spawn(serve_dot(tls, dns.address()));
    let refused = lookup.records("example.test").await;
    assert!(matches!(refused, Err(FetchError::Unavailable { .. })), "{refused:?}");
    assert_eq!(dns.queries(), []);
    server.abort();
}
