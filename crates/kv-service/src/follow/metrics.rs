//! What is measured about following.

use nextid_service::metrics::Metrics;
use prometheus::core::{Collector, Desc};
use prometheus::proto::MetricFamily;
use prometheus::{IntCounter, IntGauge};

use super::status::FollowStatus;

/// Shows how following does whenever it is asked.
#[derive(Debug)]
pub struct FollowMetrics {
    status: FollowStatus,
    live: IntGauge,
    lag: IntGauge,
    cursor: IntGauge,
    items: IntCounter,
    malformed: IntCounter,
    failures: IntCounter,
    asks: IntCounter,
}

impl FollowMetrics {
    /// Registers them; names get the registry's prefix.
    ///
    /// # Errors
    /// When they are registered already.
    pub fn register(metrics: &Metrics, status: FollowStatus) -> Result<(), prometheus::Error> {
        let gauge = IntGauge::new;
        let counter = IntCounter::new;
        metrics.registry().register(Box::new(Self {
            status,
            live: gauge(
                "proof_feed_live",
                "1 while proof-service's feed is followed, and was read to its end.",
            )?,
            lag: gauge(
                "proof_feed_lag_seconds",
                "Seconds since proof-service's feed was live last; 0 while it is, -1 if it never was.",
            )?,
            cursor: gauge("proof_feed_position", "The last item of proof-service's feed that was written.")?,
            items: counter("proof_feed_items_total", "Items of proof-service's feed that changed bindings.")?,
            malformed: counter(
                "proof_feed_malformed_total",
                "Items of proof-service's feed that were not understood.",
            )?,
            failures: counter("proof_feed_failures_total", "Streams that ended or could not be opened.")?,
            asks: counter(
                "proof_service_asks_total",
                "Questions whether something is bound that our own table did not answer.",
            )?,
        }))
    }

    fn update(&self) {
        let state = self.status.snapshot();
        self.live.set(i64::from(state.is_live));
        self.lag.set(self.status.lag_secs().unwrap_or(-1));
        self.cursor.set(state.cursor);
        for (counter, total) in [
            (&self.items, state.items),
            (&self.malformed, state.malformed),
            (&self.failures, state.failures),
            (&self.asks, state.asks),
        ] {
            counter.inc_by(total.saturating_sub(counter.get()));
        }
    }
}

impl Collector for FollowMetrics {
    fn desc(&self) -> Vec<&Desc> {
        let gauges = [&self.live, &self.lag, &self.cursor].into_iter().flat_map(Collector::desc);
        let counters = [&self.items, &self.malformed, &self.failures, &self.asks];
        gauges.chain(counters.into_iter().flat_map(Collector::desc)).collect()
    }

    fn collect(&self) -> Vec<MetricFamily> {
        self.update();
        let gauges = [&self.live, &self.lag, &self.cursor].into_iter().flat_map(Collector::collect);
        let counters = [&self.items, &self.malformed, &self.failures, &self.asks];
        gauges.chain(counters.into_iter().flat_map(Collector::collect)).collect()
    }
}
