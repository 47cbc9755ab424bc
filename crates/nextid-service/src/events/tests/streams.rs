//! What streams tell.

use std::sync::atomic::Ordering;
use std::time::Duration;

use nextid_core::Platform;

use super::super::*;
use super::memory::{Bench, OTHER, settings};

fn all() -> EventFilter {
    EventFilter::default()
}

#[tokio::test]
async fn everybody_is_told_everything_once_wherever_they_begin() {
    const LAST: i64 = 5000;
    // So little that the window moves all the time, and readers which begin behind it have to catch up.
    let bench = Bench::new(HubSettings { queue_bytes: 60_000, ..settings() });
    let memory = bench.memory.clone();
    let writer = tokio::spawn(async move {
        for burst in 0..LAST / 10 {
            memory.append(10, 20);
            if burst % 7 == 0 {
                tokio::time::sleep(Duration::from_millis(1)).await;
            } else {
                tokio::task::yield_now().await;
            }
        }
    });
    let mut readers = Vec::new();
    for begin in [0, 1, 99, 1000, 2500, 4990] {
        bench.until(|bench| bench.memory.latest() >= begin).await;
        let mut everything = bench.read(begin, all());
        let mut github = bench.read(begin, EventFilter { platform: Some(Platform::Github), avatar: None });
        let other = EventFilter { avatar: Some(OTHER.parse().unwrap()), platform: Some(Platform::Github) };
        let mut narrow = bench.read(begin, other);
        readers.push(async move {
            let (one, two, three) = tokio::join!(
                everything.ids_up_to(LAST),
                github.ids_up_to(LAST),
                narrow.ids_up_to(LAST - LAST % 6)
            );
            assert_eq!(one, (begin + 1..=LAST).collect::<Vec<_>>());
            assert_eq!(two, (begin + 1..=LAST).filter(|id| id % 2 == 0).collect::<Vec<_>>());
            assert_eq!(three, (begin + 1..=LAST).filter(|id| id % 6 == 0).collect::<Vec<_>>());
        });
    }
    futures_util::future::join_all(readers).await;
    writer.await.unwrap();
}

#[tokio::test]
async fn who_falls_behind_the_window_is_told_where_to_resume_and_nothing_is_lost() {
    const LAST: i64 = 1000;
    let bench = Bench::new(HubSettings { queue_bytes: 100_000, ..settings() });
    let mut slow = bench.read(0, all());
    for id in 1..=2 {
        bench.memory.append(1, 1000);
        assert_eq!(slow.next().await.unwrap().id, id);
        // From then on it is served from the window.
        bench.until(|bench| !bench.hub.shared.window().is_closed()).await;
    }
    let mut quick = bench.read(0, all());
    for _ in 2..LAST {
        bench.memory.append(1, 1000);
        // It is at the end of the window each time.
        quick.next().await.unwrap();
    }
    let mut held = Vec::new();
    let resume = loop {
        let frame = slow.next().await.unwrap();
        if frame.event == "resume" {
            break frame;
        }
        assert_eq!(frame.event, "link");
        held.push(frame.id);
    };
    assert!(held.len() < 100, "it held {} events of 1 KB", held.len());
    assert_eq!(held, (3..=resume.id).collect::<Vec<_>>());
    assert_eq!(resume.data, format!("{{\"last_id\":{},\"reason\":\"slow\"}}", resume.id));
    assert_eq!(slow.next().await, None);
    let rest = bench.read(resume.id, all()).ids_up_to(LAST).await;
    assert_eq!(rest, (resume.id + 1..=LAST).collect::<Vec<_>>());
}

#[tokio::test]
async fn a_reader_that_catches_up_holds_little_and_takes_its_time() {
    const LAST: i64 = 300;
    let bench = Bench::new(HubSettings { queue_bytes: 1 << 20, ..settings() });
    bench.memory.append(LAST, 10_000);
    // The window holds the last hundred; nobody is let go for what it never had.
    let mut ids = Vec::new();
    let mut reader = bench.read(0, all());
    for id in 1..=LAST {
        ids.push(reader.next().await.unwrap().id);
        assert_eq!(ids.last(), Some(&id));
    }
    // Pages of 200 would be 2 MB; what was beyond the bound was read again.
    let reads = bench.memory.reads.load(Ordering::SeqCst);
    assert!(reads > 6, "only {reads} reads");
}

#[tokio::test(start_paused = true)]
async fn silence_is_broken_by_a_sign_of_life_that_says_how_far_the_stream_is() {
    let bench = Bench::new(settings());
    let started = tokio::time::Instant::now();
    let mut dns = bench.read(0, EventFilter { platform: Some(Platform::Dns), avatar: None });
    bench.memory.append(2, 10);
    assert_eq!(dns.next().await.unwrap().id, 1);
    let beat = dns.next().await.unwrap();
    assert_eq!((beat.event.as_str(), beat.id, beat.data.as_str()), ("", 2, ""));
    assert!(started.elapsed() >= Duration::from_secs(15));
    let again = dns.next().await.unwrap();
    assert_eq!((again.event.as_str(), again.id), ("", 2));
    assert!(started.elapsed() >= Duration::from_secs(30) && started.elapsed() < Duration::from_secs(40));
}

#[tokio::test(start_paused = true)]
async fn what_another_replica_numbers_is_told_within_a_moment() {
    let bench = Bench::new(settings());
    let mut reader = bench.read(0, all());
    bench.memory.append(1, 10);
    assert_eq!(reader.next().await.unwrap().id, 1);
    let started = tokio::time::Instant::now();
    bench.memory.append_quietly(1, 10);
    assert_eq!(reader.next().await.unwrap().id, 2);
    assert!(started.elapsed() <= Duration::from_millis(200), "{:?}", started.elapsed());
}

#[tokio::test]
async fn stopping_ends_every_stream_and_says_where_to_resume() {
    let bench = Bench::new(settings());
    bench.memory.append(3, 10);
    let (mut idle, mut behind) = (bench.read(3, all()), bench.read(0, all()));
    let idle = tokio::spawn(async move { (idle.next().await, idle.next().await) });
    assert_eq!(behind.next().await.unwrap().id, 1);
    bench.shutdown.request();
    let (last, end) = idle.await.unwrap();
    let last = last.unwrap();
    assert_eq!((last.event.as_str(), last.id), ("resume", 3));
    assert_eq!((last.data.as_str(), end), ("{\"last_id\":3,\"reason\":\"stopping\"}", None));
    // What was taken already is told before the end.
    assert_eq!(behind.next().await.unwrap().id, 2);
    assert_eq!(behind.next().await.unwrap().id, 3);
    assert_eq!(behind.next().await.unwrap().event, "resume");
    assert_eq!(behind.next().await, None);
}

#[tokio::test]
async fn nothing_is_read_and_nothing_kept_while_nobody_listens() {
    let bench = Bench::new(settings());
    bench.memory.append(50, 10);
    assert_eq!(bench.memory.reads.load(Ordering::SeqCst), 0);
    let mut reader = bench.read(0, all());
    assert_eq!(reader.ids_up_to(50).await.len(), 50);
    drop(reader);
    bench.until(|bench| bench.hub.shared.window().is_closed()).await;
    let reads = bench.memory.reads.load(Ordering::SeqCst);
    bench.memory.append(50, 10);
    assert_eq!(bench.memory.reads.load(Ordering::SeqCst), reads);
    assert_eq!(bench.read(40, all()).ids_up_to(100).await, (41..=100).collect::<Vec<_>>());
}

#[tokio::test(start_paused = true)]
async fn a_database_that_is_away_ends_who_catches_up_and_not_who_waits() {
    let bench = Bench::new(settings());
    bench.memory.append(1000, 10);
    let mut waits = bench.read(1000, all());
    bench.until(|bench| !bench.hub.shared.window().is_closed()).await;
    // It has been served from the window once, so that it is there.
    bench.memory.append(1, 10);
    assert_eq!(waits.next().await.unwrap().id, 1001);
    bench.memory.fails.store(true, Ordering::SeqCst);
    let mut behind = bench.read(3, all());
    let resume = behind.next().await.unwrap();
    assert_eq!((resume.event.as_str(), resume.id), ("resume", 3));
    assert!(resume.data.contains("\"reason\":\"unavailable\""), "{resume:?}");
    bench.memory.append(1, 10);
    let reads = bench.memory.reads.load(Ordering::SeqCst);
    bench.until(|bench| bench.memory.reads.load(Ordering::SeqCst) > reads).await;
    bench.memory.fails.store(false, Ordering::SeqCst);
    assert_eq!(waits.next().await.unwrap().id, 1002);
}
