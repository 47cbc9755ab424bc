//! The judges, each over evidence that no reader need have made: `{"platform", "alt_id", "evidence"}`.
#![no_main]

use libfuzzer_sys::fuzz_target;
use nextid_core::Platform;
use nextid_fuzz::judge;
use nextid_platforms::Evidence;
use serde::Deserialize;

#[derive(Deserialize)]
struct Trial {
    platform: Platform,
    alt_id: Option<String>,
    evidence: Evidence,
}

fuzz_target!(|data: &[u8]| {
    if let Ok(trial) = serde_json::from_slice::<Trial>(data) {
        let _ = judge(trial.platform, trial.alt_id, &trial.evidence);
    }
});
