//! Reads that wait.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tokio::time::Instant;

use super::super::*;
use super::memory::{Bench, settings};
use crate::db::DbError;

/// Reads the ids that are even, which are not all that there are, and counts the reads.
async fn wait(bench: &Bench, after: i64, secs: i64, reads: &AtomicUsize) -> Vec<i64> {
    let read = || async {
        reads.fetch_add(1, Ordering::SeqCst);
        let events = bench.memory.read_after(after, 100).await?;
        let found: Vec<i64> = events.iter().map(|event| event.id).filter(|id| id % 2 == 0).collect();
        let is_something = !found.is_empty();
        Ok::<_, DbError>((found, is_something))
    };
    bench.hub.read_when_there_is(after, secs, read).await.unwrap()
}

#[tokio::test(start_paused = true)]
async fn what_is_there_is_not_waited_for() {
    let (bench, reads) = (Bench::new(settings()), AtomicUsize::new(0));
    bench.memory.append(4, 10);
    let started = Instant::now();
    assert_eq!(wait(&bench, 1, 30, &reads).await, [2, 4]);
    assert_eq!((started.elapsed(), reads.load(Ordering::SeqCst)), (Duration::ZERO, 1));
}

#[tokio::test(start_paused = true)]
async fn the_time_is_bounded_by_both_sides() {
    let (bench, reads) = (Bench::new(settings()), AtomicUsize::new(0));
    for (secs, expected) in [(-5, 0), (0, 0), (1, 1), (30, 30), (31, 30), (i64::MAX, 30), (i64::MIN, 0)] {
        let started = Instant::now();
        assert_eq!(wait(&bench, 0, secs, &reads).await, [0_i64; 0]);
        assert_eq!(started.elapsed().as_secs(), expected, "{secs}");
    }
}

#[tokio::test(start_paused = true)]
async fn news_end_the_wait_if_they_are_what_is_waited_for() {
    let (bench, reads) = (Bench::new(settings()), AtomicUsize::new(0));
    let memory = bench.memory.clone();
    let writer = tokio::spawn(async move {
        tokio::time::sleep(Duration::from_secs(1)).await;
        memory.append(1, 10);
        tokio::time::sleep(Duration::from_secs(1)).await;
        memory.append(1, 10);
    });
    let started = Instant::now();
    assert_eq!(wait(&bench, 0, 10, &reads).await, [2]);
    assert_eq!((started.elapsed().as_secs(), reads.load(Ordering::SeqCst)), (2, 3));
    writer.await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn stopping_ends_the_wait() {
    let (bench, reads) = (Bench::new(settings()), AtomicUsize::new(0));
    let shutdown = bench.shutdown.clone();
    let stop = tokio::spawn(async move {
        tokio::time::sleep(Duration::from_secs(1)).await;
        shutdown.request();
    });
    let started = Instant::now();
    assert_eq!(wait(&bench, 0, 10, &reads).await, [0_i64; 0]);
    assert_eq!(started.elapsed().as_secs(), 1);
    stop.await.unwrap();
}
