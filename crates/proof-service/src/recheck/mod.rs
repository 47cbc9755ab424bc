//! Proofs over time: a worker looks at every proof again about every three days.
//!
//! - [`Schedule`]: when, spread evenly and without chance;
//! - [`Verdict`]: what a look says, and what of it is evidence;
//! - [`Standing`]: the rules by which a look changes a binding;
//! - [`Brake`]: no mass flips when a platform changes its mind about everything;
//! - [`Rechecker`]: the worker. Any number of replicas share the work: each claims what it looks at in the database, and a
//!   claim whose holder was killed ends by itself.
//!
//! Everything takes the time from outside, so that tests move the clock instead of waiting.

mod brake;
mod contract;
mod lanes;
mod look;
mod metrics;
mod schedule;
mod transition;
mod verdict;
mod worker;

pub use brake::{Brake, RecentLooks, Tally};
pub(crate) use brake::{FORGOTTEN_AFTER, slot_of};
pub use metrics::RecheckMetrics;
pub use schedule::{Phase, Schedule};
pub use transition::Standing;
pub use verdict::{ProofState, Verdict};
pub use worker::{Clock, RecheckRules, RecheckWorker, Rechecker};

/// Seconds that pass between two looks at a proof at least, whoever asks for them.
pub const MIN_PAUSE: i64 = 60;

/// Seconds after which a claim ends whose holder was killed: twice what a look may take, so that a holder that lives has
/// always written before, and clocks of replicas may differ by a minute.
pub const LEASE: i64 = 120;
