//! Asks that wait at the same time for the same answer share one call.

use std::collections::HashMap;
use std::future::Future;
use std::hash::Hash;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::watch;

/// The calls that are under way, by what they ask for.
#[derive(Debug)]
pub(super) struct Asked<K, A> {
    running: Arc<Mutex<Running<K, A>>>,
}

type Running<K, A> = HashMap<K, watch::Receiver<Option<A>>>;

/// An answer, and whose call it came from.
#[derive(Debug, PartialEq, Eq)]
struct Shared<A> {
    /// None if the call ended without one, because its runtime did.
    answer: Option<A>,
    /// Whether the call was under way already: it may tell how things were before this ask.
    joined: bool,
}

/// Takes a call off the list, however it ends.
struct Entry<K: Eq + Hash, A> {
    running: Arc<Mutex<Running<K, A>>>,
    key: K,
}

impl<K: Eq + Hash, A> Drop for Entry<K, A> {
    fn drop(&mut self) {
        lock(&self.running).remove(&self.key);
    }
}

impl<K, A> Asked<K, A>
where
    K: Clone + Eq + Hash + Send + 'static,
    A: Clone + Send + Sync + 'static,
{
    pub(super) fn new() -> Self {
        Self { running: Arc::default() }
    }

    /// The answer for `key`, by the call that is under way or by `call`; none if that ended without one.
    ///
    /// A call that was under way already may have begun before what is asked for had happened. Its answer is taken if it
    /// `suffices`; otherwise there is a second ask, which is answered by a call that has begun since.
    pub(super) async fn ask<F>(
        &self,
        key: K,
        call: impl Fn() -> F,
        suffices: impl Fn(&A) -> bool,
    ) -> Option<A>
    where
        F: Future<Output = A> + Send + 'static,
    {
        let first = self.join_or_call(key.clone(), &call).await;
        if !first.joined || first.answer.as_ref().is_some_and(suffices) {
            return first.answer;
        }
        self.join_or_call(key, &call).await.answer
    }

    /// The call goes on if who asked goes away, since others may wait for it.
    async fn join_or_call<F>(&self, key: K, call: impl Fn() -> F) -> Shared<A>
    where
        F: Future<Output = A> + Send + 'static,
    {
        let (mut receiver, joined) = {
            let mut running = lock(&self.running);
            match running.get(&key) {
                Some(receiver) => (receiver.clone(), true),
                None => {
                    let (sender, receiver) = watch::channel(None);
                    running.insert(key.clone(), receiver.clone());
                    let entry = Entry { running: Arc::clone(&self.running), key };
                    let call = call();
                    tokio::spawn(async move {
                        let answer = call.await;
                        // First off the list, so that nobody joins a call that has ended.
                        drop(entry);
                        sender.send_replace(Some(answer));
                    });
                    (receiver, false)
                }
            }
        };
        let answer = receiver.wait_for(Option::is_some).await.ok().and_then(|answer| answer.clone());
        Shared { answer, joined }
    }
}

/// A panic while the list is held leaves it whole.
fn lock<K, A>(running: &Mutex<Running<K, A>>) -> MutexGuard<'_, Running<K, A>> {
    running.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use futures_util::FutureExt as _;
    use tokio::sync::Semaphore;

    use super::*;

    /// Calls that are counted, each answering its number once it is let through.
    struct Calls {
        asked: Asked<u8, usize>,
        begun: Arc<AtomicUsize>,
        gate: Arc<Semaphore>,
    }

    impl Calls {
        fn new() -> Self {
            Self { asked: Asked::new(), begun: Arc::default(), gate: Arc::new(Semaphore::new(0)) }
        }

        async fn ask(&self, suffices: impl Fn(&usize) -> bool) -> Option<usize> {
            let call = || {
                let (begun, gate) = (Arc::clone(&self.begun), Arc::clone(&self.gate));
                async move {
                    let number = begun.fetch_add(1, Ordering::SeqCst);
                    gate.acquire().await.unwrap().forget();
                    number
                }
            };
            self.asked.ask(1, call, suffices).await
        }

        /// Lets calls through; in a `join!` it comes after the asks before it.
        async fn let_through(&self, count: usize) {
            self.gate.add_permits(count);
        }

        fn nothing_is_left(&self) -> bool {
            lock(&self.asked.running).is_empty()
        }
    }

    #[tokio::test]
    async fn concurrent_asks_share_a_call_and_later_ones_do_not() {
        let calls = Calls::new();
        let (first, second, third, ()) =
            tokio::join!(calls.ask(|_| true), calls.ask(|_| true), calls.ask(|_| true), calls.let_through(2));
        assert_eq!((first, second, third), (Some(0), Some(0), Some(0)));
        assert_eq!(calls.ask(|_| true).await, Some(1));
        assert!(calls.nothing_is_left());
    }

    #[tokio::test]
    async fn an_answer_that_may_be_too_old_is_asked_for_again() {
        let calls = Calls::new();
        let (first, second, third, ()) = tokio::join!(
            calls.ask(|_| false),
            calls.ask(|_| false),
            calls.ask(|_| false),
            calls.let_through(9)
        );
        assert_eq!(first, Some(0), "its own call is not too old");
        assert_eq!((second, third), (Some(1), Some(1)), "who joined it shares the next one");
        assert!(calls.nothing_is_left());
    }

    #[tokio::test]
    async fn who_goes_away_leaves_the_call_to_the_others() {
        let calls = Calls::new();
        assert_eq!(calls.ask(|_| true).now_or_never(), None);
        let (answer, ()) = tokio::join!(calls.ask(|_| true), calls.let_through(1));
        assert_eq!(answer, Some(0));
    }

    #[tokio::test]
    async fn a_call_that_panics_leaves_nothing_behind() {
        let asked = Asked::<u8, usize>::new();
        assert_eq!(asked.ask(1, || async { panic!("on purpose") }, |_| true).await, None);
        assert!(lock(&asked.running).is_empty());
        assert_eq!(asked.ask(1, || async { 7 }, |_| true).await, Some(7));
    }
}
