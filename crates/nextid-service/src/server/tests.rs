//! The server over real sockets.

mod leaving;

use std::path::Path;
use std::time::Duration;

use actix_web::{HttpResponse, web};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::sync::Semaphore;

use super::*;
use crate::build_info::BuildInfo;
use crate::http::{Json, JsonBody, get};

/// A handler that says that it has begun, and ends when it is let.
struct Gate {
    begun: Semaphore,
    open: Semaphore,
}

impl Gate {
    fn new() -> Arc<Self> {
        Arc::new(Self { begun: Semaphore::new(0), open: Semaphore::new(0) })
    }

    async fn pass(&self) {
        self.begun.add_permits(1);
        self.open.acquire().await.unwrap().forget();
    }

    async fn has_begun(&self) {
        self.begun.acquire().await.unwrap().forget();
    }

    fn open(&self) {
        self.open.add_permits(1);
    }
}

fn config() -> Config {
    let mut config = Config::built_in(Service::Proof, Path::new("/nonexistent")).unwrap();
    config.server.listen.set_port(0);
    config.server.admin_listen.set_port(0);
    config.server.workers = 1;
    config.server.shutdown_grace_secs = 30;
    config
}

fn spec(gate: &Arc<Gate>) -> Spec {
    let gate = Arc::clone(gate);
    Spec {
        service: Service::Proof,
        cors: Cors::Proof,
        routes: Arc::new(move |cfg| {
            let gate = Arc::clone(&gate);
            cfg.service(web::resource("/slow").route(get(move || {
                let gate = Arc::clone(&gate);
                async move {
                    gate.pass().await;
                    Json::ok("done")
                }
            })))
            .service(web::resource("/panic").route(get(panics)))
            .service(web::resource("/body").route(web::post().to(takes_body)));
        }),
        admin_routes: Arc::new(|cfg| {
            cfg.service(web::resource("/healthz").route(get(|| async { HttpResponse::Ok().body("well") })));
        }),
        readiness: Readiness::new(),
        metrics: Metrics::new(Service::Proof, &BuildInfo::in_environment(None)).unwrap(),
    }
}

async fn panics() -> HttpResponse {
    panic!("the password is hunter2");
}

async fn takes_body(_: JsonBody<serde_json::Value>) -> Json<&'static str> {
    Json::ok("taken")
}

fn run(config: &Config) -> (Running, Shutdown, Arc<Gate>) {
    let (gate, shutdown) = (Gate::new(), Shutdown::new());
    (start(spec(&gate), config, &shutdown).unwrap(), shutdown, gate)
}

/// Sends `request` as it is, and reads until the server closes.
async fn raw(address: SocketAddr, request: &[u8]) -> String {
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(request).await.unwrap();
    until_closed(stream).await
}

async fn until_closed(mut stream: TcpStream) -> String {
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.unwrap();
    String::from_utf8(answer).unwrap()
}

async fn get_path(address: SocketAddr, path: &str) -> String {
    raw(address, format!("GET {path} HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n").as_bytes()).await
}

async fn stop(running: Running, shutdown: &Shutdown) {
    shutdown.force();
    running.wait().await.unwrap();
}

#[tokio::test]
async fn both_listeners_answer_at_ports_of_their_own() {
    let (running, shutdown, _) = run(&config());
    let (api, admin) = (running.address(), running.admin_address());
    assert!(api.port() != 0 && admin.port() != 0 && api != admin);
    assert!(get_path(api, "/readyz").await.contains("{\"status\":\"ok\",\"checks\":[{\"name\":\"running\""));
    assert!(get_path(api, "/metrics").await.starts_with("HTTP/1.1 404"));
    assert!(get_path(api, "/healthz").await.starts_with("HTTP/1.1 404"));
    assert!(get_path(admin, "/healthz").await.ends_with("well"));
    assert!(get_path(admin, "/readyz").await.starts_with("HTTP/1.1 200"));
    let head = raw(api, b"HEAD /readyz HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n").await;
    assert!(head.starts_with("HTTP/1.1 200") && head.ends_with("\r\n\r\n"), "{head}");
    let metrics = get_path(admin, "/metrics").await;
    assert!(metrics.contains("nextid_http_requests_total{method=\"GET\",route=\"/readyz\""), "{metrics}");
    stop(running, &shutdown).await;
}

#[tokio::test]
async fn a_taken_address_names_address_and_key() {
    let (running, shutdown, gate) = run(&config());
    let mut second = config();
    second.server.listen = running.address();
    let error = start(spec(&gate), &second, &Shutdown::new()).unwrap_err();
    assert_eq!(
        error.to_string(),
        format!("server.listen: {} is taken by another program", running.address())
    );
    second.server.listen.set_port(0);
    second.server.admin_listen = running.admin_address();
    let error = start(spec(&gate), &second, &Shutdown::new()).unwrap_err();
    assert!(matches!(error, ServerError::AddressTaken { key: "server.admin_listen", .. }), "{error}");
    let mut elsewhere = config();
    elsewhere.server.listen = "192.0.2.1:0".parse().unwrap();
    let error = start(spec(&gate), &elsewhere, &Shutdown::new()).unwrap_err();
    assert!(matches!(error, ServerError::Listen { key: "server.listen", .. }), "{error}");
    stop(running, &shutdown).await;
}

#[tokio::test]
async fn a_panic_is_an_opaque_answer_and_the_connection_lives_on() {
    let (running, shutdown, _) = run(&config());
    let requests = b"GET /panic HTTP/1.1\r\nHost: h\r\nX-Request-Id: p1\r\nOrigin: https://a.example\r\n\r\n\
                     GET /readyz HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n";
    let answers = raw(running.address(), requests).await;
    assert!(answers.starts_with("HTTP/1.1 500 Internal Server Error\r\n"), "{answers}");
    assert!(
        answers.contains("\"code\":\"internal\"") && answers.contains("\"request_id\":\"p1\""),
        "{answers}"
    );
    assert!(answers.to_lowercase().contains("access-control-allow-origin: *"), "{answers}");
    assert!(answers.contains("HTTP/1.1 200 OK"), "{answers}");
    assert!(!answers.contains("hunter2"), "{answers}");
    stop(running, &shutdown).await;
}

#[tokio::test]
async fn a_large_body_is_refused_with_an_answer() {
    let (running, shutdown, _) = run(&config());
    for size in [262_145_usize, 2_000_000, 20_000_000] {
        let mut stream = TcpStream::connect(running.address()).await.unwrap();
        let head = format!("POST /body HTTP/1.1\r\nHost: h\r\nContent-Length: {size}\r\n\r\n");
        stream.write_all(head.as_bytes()).await.unwrap();
        // As most clients do: first all of the body, as far as the server takes it, then the answer.
        let _ = stream.write_all(&vec![b' '; size]).await;
        let mut answer = vec![0; 4096];
        let length = stream.read(&mut answer).await.unwrap();
        let answer = String::from_utf8_lossy(&answer[..length]).into_owned();
        assert!(answer.starts_with("HTTP/1.1 413"), "{size}: {answer}");
        assert!(answer.contains("\"code\":\"body_too_large\""), "{answer}");
    }
    stop(running, &shutdown).await;
}

#[tokio::test]
async fn clients_that_are_too_slow_are_let_go() {
    let mut config = config();
    config.server.request_timeout_secs = 1;
    let (running, shutdown, _) = run(&config);
    let silent = TcpStream::connect(running.address()).await.unwrap();
    let half_a_head = raw(running.address(), b"GET /readyz HTTP/1.1\r\nHost:");
    let half_a_body =
        raw(running.address(), b"POST /body HTTP/1.1\r\nHost: h\r\nContent-Length: 10\r\n\r\n{");
    let (silent, half_a_head, half_a_body) = tokio::join!(until_closed(silent), half_a_head, half_a_body);
    assert!(silent.is_empty() || silent.starts_with("HTTP/1.1 408"), "{silent}");
    assert!(half_a_head.starts_with("HTTP/1.1 408"), "{half_a_head}");
    assert!(half_a_body.starts_with("HTTP/1.1 408"), "{half_a_body}");
    assert!(half_a_body.contains("\"code\":\"request_timeout\""), "{half_a_body}");
    stop(running, &shutdown).await;
}

#[tokio::test]
async fn a_crowd_that_says_nothing_does_not_shut_others_out() {
    let (running, shutdown, _) = run(&config());
    let mut crowd = Vec::new();
    for _ in 0..1000 {
        crowd.push(TcpStream::connect(running.address()).await.unwrap());
    }
    assert!(get_path(running.address(), "/readyz").await.starts_with("HTTP/1.1 200"));
    drop(crowd);
    stop(running, &shutdown).await;
}

#[tokio::test]
async fn clients_that_leave_in_the_middle_leave_nothing_behind() {
    let (running, shutdown, gate) = run(&config());
    for _ in 0..20 {
        let mut stream = TcpStream::connect(running.address()).await.unwrap();
        stream.write_all(b"POST /body HTTP/1.1\r\nHost: h\r\nContent-Length: 10\r\n\r\n{").await.unwrap();
    }
    let mut asks = TcpStream::connect(running.address()).await.unwrap();
    asks.write_all(b"GET /slow HTTP/1.1\r\nHost: h\r\n\r\n").await.unwrap();
    gate.has_begun().await;
    drop(asks);
    assert!(get_path(running.address(), "/readyz").await.starts_with("HTTP/1.1 200"));
    stop(running, &shutdown).await;
}

#[tokio::test]
async fn accepted_requests_are_finished_when_stopping() {
    let (running, shutdown, gate) = run(&config());
    let (api, admin) = (running.address(), running.admin_address());
    let idle = TcpStream::connect(api).await.unwrap();
    let slow = tokio::spawn(get_path(api, "/slow"));
    gate.has_begun().await;
    shutdown.request();
    let stopped = tokio::spawn(running.wait());
    // The operator sees that it stops, and nobody new is let in.
    assert!(get_path(admin, "/readyz").await.contains("\"stopping\""));
    assert!(!stopped.is_finished() && !slow.is_finished());
    gate.open();
    let answer = slow.await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 200") && answer.ends_with("\"done\""), "{answer}");
    stopped.await.unwrap().unwrap();
    assert!(TcpStream::connect(api).await.is_err(), "nobody listens any more");
    drop(idle);
}

#[tokio::test]
async fn the_grace_ends() {
    let mut config = config();
    config.server.shutdown_grace_secs = 0;
    let (running, shutdown, gate) = run(&config);
    let slow = tokio::spawn(get_path(running.address(), "/slow"));
    gate.has_begun().await;
    shutdown.request();
    tokio::time::timeout(Duration::from_secs(20), running.wait()).await.unwrap().unwrap();
    assert_eq!(slow.await.unwrap(), "", "the connection was closed without an answer");
}

#[tokio::test]
async fn being_forced_does_not_wait_for_the_grace() {
    let (running, shutdown, gate) = run(&config());
    let slow = tokio::spawn(get_path(running.address(), "/slow"));
    gate.has_begun().await;
    shutdown.request();
    let stopped = tokio::spawn(running.wait());
    shutdown.force();
    tokio::time::timeout(Duration::from_secs(20), stopped).await.unwrap().unwrap().unwrap();
    assert_eq!(slow.await.unwrap(), "");
}
