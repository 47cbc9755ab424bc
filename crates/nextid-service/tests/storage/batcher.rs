//! Each caller gets its own result, and every bound holds.

use std::collections::HashSet;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use nextid_service::batcher::{BatchError, Batcher, BatcherSettings, spread};
use tokio::sync::Semaphore;

use crate::support::Dice;

pub fn bounds() -> BatcherSettings {
    BatcherSettings {
        name: "test",
        capacity: 1000,
        max_batch: 100,
        in_flight: 1,
        crowd: 1,
        wait: Duration::from_secs(20),
    }
}

/// A batcher that doubles, once for each permit it is given, and keeps what it was given.
pub struct Gated {
    pub batcher: Batcher<u64, u64>,
    pub gate: Arc<Semaphore>,
    pub batches: Arc<Mutex<Vec<Vec<u64>>>>,
}

impl Gated {
    pub fn new(settings: BatcherSettings) -> Self {
        let (gate, batches) = (Arc::new(Semaphore::new(0)), Arc::new(Mutex::new(Vec::new())));
        let (gate_of_run, batches_of_run) = (Arc::clone(&gate), Arc::clone(&batches));
        let batcher = Batcher::spawn(settings, move |calls: Vec<u64>| {
            batches_of_run.lock().unwrap().push(calls.clone());
            let gate = Arc::clone(&gate_of_run);
            async move {
                gate.acquire().await.unwrap().forget();
                calls.into_iter().map(|call| call * 2).collect()
            }
        });
        Self { batcher, gate, batches }
    }

    pub fn submit(&self, call: u64) -> tokio::task::JoinHandle<Result<u64, BatchError>> {
        let batcher = self.batcher.clone();
        tokio::spawn(async move { batcher.submit(call).await })
    }

    /// Lets everything else run until the batcher is in the state that is looked for.
    pub async fn until(&self, reached: impl Fn(&nextid_service::batcher::BatcherStats) -> bool) {
        while !reached(&self.batcher.stats()) {
            tokio::task::yield_now().await;
        }
    }
}

/// The first call does not wait for others; those that come while it runs go together, in their order.
#[tokio::test]
async fn what_waits_goes_together() {
    let gated = Gated::new(bounds());
    let first = gated.submit(0);
    gated.until(|stats| stats.running == 1 && stats.calls == 1).await;
    let mut others = Vec::new();
    for call in 1..=250 {
        others.push(gated.submit(call));
        gated.until(|stats| stats.waiting as u64 == call).await;
    }
    gated.gate.add_permits(4);
    assert_eq!(first.await.unwrap().unwrap(), 0);
    for (call, other) in (1..).zip(others) {
        assert_eq!(other.await.unwrap().unwrap(), call * 2);
    }
    let batches = gated.batches.lock().unwrap().clone();
    assert_eq!(batches.iter().map(Vec::len).collect::<Vec<_>>(), [1, 100, 100, 50]);
    assert_eq!(batches.concat(), (0..=250).collect::<Vec<_>>());
}

/// Beside a batch another one starts for a crowd only; whoever is fewer goes when it has ended.
#[tokio::test]
async fn a_crowd_does_not_wait() {
    let gated = Gated::new(BatcherSettings { in_flight: 2, crowd: 3, ..bounds() });
    let mut calls = vec![gated.submit(0)];
    gated.until(|stats| stats.running == 1 && stats.calls == 1).await;
    calls.extend([gated.submit(1), gated.submit(2)]);
    gated.until(|stats| stats.waiting == 2).await;
    for _ in 0..100 {
        tokio::task::yield_now().await;
    }
    assert_eq!(gated.batcher.stats().running, 1);
    calls.push(gated.submit(3));
    gated.until(|stats| stats.running == 2 && stats.waiting == 0).await;
    calls.push(gated.submit(4));
    gated.until(|stats| stats.waiting == 1).await;
    gated.gate.add_permits(3);
    for (number, call) in (0..).zip(calls) {
        assert_eq!(call.await.unwrap(), Ok(number * 2));
    }
    assert_eq!(*gated.batches.lock().unwrap(), [vec![0], vec![1, 2, 3], vec![4]]);
    // Who stops waits for nobody but what runs.
    let running = gated.submit(5);
    gated.until(|stats| stats.running == 1 && stats.calls == 6).await;
    let waits = gated.submit(6);
    gated.until(|stats| stats.waiting == 1).await;
    gated.gate.add_permits(2);
    gated.batcher.shutdown().await;
    assert_eq!((running.await.unwrap(), waits.await.unwrap()), (Ok(10), Ok(12)));
}

/// A full queue refuses after the wait, and takes calls again when there is room.
#[tokio::test]
async fn a_full_queue_refuses() {
    let gated = Gated::new(BatcherSettings { capacity: 2, wait: Duration::from_millis(20), ..bounds() });
    let mut taken = vec![gated.submit(1)];
    gated.until(|stats| stats.running == 1 && stats.calls == 1).await;
    taken.extend([gated.submit(2), gated.submit(3)]);
    gated.until(|stats| stats.waiting == 2).await;
    let refused = gated.batcher.submit(4).await;
    assert!(matches!(refused, Err(BatchError::Overloaded { name: "test", .. })), "{refused:?}");
    assert_eq!(gated.batcher.stats().rejected, 1);
    gated.gate.add_permits(10);
    for call in taken {
        call.await.unwrap().unwrap();
    }
    assert_eq!(gated.batcher.submit(5).await, Ok(10));
}

/// A panic, in the call or in its future, and a wrong number of results are errors of that batch only.
#[tokio::test]
async fn a_bad_batch_is_alone() {
    let batcher = Batcher::spawn(bounds(), |calls: Vec<u64>| {
        assert!(!calls.contains(&1), "wanted by the test");
        async move {
            assert!(!calls.contains(&2), "wanted by the test");
            if calls.contains(&3) { Vec::new() } else { calls }
        }
    });
    for (call, wanted) in [
        (0, Ok(0)),
        (1, Err(BatchError::Aborted { name: "test" })),
        (2, Err(BatchError::Aborted { name: "test" })),
        (3, Err(BatchError::Mismatch { name: "test", calls: 1, results: 0 })),
        (4, Ok(4)),
    ] {
        assert_eq!(batcher.submit(call).await, wanted);
    }
    batcher.shutdown().await;
    let stats = batcher.stats();
    assert_eq!((stats.batches, stats.failed_batches, stats.running, stats.waiting), (5, 3, 0, 0));
}

/// A caller that leaves before its batch starts takes its call with it; one that leaves later loses its result.
#[tokio::test]
async fn a_caller_may_leave() {
    let gated = Gated::new(bounds());
    let running = gated.submit(1);
    gated.until(|stats| stats.running == 1 && stats.calls == 1).await;
    let (leaves, stays) = (gated.submit(2), gated.submit(3));
    gated.until(|stats| stats.waiting == 2).await;
    running.abort();
    leaves.abort();
    assert!(running.await.unwrap_err().is_cancelled() && leaves.await.unwrap_err().is_cancelled());
    gated.gate.add_permits(2);
    assert_eq!(stays.await.unwrap(), Ok(6));
    assert_eq!(*gated.batches.lock().unwrap(), [vec![1], vec![3]]);
}

#[test]
fn an_error_is_spread() {
    assert_eq!(spread::<u8, &str>(2, Err("no")), [Err("no"), Err("no")]);
    assert_eq!(spread::<u8, &str>(2, Ok(vec![1, 2])), [Ok(1), Ok(2)]);
}

/// Runs `callers` on threads with a runtime each, as the workers of the HTTP server are, beside the batcher's own.
pub async fn on_threads<F, T>(callers: u64, caller: impl Fn(u64) -> F) -> Vec<T>
where
    F: Future<Output = T> + Send + 'static,
    T: Send + 'static,
{
    let threads: Vec<_> = (0..callers)
        .map(|number| {
            let caller = caller(number);
            tokio::task::spawn_blocking(move || {
                tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(caller)
            })
        })
        .collect();
    let mut results = Vec::new();
    for thread in threads {
        results.push(thread.await.unwrap());
    }
    results
}

/// Many callers on several threads, with every shape of bounds: each gets its own result, each call is made once,
/// and neither bound is ever passed.
#[tokio::test]
async fn many_callers_on_many_threads() {
    for seed in 0..40 {
        let mut dice = Dice::new(seed + 1);
        let settings = BatcherSettings {
            capacity: 1 + usize::try_from(dice.roll(50)).unwrap(),
            max_batch: 1 + usize::try_from(dice.roll(20)).unwrap(),
            in_flight: 1 + usize::try_from(dice.roll(4)).unwrap(),
            crowd: 1 + usize::try_from(dice.roll(4)).unwrap(),
            ..bounds()
        };
        let (max_batch, in_flight) = (settings.max_batch, settings.in_flight);
        let running = Arc::new(AtomicUsize::new(0));
        let seen = Arc::new(Mutex::new(Vec::new()));
        let (running_in_run, seen_in_run) = (Arc::clone(&running), Arc::clone(&seen));
        let batcher = Batcher::spawn(settings, move |calls: Vec<u64>| {
            let (running, seen) = (Arc::clone(&running_in_run), Arc::clone(&seen_in_run));
            async move {
                let now = running.fetch_add(1, Ordering::SeqCst) + 1;
                assert!(now <= in_flight && !calls.is_empty() && calls.len() <= max_batch);
                for _ in 0..calls.iter().sum::<u64>() % 7 {
                    tokio::task::yield_now().await;
                }
                seen.lock().unwrap().extend_from_slice(&calls);
                running.fetch_sub(1, Ordering::SeqCst);
                calls.into_iter().map(|call| call.wrapping_mul(3)).collect()
            }
        });
        on_threads(8, |caller| {
            let batcher = batcher.clone();
            async move {
                for call in (caller * 100)..(caller * 100 + 50) {
                    assert_eq!(batcher.submit(call).await, Ok(call * 3));
                }
            }
        })
        .await;
        let seen = seen.lock().unwrap();
        assert_eq!((seen.len(), seen.iter().collect::<HashSet<_>>().len()), (400, 400));
        assert_eq!(batcher.stats().calls, 400);
    }
}
