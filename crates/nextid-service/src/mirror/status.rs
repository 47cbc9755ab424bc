//! How a mirror is, for its operator and for readers.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use prometheus::{IntGauge, Registry};

use crate::health::Outcome;

/// A mirror that has not caught up for so long is degraded.
const PATIENCE: Duration = Duration::from_secs(60);

/// How a mirror is. Clones share it.
#[derive(Debug, Clone)]
pub struct Status {
    inner: Arc<Mutex<Inner>>,
    gauges: Option<Arc<Gauges>>,
}

#[derive(Debug)]
struct Inner {
    cursor: i64,
    latest: i64,
    /// Since when there is something that is not copied, or the origin has not been heard of.
    behind_since: Option<Instant>,
    away: Option<String>,
    stopped: Option<String>,
}

#[derive(Debug)]
struct Gauges {
    cursor: IntGauge,
    lag: IntGauge,
    behind: IntGauge,
    stopped: IntGauge,
}

/// How far a mirror is behind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lag {
    /// The last id of the origin's feed that was copied.
    pub cursor: i64,
    /// The last id of the origin's feed that is known of.
    pub latest: i64,
    /// How long the copy has not been all that the origin had.
    pub behind: Duration,
}

impl Status {
    /// Of a mirror that has not begun.
    pub fn new() -> Self {
        let inner =
            Inner { cursor: 0, latest: 0, behind_since: Some(Instant::now()), away: None, stopped: None };
        Self { inner: Arc::new(Mutex::new(inner)), gauges: None }
    }

    /// As [`Status::new`], shown as metrics.
    ///
    /// # Errors
    /// When the registry has such metrics already.
    pub fn with_metrics(registry: &Registry) -> Result<Self, prometheus::Error> {
        let gauge = |name: &str, help: &str| {
            let gauge = IntGauge::new(name, help)?;
            registry.register(Box::new(gauge.clone()))?;
            Ok::<_, prometheus::Error>(gauge)
        };
        let gauges = Gauges {
            cursor: gauge("mirror_cursor", "The last id of the origin's feed that was copied.")?,
            lag: gauge("mirror_lag_items", "Items of the origin's feed that are known of and not copied.")?,
            behind: gauge("mirror_behind_seconds", "Seconds since the copy was all that the origin had.")?,
            stopped: gauge("mirror_stopped", "1 when the mirror has stopped and somebody has to look.")?,
        };
        Ok(Self { gauges: Some(Arc::new(gauges)), ..Self::new() })
    }

    /// How far it is behind.
    pub fn lag(&self) -> Lag {
        let inner = self.inner();
        let behind = inner.behind_since.map_or(Duration::ZERO, |since| since.elapsed());
        Lag { cursor: inner.cursor, latest: inner.latest.max(inner.cursor), behind }
    }

    /// What `/readyz` says: a mirror serves what it has, however old it is.
    pub fn outcome(&self) -> Outcome {
        let lag = self.lag();
        let inner = self.inner();
        if inner.stopped.is_some() {
            // The reason names Avatars and hosts, and stands in the log.
            return Outcome::Degraded("the mirror has stopped, see its log".to_owned());
        }
        if lag.behind >= PATIENCE {
            let why =
                if inner.away.is_some() { "the origin does not answer" } else { "the mirror is catching up" };
            return Outcome::Degraded(format!("{why}; behind for {} s", lag.behind.as_secs()));
        }
        Outcome::Ok
    }

    /// Why it has stopped for good.
    pub fn stopped(&self) -> Option<String> {
        self.inner().stopped.clone()
    }

    pub(super) fn seen(&self, cursor: i64, latest: i64) {
        {
            let mut inner = self.inner();
            inner.cursor = cursor;
            inner.latest = latest.max(cursor);
            inner.away = None;
            if cursor >= latest {
                inner.behind_since = None;
            } else if inner.behind_since.is_none() {
                inner.behind_since = Some(Instant::now());
            }
        }
        self.show();
    }

    /// Notes that the origin does not answer, and whether that is news.
    pub(super) fn away(&self, why: String) -> bool {
        let is_news = {
            let mut inner = self.inner();
            if inner.behind_since.is_none() {
                inner.behind_since = Some(Instant::now());
            }
            inner.away.replace(why).is_none()
        };
        self.show();
        is_news
    }

    pub(super) fn stop(&self, why: String) {
        self.inner().stopped = Some(why);
        self.show();
    }

    pub(super) fn show(&self) {
        let Some(gauges) = &self.gauges else { return };
        let lag = self.lag();
        gauges.cursor.set(lag.cursor);
        gauges.lag.set(lag.latest - lag.cursor);
        gauges.behind.set(i64::try_from(lag.behind.as_secs()).unwrap_or(i64::MAX));
        gauges.stopped.set(i64::from(self.inner().stopped.is_some()));
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Default for Status {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_has_everything_is_not_behind() {
        let status = Status::new();
        assert!(status.inner().behind_since.is_some());
        status.seen(3, 5);
        assert_eq!((status.lag().cursor, status.lag().latest), (3, 5));
        assert!(status.inner().behind_since.is_some());
        status.seen(5, 5);
        assert_eq!(status.lag().behind, Duration::ZERO);
        assert_eq!(status.outcome(), Outcome::Ok);
        assert!(status.away("refused".to_owned()) && !status.away("refused".to_owned()));
        assert!(status.inner().behind_since.is_some());
        status.stop("a fork".to_owned());
        assert!(matches!(status.outcome(), Outcome::Degraded(why) if !why.contains("fork")));
    }

    #[test]
    fn metrics_say_the_same() {
        let registry = Registry::new();
        let status = Status::with_metrics(&registry).unwrap();
        status.seen(3, 5);
        let shown = |name: &str| {
            let families = registry.gather();
            let family = families.iter().find(|family| family.name() == name).unwrap();
            family.get_metric().first().unwrap().get_gauge().get_value()
        };
        assert!((shown("mirror_cursor") - 3.0).abs() < 0.1 && (shown("mirror_lag_items") - 2.0).abs() < 0.1);
    }
}
