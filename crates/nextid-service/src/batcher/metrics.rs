//! What batchers count, for Prometheus.

use prometheus::core::{Collector, Desc};
use prometheus::proto::MetricFamily;
use prometheus::{IntCounterVec, IntGaugeVec, Opts, Registry};

use super::BatcherStats;

/// Reads the statistics of one batcher.
pub type ReadStats = Box<dyn Fn() -> BatcherStats + Send + Sync>;

/// Shows how some batchers do whenever it is asked, each by its name.
struct BatcherMetrics {
    sources: Vec<ReadStats>,
    batches: IntCounterVec,
    calls: IntCounterVec,
    failed: IntCounterVec,
    rejected: IntCounterVec,
    waiting: IntGaugeVec,
    running: IntGaugeVec,
}

/// Registers the statistics of batchers, whose names must differ; names of metrics get the registry's prefix.
///
/// # Errors
/// When they are registered already.
pub fn register(registry: &Registry, sources: Vec<ReadStats>) -> Result<(), prometheus::Error> {
    let counter = |name: &str, help: &str| IntCounterVec::new(Opts::new(name, help), &["batcher"]);
    let gauge = |name: &str, help: &str| IntGaugeVec::new(Opts::new(name, help), &["batcher"]);
    registry.register(Box::new(BatcherMetrics {
        sources,
        batches: counter(
            "batches_total",
            "Appends and reads that were made for one or more callers together.",
        )?,
        calls: counter("batched_calls_total", "Callers in them.")?,
        failed: counter("batches_failed_total", "Batches that ended without an outcome for each caller.")?,
        rejected: counter("batch_rejected_total", "Callers that were refused because too many waited.")?,
        waiting: gauge("batch_waiting", "Callers that wait for a batch.")?,
        running: gauge("batches_running", "Batches that are under way.")?,
    }))
}

impl BatcherMetrics {
    fn update(&self) {
        for stats in self.sources.iter().map(|read| read()) {
            let label = &[stats.name];
            for (counter, total) in [
                (&self.batches, stats.batches),
                (&self.calls, stats.calls),
                (&self.failed, stats.failed_batches),
                (&self.rejected, stats.rejected),
            ] {
                let counter = counter.with_label_values(label);
                counter.inc_by(total.saturating_sub(counter.get()));
            }
            for (gauge, value) in [(&self.waiting, stats.waiting), (&self.running, stats.running)] {
                gauge.with_label_values(label).set(i64::try_from(value).unwrap_or(i64::MAX));
            }
        }
    }
}

impl Collector for BatcherMetrics {
    fn desc(&self) -> Vec<&Desc> {
        let counters = [&self.batches, &self.calls, &self.failed, &self.rejected];
        let gauges = [&self.waiting, &self.running];
        counters
            .into_iter()
            .flat_map(Collector::desc)
            .chain(gauges.into_iter().flat_map(Collector::desc))
            .collect()
    }

    fn collect(&self) -> Vec<MetricFamily> {
        self.update();
        let counters = [&self.batches, &self.calls, &self.failed, &self.rejected];
        let gauges = [&self.waiting, &self.running];
        counters
            .into_iter()
            .flat_map(Collector::collect)
            .chain(gauges.into_iter().flat_map(Collector::collect))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::super::{Batcher, BatcherSettings};
    use super::*;

    #[tokio::test]
    async fn they_are_shown_by_name() {
        let settings = |name| BatcherSettings {
            name,
            capacity: 8,
            max_batch: 4,
            in_flight: 1,
            crowd: 1,
            wait: Duration::from_secs(1),
        };
        let double = |calls: Vec<i64>| async move { calls.into_iter().map(|call| call * 2).collect() };
        let (one, other) =
            (Batcher::spawn(settings("one"), double), Batcher::spawn(settings("other"), double));
        let registry = Registry::new();
        let sources =
            [one.clone(), other.clone()].map(|batcher| Box::new(move || batcher.stats()) as ReadStats);
        register(&registry, sources.into()).unwrap();
        assert_eq!(one.submit(1).await, Ok(2));
        assert_eq!(one.submit(2).await, Ok(4));
        assert_eq!(other.submit(3).await, Ok(6));
        let gathered = |_| prometheus::TextEncoder::new().encode_to_string(&registry.gather()).unwrap();
        for text in (0..2).map(gathered) {
            for line in [
                "batched_calls_total{batcher=\"one\"} 2",
                "batched_calls_total{batcher=\"other\"} 1",
                "batches_total{batcher=\"one\"} 2",
                "batches_failed_total{batcher=\"one\"} 0",
                "batch_waiting{batcher=\"other\"} 0",
            ] {
                assert!(text.contains(line), "{line} is not in\n{text}");
            }
        }
    }
}
