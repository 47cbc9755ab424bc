//! What is measured about streams.

use std::time::Instant;

use prometheus::{Histogram, HistogramOpts, IntCounter, IntCounterVec, IntGauge, Opts, Registry};

/// Seconds.
const BUCKETS: [f64; 12] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0, 30.0];

/// Readers, those that were let go, and how long events take to them. Clones count together.
#[derive(Debug, Clone)]
pub struct EventMetrics {
    pub(super) subscribers: IntGauge,
    pub(super) told: IntCounter,
    pub(super) lag: Histogram,
    dropped: IntCounterVec,
}

impl EventMetrics {
    /// Registers them; names get the registry's prefix.
    ///
    /// # Errors
    /// When they are registered already.
    pub fn new(registry: &Registry) -> Result<Self, prometheus::Error> {
        let metrics = Self {
            subscribers: IntGauge::new("events_subscribers", "Streams of events that are open.")?,
            told: IntCounter::new("events_told_total", "Events that were handed to streams.")?,
            lag: Histogram::with_opts(
                HistogramOpts::new(
                    "events_lag_seconds",
                    "Seconds from reading an event in the feed to handing it to a stream that keeps up.",
                )
                .buckets(BUCKETS.to_vec()),
            )?,
            dropped: IntCounterVec::new(
                Opts::new("events_dropped_total", "Streams that were ended or refused, by why."),
                &["reason"],
            )?,
        };
        registry.register(Box::new(metrics.subscribers.clone()))?;
        registry.register(Box::new(metrics.told.clone()))?;
        registry.register(Box::new(metrics.lag.clone()))?;
        registry.register(Box::new(metrics.dropped.clone()))?;
        // Shown from the start, as 0.
        for reason in ["slow", "unavailable", "overloaded"] {
            metrics.dropped.with_label_values(&[reason]);
        }
        Ok(metrics)
    }

    pub(super) fn dropped(&self, reason: &str) {
        self.dropped.with_label_values(&[reason]).inc();
    }

    pub(super) fn handed_over(&self, read_at: Option<Instant>) {
        if let Some(read_at) = read_at {
            self.lag.observe(read_at.elapsed().as_secs_f64());
        }
    }
}
