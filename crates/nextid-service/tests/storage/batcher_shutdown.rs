//! Nothing that was taken is lost when a batcher ends.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use nextid_service::batcher::{BatchError, Batcher};

use crate::batcher::{Gated, bounds, on_threads};

/// What was taken is done, what comes later is refused, and the shutdown lasts as long as the work.
#[tokio::test]
async fn drains() {
    let gated = Gated::new(bounds());
    let mut taken = vec![gated.submit(1)];
    gated.until(|stats| stats.running == 1 && stats.calls == 1).await;
    taken.extend((2..10).map(|call| gated.submit(call)));
    gated.until(|stats| stats.waiting == 8).await;
    let batcher = gated.batcher.clone();
    let mut shutdown = tokio::spawn(async move { batcher.shutdown().await });
    // One thread: the shutdown runs until it waits.
    tokio::task::yield_now().await;
    assert_eq!(gated.batcher.submit(100).await, Err(BatchError::Closed { name: "test" }));
    tokio::select! {
        biased;
        _ = &mut shutdown => panic!("it ended before its work"),
        () = tokio::task::yield_now() => {}
    }
    gated.gate.add_permits(2);
    shutdown.await.unwrap();
    for (call, result) in (1..).zip(taken) {
        assert_eq!(result.await.unwrap(), Ok(call * 2));
    }
    // Once more is no harm.
    gated.batcher.shutdown().await;
}

/// Under load, every caller is told either a result or that nothing was done.
#[tokio::test]
async fn shutdown_under_load_tells_everybody() {
    for _ in 0..50 {
        let done = Arc::new(AtomicU64::new(0));
        let done_in_run = Arc::clone(&done);
        let batcher = Batcher::spawn(bounds(), move |calls: Vec<u64>| {
            done_in_run.fetch_add(u64::try_from(calls.len()).unwrap(), Ordering::SeqCst);
            async move { calls }
        });
        let callers = on_threads(8, |_| {
            let batcher = batcher.clone();
            async move {
                let mut told = 0;
                loop {
                    match batcher.submit(told).await {
                        Ok(_) => told += 1,
                        Err(BatchError::Closed { .. }) => return told,
                        Err(other) => panic!("{other}"),
                    }
                }
            }
        });
        let shutdown = async {
            while done.load(Ordering::SeqCst) < 50 {
                tokio::task::yield_now().await;
            }
            batcher.shutdown().await;
        };
        let (told, ()) = tokio::join!(callers, shutdown);
        assert_eq!(told.iter().sum::<u64>(), done.load(Ordering::SeqCst));
    }
}

/// What waits when the last handle goes is still done.
#[tokio::test]
async fn dropping_the_handles_drains() {
    let gated = Gated::new(bounds());
    let calls: Vec<_> = (0..5).map(|call| gated.submit(call)).collect();
    gated
        .until(|stats| stats.running == 1 && stats.waiting + usize::try_from(stats.calls).unwrap() == 5)
        .await;
    let gate = Arc::clone(&gated.gate);
    drop(gated);
    gate.add_permits(5);
    for (call, result) in (0..).zip(calls) {
        assert_eq!(result.await.unwrap(), Ok(call * 2));
    }
}
