//! The health of one host: its circuit breaker, and the time until which it asked to be left alone.

use std::time::{Duration, Instant};

/// How a request ended, as far as the host is concerned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// The host answered, whatever it said.
    Answered,
    /// The host failed: 5xx, no connection, no answer in time, an answer that is not HTTP.
    Failed,
    /// Nothing was learnt about the host.
    Unknown,
}

/// Why a request is not sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Refusal {
    CircuitOpen(Duration),
    RateLimited(Duration),
    Busy,
}

/// When a circuit opens, and for how long.
#[derive(Debug, Clone, Copy)]
pub(crate) struct BreakerLimits {
    pub(crate) failures: u32,
    pub(crate) cool_down: Duration,
}

/// While the one request that tries a failed host again is under way, the others are told to come back after this.
const PROBE_WAIT: Duration = Duration::from_secs(1);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Circuit {
    Closed { failures: u32 },
    Open { until: Instant, probing: bool },
}

/// The state that is kept for a host. Times are passed in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Health {
    circuit: Circuit,
    quiet_until: Option<Instant>,
}

impl Default for Health {
    fn default() -> Self {
        Self { circuit: Circuit::Closed { failures: 0 }, quiet_until: None }
    }
}

impl Health {
    /// Whether a request may be sent now; `Ok(true)` for the one that tries a failed host again. Changes nothing.
    pub(crate) fn look(&self, now: Instant) -> Result<bool, Refusal> {
        if let Some(wait) = self.quiet_until.map(|until| until.saturating_duration_since(now))
            && !wait.is_zero()
        {
            return Err(Refusal::RateLimited(wait));
        }
        match self.circuit {
            Circuit::Closed { .. } => Ok(false),
            Circuit::Open { until, .. } if until > now => {
                Err(Refusal::CircuitOpen(until.saturating_duration_since(now)))
            }
            Circuit::Open { probing: true, .. } => Err(Refusal::CircuitOpen(PROBE_WAIT)),
            Circuit::Open { probing: false, .. } => Ok(true),
        }
    }

    /// As [`Self::look`], and a request that tries a failed host again is noted as under way.
    pub(crate) fn admit(&mut self, now: Instant) -> Result<bool, Refusal> {
        let probe = self.look(now)?;
        if probe && let Circuit::Open { probing, .. } = &mut self.circuit {
            *probing = true;
        }
        Ok(probe)
    }

    /// Takes in how an admitted request ended. Returns whether the circuit opened by it.
    pub(crate) fn settle(
        &mut self,
        now: Instant,
        probe: bool,
        outcome: Outcome,
        limits: BreakerLimits,
    ) -> bool {
        let open = Circuit::Open { until: now + limits.cool_down, probing: false };
        self.circuit = match (self.circuit, outcome) {
            (Circuit::Closed { .. }, Outcome::Answered) => Circuit::Closed { failures: 0 },
            (Circuit::Closed { failures }, Outcome::Failed)
                if failures.saturating_add(1) >= limits.failures =>
            {
                self.circuit = open;
                return true;
            }
            (Circuit::Closed { failures }, Outcome::Failed) => {
                Circuit::Closed { failures: failures.saturating_add(1) }
            }
            (Circuit::Open { .. }, Outcome::Answered) if probe => Circuit::Closed { failures: 0 },
            (Circuit::Open { .. }, Outcome::Failed) if probe => open,
            (Circuit::Open { until, .. }, Outcome::Unknown) if probe => {
                Circuit::Open { until, probing: false }
            }
            // Requests from before the circuit opened say nothing new.
            (unchanged, _) => unchanged,
        };
        false
    }

    /// The host is left alone until then.
    pub(crate) fn be_quiet_until(&mut self, until: Instant) {
        self.quiet_until = self.quiet_until.max(Some(until));
    }

    /// Whether forgetting this host would lose something.
    pub(crate) fn is_remarkable(&self, now: Instant) -> bool {
        self.look(now) != Ok(false)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMITS: BreakerLimits = BreakerLimits { failures: 3, cool_down: Duration::from_secs(30) };

    fn fail(health: &mut Health, now: Instant) -> bool {
        let probe = health.admit(now).unwrap();
        health.settle(now, probe, Outcome::Failed, LIMITS)
    }

    #[test]
    fn opens_after_failures_in_a_row_only() {
        let now = Instant::now();
        let mut health = Health::default();
        assert!(!fail(&mut health, now));
        assert!(!fail(&mut health, now));
        health.settle(now, false, Outcome::Answered, LIMITS);
        assert!(!fail(&mut health, now));
        health.settle(now, false, Outcome::Unknown, LIMITS);
        assert!(!fail(&mut health, now));
        assert!(!health.is_remarkable(now));
        assert!(fail(&mut health, now));
        assert!(health.is_remarkable(now));
        assert_eq!(
            health.admit(now + Duration::from_secs(10)),
            Err(Refusal::CircuitOpen(Duration::from_secs(20)))
        );
    }

    fn opened(now: Instant) -> Health {
        let mut health = Health::default();
        while !fail(&mut health, now) {}
        health
    }

    #[test]
    fn one_request_tries_again_and_its_outcome_decides() {
        let start = Instant::now();
        let mut health = opened(start);
        let later = start + LIMITS.cool_down;
        assert_eq!(health.admit(later), Ok(true));
        assert_eq!(health.admit(later), Err(Refusal::CircuitOpen(PROBE_WAIT)));
        health.settle(later, true, Outcome::Failed, LIMITS);
        assert_eq!(health.admit(later), Err(Refusal::CircuitOpen(LIMITS.cool_down)));

        let later = later + LIMITS.cool_down;
        assert_eq!(health.admit(later), Ok(true));
        health.settle(later, true, Outcome::Answered, LIMITS);
        assert_eq!(health.admit(later), Ok(false));
        assert_eq!(health, Health::default());
    }

    #[test]
    fn a_try_that_learnt_nothing_lets_the_next_one_try() {
        let start = Instant::now();
        let mut health = opened(start);
        let later = start + LIMITS.cool_down;
        assert_eq!(health.admit(later), Ok(true));
        health.settle(later, true, Outcome::Unknown, LIMITS);
        assert_eq!(health.admit(later), Ok(true));
    }

    #[test]
    fn requests_from_before_do_not_touch_an_open_circuit() {
        let now = Instant::now();
        let mut health = opened(now);
        let before = health;
        health.settle(now, false, Outcome::Answered, LIMITS);
        health.settle(now + Duration::from_secs(5), false, Outcome::Failed, LIMITS);
        assert_eq!(health, before);
    }

    #[test]
    fn a_host_is_left_alone_until_the_latest_time_it_named() {
        let now = Instant::now();
        let mut health = Health::default();
        health.be_quiet_until(now + Duration::from_secs(60));
        health.be_quiet_until(now + Duration::from_secs(5));
        assert_eq!(health.admit(now), Err(Refusal::RateLimited(Duration::from_secs(60))));
        assert_eq!(health.admit(now + Duration::from_secs(60)), Ok(false));
    }
}
