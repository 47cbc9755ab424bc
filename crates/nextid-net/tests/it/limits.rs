//! Time, size and number.

use std::io::Write;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use flate2::Compression;
use flate2::write::GzEncoder;
use nextid_net::{FetchError, FetchRequest, GuardedClient, NetConfig};
use tokio::io::AsyncWriteExt;
use tokio::sync::{Barrier, Semaphore};

use crate::stand_in::{StandIn, allowing, answer, local_client, redirect};

fn too_large(limit: usize) -> FetchError {
    FetchError::TooLarge { limit }
}

#[tokio::test]
async fn a_body_may_be_as_large_as_the_limit() {
    let server = StandIn::new(|seen| answer(200, "", vec![b'x'; seen.line[5..].parse().unwrap()])).await;
    let client = GuardedClient::new(NetConfig { max_bytes: 1000, ..allowing("127.0.0.1") }).unwrap();
    assert_eq!(client.get(&server.url("/1000")).await.unwrap().body.len(), 1000);
    assert_eq!(client.get(&server.url("/1001")).await.unwrap_err(), too_large(1000));
    let request = |limit| FetchRequest::get(server.url("/1001")).max_bytes(limit);
    assert_eq!(client.fetch(request(1001)).await.unwrap().body.len(), 1001);
    assert_eq!(client.fetch(request(10)).await.unwrap_err(), too_large(10));
}

#[tokio::test]
async fn an_endless_body_is_cut_off() {
    let sent = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&sent);
    let server = StandIn::scripted(move |_, mut stream| {
        let counter = Arc::clone(&counter);
        async move {
            let chunk = [b"1000\r\n".as_slice(), &[b'x'; 0x1000], b"\r\n"].concat();
            let _ = stream.write_all(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n").await;
            while stream.write_all(&chunk).await.is_ok() {
                counter.fetch_add(0x1000, Ordering::SeqCst);
            }
        }
    })
    .await;
    assert_eq!(local_client().get(&server.url("/")).await.unwrap_err(), too_large(1_048_576));
    // What the sockets' buffers hold comes on top of the limit.
    assert!(sent.load(Ordering::SeqCst) < 32 << 20, "{sent:?}");
}

#[tokio::test]
async fn a_gzip_bomb_is_counted_after_decompression() {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    for _ in 0..64 {
        encoder.write_all(&vec![0; 1 << 20]).unwrap();
    }
    let bomb = encoder.finish().unwrap();
    assert!(bomb.len() < 100_000, "{}", bomb.len());
    let server = StandIn::new(move |_| answer(200, "content-encoding: gzip\r\n", &bomb)).await;
    assert_eq!(local_client().get(&server.url("/")).await.unwrap_err(), too_large(1_048_576));
}

#[tokio::test(start_paused = true)]
async fn a_dripping_server_meets_the_deadline() {
    for head in ["", "HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n"] {
        let server = StandIn::scripted(move |_, mut stream| async move {
            let _ = stream.write_all(head.as_bytes()).await;
            let drip = if head.is_empty() { "HTTP/1.1 200 OK\r\nx: " } else { "" };
            let _ = stream.write_all(drip.as_bytes()).await;
            while stream.write_all(b"x").await.is_ok() {
                tokio::time::sleep(Duration::from_secs(1)).await;
            }
        })
        .await;
        let start = tokio::time::Instant::now();
        let error = local_client().get(&server.url("/")).await.unwrap_err();
        assert_eq!(error, FetchError::Timeout { host: "127.0.0.1".into() });
        assert_eq!(start.elapsed().as_secs(), 10);
    }
}

#[tokio::test(start_paused = true)]
async fn the_deadline_covers_all_hops() {
    let server = StandIn::scripted(|_, mut stream| async move {
        tokio::time::sleep(Duration::from_secs(4)).await;
        let _ = stream.write_all(&redirect(302, "/")).await;
    })
    .await;
    let start = tokio::time::Instant::now();
    let error = local_client().get(&server.url("/")).await.unwrap_err();
    assert_eq!(error, FetchError::Timeout { host: "127.0.0.1".into() });
    assert_eq!((start.elapsed().as_secs(), server.hits()), (10, 3));

    let start = tokio::time::Instant::now();
    let request = FetchRequest::get(server.url("/")).timeout(Duration::from_secs(3));
    let error = local_client().fetch(request).await.unwrap_err();
    assert_eq!(error, FetchError::Timeout { host: "127.0.0.1".into() });
    assert_eq!(start.elapsed().as_secs(), 3);
}

#[tokio::test]
async fn a_host_gets_so_many_requests_at_once() {
    let (now, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    // Each answer waits for a second request, so all fails unless two are let in at a time.
    let pair = Arc::new(Barrier::new(2));
    let gauges = (Arc::clone(&now), Arc::clone(&most));
    let server = StandIn::scripted(move |_, mut stream| {
        let ((now, most), pair) = (gauges.clone(), Arc::clone(&pair));
        async move {
            most.fetch_max(now.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
            pair.wait().await;
            now.fetch_sub(1, Ordering::SeqCst);
            let _ = stream.write_all(&answer(200, "", "")).await;
        }
    })
    .await;
    let client = GuardedClient::new(NetConfig { per_host_concurrency: 2, ..allowing("127.0.0.1") }).unwrap();
    let fetches: Vec<_> = (0..10)
        .map(|_| {
            let (client, url) = (client.clone(), server.url("/"));
            tokio::spawn(async move { client.get(&url).await.map(|response| response.status) })
        })
        .collect();
    for fetch in fetches {
        assert_eq!(fetch.await.unwrap(), Ok(200));
    }
    assert_eq!(most.load(Ordering::SeqCst), 2);
}

#[tokio::test]
async fn the_queue_for_a_host_is_bounded() {
    let (arrived, gate) = (Arc::new(Semaphore::new(0)), Arc::new(Semaphore::new(0)));
    let signals = (Arc::clone(&arrived), Arc::clone(&gate));
    let server = StandIn::scripted(move |_, mut stream| {
        let (arrived, gate) = signals.clone();
        async move {
            arrived.add_permits(1);
            let _open = gate.acquire().await.unwrap();
            let _ = stream.write_all(&answer(200, "", "")).await;
        }
    })
    .await;
    let config = NetConfig { per_host_concurrency: 1, per_host_queue: 0, ..allowing("127.0.0.1") };
    let client = GuardedClient::new(config).unwrap();
    let (first, url) = (client.clone(), server.url("/"));
    let first = tokio::spawn(async move { first.get(&url).await.map(|response| response.status) });
    let _ = arrived.acquire().await.unwrap();
    let error = client.get(&server.url("/")).await.unwrap_err();
    assert_eq!(error, FetchError::Busy { host: "127.0.0.1".into() });
    gate.add_permits(10);
    assert_eq!(first.await.unwrap(), Ok(200));
    assert_eq!(client.get(&server.url("/")).await.unwrap().status, 200);
}
