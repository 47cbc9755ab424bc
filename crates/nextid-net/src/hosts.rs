//! The hosts that were contacted lately: how many requests each has, and its health. Bounded in every direction.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::breaker::{BreakerLimits, Health, Outcome, Refusal};
use crate::guard::Place;
use crate::{Clock, NetConfig};

#[derive(Debug)]
struct Host {
    slots: Arc<Semaphore>,
    /// Requests under way or waiting. A host that has any is not forgotten.
    visits: usize,
    health: Health,
    last_used: Instant,
}

/// All hosts.
#[derive(Debug)]
pub(crate) struct Hosts {
    known: Mutex<HashMap<Place, Host>>,
    clock: Arc<dyn Clock>,
    breaker: BreakerLimits,
    concurrency: usize,
    queue: usize,
    capacity: usize,
}

impl Hosts {
    pub(crate) fn new(config: &NetConfig, clock: Arc<dyn Clock>) -> Self {
        Self {
            known: Mutex::default(),
            clock,
            breaker: BreakerLimits {
                failures: config.breaker_failures,
                cool_down: Duration::from_millis(config.breaker_cool_down_ms),
            },
            concurrency: config.per_host_concurrency.clamp(1, Semaphore::MAX_PERMITS),
            queue: config.per_host_queue,
            capacity: config.max_hosts.max(1),
        }
    }

    /// Waits for a turn at a host, until `deadline`. A host that is to be left alone is refused at once.
    pub(crate) async fn enter(
        self: &Arc<Self>,
        place: &Place,
        deadline: tokio::time::Instant,
    ) -> Result<Visit, Refusal> {
        let (mut visit, slots) = self.queue_up(place)?;
        match tokio::time::timeout_at(deadline, slots.acquire_owned()).await {
            Ok(Ok(permit)) => visit.permit = Some(permit),
            _ => return Err(Refusal::Busy),
        }
        // Asked again: the host may have failed in the meantime.
        visit.probe = visit.with_host(|host, now| host.health.admit(now)).unwrap_or(Ok(false))?;
        Ok(visit)
    }

    fn queue_up(self: &Arc<Self>, place: &Place) -> Result<(Visit, Arc<Semaphore>), Refusal> {
        let now = self.clock.now();
        let mut known = self.lock();
        if !known.contains_key(place) {
            self.make_room(&mut known, now)?;
        }
        let host = known.entry(place.clone()).or_insert_with(|| Host {
            slots: Arc::new(Semaphore::new(self.concurrency)),
            visits: 0,
            health: Health::default(),
            last_used: now,
        });
        host.health.look(now)?;
        if host.visits >= self.concurrency.saturating_add(self.queue) {
            return Err(Refusal::Busy);
        }
        host.visits += 1;
        host.last_used = now;
        let visit = Visit { hosts: Arc::clone(self), place: place.clone(), permit: None, probe: false };
        Ok((visit, Arc::clone(&host.slots)))
    }

    /// Forgets a tenth of the hosts when all places are taken: those that nothing is known against first, then the
    /// ones used longest ago.
    fn make_room(&self, known: &mut HashMap<Place, Host>, now: Instant) -> Result<(), Refusal> {
        if known.len() < self.capacity {
            return Ok(());
        }
        let mut idle: Vec<_> = known
            .iter()
            .filter(|(_, host)| host.visits == 0)
            .map(|(place, host)| (host.health.is_remarkable(now), host.last_used, place.clone()))
            .collect();
        idle.sort_unstable_by_key(|&(remarkable, last_used, _)| (remarkable, last_used));
        for (_, _, place) in idle.iter().take((self.capacity / 10).max(1)) {
            known.remove(place);
        }
        if known.len() < self.capacity { Ok(()) } else { Err(Refusal::Busy) }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Place, Host>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A request's stay at a host; it ends when this is dropped.
#[derive(Debug)]
pub(crate) struct Visit {
    hosts: Arc<Hosts>,
    place: Place,
    permit: Option<OwnedSemaphorePermit>,
    probe: bool,
}

impl Visit {
    /// The host asked to be left alone for this long.
    pub(crate) fn leave_alone(&self, duration: Duration) {
        self.with_host(|host, now| host.health.be_quiet_until(now + duration));
    }

    /// Ends the visit. One that is dropped without an outcome, because its caller went away, says nothing about the
    /// host.
    pub(crate) fn end(mut self, outcome: Outcome) {
        let (probe, limits) = (std::mem::take(&mut self.probe), self.hosts.breaker);
        let opened = self.with_host(|host, now| host.health.settle(now, probe, outcome, limits));
        if opened == Some(true) {
            log::warn!(
                "net.host" = self.place.host.as_str(),
                "net.port" = self.place.port,
                "net.cool_down_ms" = limits.cool_down.as_millis();
                "host keeps failing and is left alone"
            );
        }
    }

    fn with_host<T>(&self, act: impl FnOnce(&mut Host, Instant) -> T) -> Option<T> {
        let now = self.hosts.clock.now();
        self.hosts.lock().get_mut(&self.place).map(|host| act(host, now))
    }
}

impl Drop for Visit {
    fn drop(&mut self) {
        let (probe, limits) = (self.probe, self.hosts.breaker);
        self.with_host(|host, now| {
            host.visits = host.visits.saturating_sub(1);
            if probe {
                host.health.settle(now, true, Outcome::Unknown, limits);
            }
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ManualClock;

    fn place(host: &str) -> Place {
        Place { host: host.into(), port: 443, trusted: false }
    }

    fn soon() -> tokio::time::Instant {
        tokio::time::Instant::now() + Duration::from_secs(5)
    }

    fn hosts(config: NetConfig) -> (Arc<Hosts>, Arc<ManualClock>) {
        let clock = Arc::new(ManualClock::default());
        (Arc::new(Hosts::new(&config, Arc::clone(&clock) as Arc<dyn Clock>)), clock)
    }

    #[tokio::test(start_paused = true)]
    async fn a_host_has_so_many_slots_and_a_queue() {
        let (hosts, _) =
            hosts(NetConfig { per_host_concurrency: 1, per_host_queue: 1, ..NetConfig::default() });
        let first = hosts.enter(&place("a"), soon()).await.unwrap();
        let waiting = tokio::spawn({
            let hosts = Arc::clone(&hosts);
            async move { hosts.enter(&place("a"), soon()).await.map(|_| ()) }
        });
        tokio::task::yield_now().await;
        assert_eq!(hosts.enter(&place("a"), soon()).await.unwrap_err(), Refusal::Busy);
        assert!(hosts.enter(&place("b"), soon()).await.is_ok());
        drop(first);
        assert_eq!(waiting.await.unwrap(), Ok(()));
    }

    #[tokio::test(start_paused = true)]
    async fn waiting_ends_at_the_deadline() {
        let (hosts, _) = hosts(NetConfig { per_host_concurrency: 1, ..NetConfig::default() });
        let first = hosts.enter(&place("a"), soon()).await.unwrap();
        assert_eq!(hosts.enter(&place("a"), soon()).await.unwrap_err(), Refusal::Busy);
        drop(first);
        assert!(hosts.enter(&place("a"), soon()).await.is_ok());
    }

    #[tokio::test]
    async fn who_waited_is_refused_when_the_circuit_opened_meanwhile() {
        let (hosts, clock) =
            hosts(NetConfig { per_host_concurrency: 1, breaker_failures: 1, ..NetConfig::default() });
        let first = hosts.enter(&place("a"), soon()).await.unwrap();
        let waiting = tokio::spawn({
            let hosts = Arc::clone(&hosts);
            async move { hosts.enter(&place("a"), soon()).await.map(|_| ()) }
        });
        tokio::task::yield_now().await;
        first.end(Outcome::Failed);
        let cool_down = Duration::from_secs(30);
        assert_eq!(waiting.await.unwrap(), Err(Refusal::CircuitOpen(cool_down)));

        clock.advance(cool_down);
        let probe = hosts.enter(&place("a"), soon()).await.unwrap();
        assert!(matches!(hosts.enter(&place("a"), soon()).await, Err(Refusal::CircuitOpen(_))));
        // A caller that went away must not leave the host closed for ever.
        drop(probe);
        hosts.enter(&place("a"), soon()).await.unwrap().end(Outcome::Answered);
        assert!(hosts.enter(&place("a"), soon()).await.is_ok());
    }

    #[tokio::test]
    async fn the_map_is_bounded_and_forgets_what_matters_least() {
        let (hosts, clock) = hosts(NetConfig { max_hosts: 3, breaker_failures: 1, ..NetConfig::default() });
        hosts.enter(&place("broken"), soon()).await.unwrap().end(Outcome::Failed);
        let held = hosts.enter(&place("held"), soon()).await.unwrap();
        for number in 0..50 {
            clock.advance(Duration::from_millis(1));
            hosts.enter(&place(&format!("host{number}")), soon()).await.unwrap().end(Outcome::Answered);
            assert!(hosts.lock().len() <= 3);
        }
        assert!(hosts.lock().contains_key(&place("broken")));
        assert!(hosts.lock().contains_key(&place("held")));
        assert!(hosts.lock().contains_key(&place("host49")));
        drop(held);
    }

    #[tokio::test]
    async fn a_map_of_hosts_in_use_takes_no_more() {
        let (hosts, _) = hosts(NetConfig { max_hosts: 1, ..NetConfig::default() });
        let held = hosts.enter(&place("held"), soon()).await.unwrap();
        assert_eq!(hosts.enter(&place("other"), soon()).await.unwrap_err(), Refusal::Busy);
        drop(held);
        assert!(hosts.enter(&place("other"), soon()).await.is_ok());
    }

    #[tokio::test]
    async fn trusted_requests_do_not_share_a_hosts_limits() {
        let (hosts, _) = hosts(NetConfig::default());
        hosts.enter(&place("a"), soon()).await.unwrap().leave_alone(Duration::from_secs(60));
        assert_eq!(
            hosts.enter(&place("a"), soon()).await.unwrap_err(),
            Refusal::RateLimited(Duration::from_secs(60))
        );
        assert!(hosts.enter(&Place { trusted: true, ..place("a") }, soon()).await.is_ok());
    }
}
