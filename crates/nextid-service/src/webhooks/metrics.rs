//! What is measured.

use prometheus::{IntCounterVec, IntGauge, Opts, Registry};

use super::store::Overview;

/// The metrics of webhooks. Clones share them.
#[derive(Debug, Clone)]
pub struct WebhookMetrics {
    attempts: IntCounterVec,
    lag: IntGauge,
    failing: IntGauge,
    dead: IntGauge,
}

/// How an attempt ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ended {
    /// The endpoint has the message.
    Delivered,
    /// It is sent again later.
    Failed,
    /// It was given up.
    Dead,
}

impl WebhookMetrics {
    /// Registers them.
    ///
    /// # Errors
    /// When they are registered already.
    pub fn new(registry: &Registry) -> Result<Self, prometheus::Error> {
        let metrics = Self {
            attempts: IntCounterVec::new(
                Opts::new("webhook_deliveries_total", "Attempts to deliver a message, by how they ended."),
                &["outcome"],
            )?,
            lag: IntGauge::new("webhook_lag", "Events that the endpoint furthest behind has before it.")?,
            failing: IntGauge::new("webhook_failing", "Endpoints whose last attempt failed.")?,
            dead: IntGauge::new("webhook_dead", "Messages that were given up and are kept.")?,
        };
        registry.register(Box::new(metrics.attempts.clone()))?;
        registry.register(Box::new(metrics.lag.clone()))?;
        registry.register(Box::new(metrics.failing.clone()))?;
        registry.register(Box::new(metrics.dead.clone()))?;
        for ended in [Ended::Delivered, Ended::Failed, Ended::Dead] {
            metrics.attempts.with_label_values(&[ended.as_str()]);
        }
        Ok(metrics)
    }

    pub(super) fn count(&self, ended: Ended) {
        self.attempts.with_label_values(&[ended.as_str()]).inc();
    }

    pub(super) fn show(&self, overview: &Overview) {
        self.lag.set(overview.lag);
        self.failing.set(overview.failing);
        self.dead.set(overview.dead);
    }
}

impl Ended {
    fn as_str(self) -> &'static str {
        match self {
            Self::Delivered => "delivered",
            Self::Failed => "failed",
            Self::Dead => "dead",
        }
    }
}
