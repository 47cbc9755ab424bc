//! What is measured about looking at proofs again.

use prometheus::{IntCounterVec, IntGaugeVec, Opts, Registry};

use super::brake::Brake;
use super::verdict::Verdict;
use crate::store::recheck::PlatformOverview;

/// Looks, what waits, and where the brake is on. Clones count together.
#[derive(Debug, Clone)]
pub struct RecheckMetrics {
    looks: IntCounterVec,
    due: IntGaugeVec,
    brake: IntGaugeVec,
}

impl RecheckMetrics {
    /// Registers them; names get the registry's prefix.
    ///
    /// # Errors
    /// When they are registered already.
    pub fn new(registry: &Registry) -> Result<Self, prometheus::Error> {
        let metrics = Self {
            looks: IntCounterVec::new(
                Opts::new("recheck_checks_total", "Proofs that were looked at again, by what the look said."),
                &["platform", "outcome"],
            )?,
            due: IntGaugeVec::new(
                Opts::new("recheck_due", "Proofs that wait to be looked at again."),
                &["platform"],
            )?,
            brake: IntGaugeVec::new(
                Opts::new(
                    "recheck_brake",
                    "1 while no proof of the platform becomes invalid: too many would.",
                ),
                &["platform"],
            )?,
        };
        registry.register(Box::new(metrics.looks.clone()))?;
        registry.register(Box::new(metrics.due.clone()))?;
        registry.register(Box::new(metrics.brake.clone()))?;
        Ok(metrics)
    }

    pub(super) fn count(&self, platform: &str, verdict: &Verdict) {
        self.looks.with_label_values(&[platform, verdict.state().as_str()]).inc();
    }

    /// Shows how platforms stand; a brake that comes on is logged once.
    pub(super) fn show(&self, overview: &[PlatformOverview], brake: Brake) {
        for platform in overview {
            let name = platform.platform.as_str();
            self.due.with_label_values(&[name]).set(platform.due);
            let gauge = self.brake.with_label_values(&[name]);
            let is_on = brake.is_on(&platform.looks);
            if is_on && gauge.get() == 0 {
                log::warn!(
                    "recheck.platform" = name,
                    "recheck.looks" = platform.looks.latest.looks,
                    "recheck.negatives" = platform.looks.latest.negatives;
                    "too many proofs turn bad at a time: none of this platform becomes invalid meanwhile"
                );
            }
            gauge.set(i64::from(is_on));
        }
    }
}
