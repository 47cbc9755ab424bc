//! The circuit breaker.

use std::sync::Arc;
use std::sync::atomic::{AtomicU16, Ordering};
use std::time::Duration;

use nextid_net::{FetchError, FetchRequest, NetConfig};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpSocket;

use crate::stand_in::{StandIn, allowing, answer, client_with_clock, redirect};

const COOL_DOWN: Duration = Duration::from_secs(30);

fn config() -> NetConfig {
    NetConfig { breaker_failures: 3, ..allowing("127.0.0.1") }
}

fn open(retry_after: Duration) -> FetchError {
    FetchError::CircuitOpen { host: "127.0.0.1".into(), retry_after }
}

#[tokio::test]
async fn a_failing_host_is_left_alone_and_tried_again() {
    let status = Arc::new(AtomicU16::new(500));
    let server = StandIn::new({
        let status = Arc::clone(&status);
        move |_| answer(status.load(Ordering::SeqCst), "", "")
    })
    .await;
    let (client, clock) = client_with_clock(config());
    let get = || async { client.get(&server.url("/")).await.map(|response| response.status) };
    for _ in 0..3 {
        assert_eq!(get().await, Ok(500));
    }
    assert_eq!(get().await, Err(open(COOL_DOWN)));
    assert_eq!(get().await.unwrap_err().retry_after(), Some(COOL_DOWN));
    assert_eq!(server.hits(), 3);

    clock.advance(COOL_DOWN);
    assert_eq!(get().await, Ok(500));
    assert_eq!(get().await, Err(open(COOL_DOWN)));
    assert_eq!(server.hits(), 4);

    clock.advance(COOL_DOWN);
    status.store(200, Ordering::SeqCst);
    assert_eq!(get().await, Ok(200));
    assert_eq!(get().await, Ok(200));
}

#[tokio::test]
async fn refusals_of_the_host_are_no_failures() {
    let server = StandIn::new(|seen| answer(seen.line[5..].parse().unwrap(), "", "body")).await;
    let (client, _) = client_with_clock(config());
    for status in [500, 500, 404, 500, 500, 403, 401, 400, 410, 500, 500] {
        assert_eq!(client.get(&server.url(&format!("/{status}"))).await.unwrap().status, status);
    }
    // Nor are answers that are too large.
    let request = FetchRequest::get(server.url("/200")).max_bytes(1);
    assert_eq!(client.fetch(request).await.unwrap_err(), FetchError::TooLarge { limit: 1 });
    for _ in 0..2 {
        assert_eq!(client.get(&server.url("/500")).await.unwrap().status, 500);
    }
}

#[tokio::test]
async fn connections_that_fail_count() {
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind(([127, 0, 0, 1], 0).into()).unwrap();
    let url = format!("http://{}/", socket.local_addr().unwrap());
    let (client, _) = client_with_clock(config());
    for _ in 0..3 {
        assert_eq!(client.get(&url).await.unwrap_err(), FetchError::Connect { host: "127.0.0.1".into() });
    }
    assert_eq!(client.get(&url).await.unwrap_err(), open(COOL_DOWN));
    // Another port of the same host is another matter.
    let server = StandIn::new(|_| answer(200, "", "")).await;
    assert!(client.get(&server.url("/")).await.is_ok());
}

#[tokio::test]
async fn time_outs_count_against_who_had_the_time() {
    let hang = StandIn::scripted(|_, mut stream| async move {
        let _ = stream.read_u8().await;
    })
    .await;
    let (client, _) = client_with_clock(config());
    let get = || client.fetch(FetchRequest::get(hang.url("/")).timeout(Duration::from_millis(50)));
    for _ in 0..3 {
        assert_eq!(get().await.unwrap_err(), FetchError::Timeout { host: "127.0.0.1".into() });
    }
    assert_eq!(get().await.unwrap_err(), open(COOL_DOWN));
}

#[tokio::test(start_paused = true)]
async fn a_late_redirect_does_not_blame_its_target() {
    let target = StandIn::scripted(|seen, mut stream| async move {
        if seen.line == "GET /hang" {
            let _ = stream.read_u8().await;
        }
    })
    .await;
    let location = target.url("/hang");
    let slow = StandIn::scripted(move |_, mut stream| {
        let bytes = redirect(302, &location);
        async move {
            tokio::time::sleep(Duration::from_secs(6)).await;
            let _ = stream.write_all(&bytes).await;
        }
    })
    .await;
    let (client, _) = client_with_clock(NetConfig { breaker_failures: 1, ..config() });
    for _ in 0..2 {
        let error = client.get(&slow.url("/")).await.unwrap_err();
        assert_eq!(error, FetchError::Timeout { host: "127.0.0.1".into() });
    }
    assert_eq!(target.hits(), 2);
}

#[tokio::test]
async fn a_hosts_failures_do_not_close_it_to_trusted_requests() {
    let server = StandIn::new(|_| answer(500, "", "")).await;
    let (client, _) = client_with_clock(config());
    for _ in 0..3 {
        client.get(&server.url("/")).await.unwrap();
    }
    assert_eq!(client.get(&server.url("/")).await.unwrap_err(), open(COOL_DOWN));
    assert_eq!(client.fetch(FetchRequest::get(server.url("/")).trusted()).await.unwrap().status, 500);
}
