//! What holds for every judge, whatever it is shown.

use nextid_core::Platform;
use nextid_platforms::{Claim, Evidence};

use crate::claims::{cases, registry};

/// Judges evidence twice, and returns whether it is accepted. What is accepted must be signed by the claimed Avatar over the claim's payload, and prove nothing
/// for another Avatar, who signed nothing.
pub fn judge(platform: Platform, alt_id: Option<String>, evidence: &Evidence) -> bool {
    let case = cases().iter().find(|case| case.claim.identity.platform() == platform);
    let (Some(case), Some(verifier)) = (case, registry().get(platform)) else {
        return false;
    };
    let claim = Claim { alt_id: alt_id.clone(), ..case.claim.clone() };
    let verdict = verifier.check(&claim, evidence);
    assert_eq!(verifier.check(&claim, evidence), verdict);
    match verdict {
        Ok(verified) => {
            assert_eq!(verified.signature.verify(&claim.avatar, claim.payload.as_bytes()), Ok(()));
            let of_another = Claim { alt_id, ..case.of_another.clone() };
            assert!(verifier.check(&of_another, evidence).is_err());
            true
        }
        Err(error) => {
            // What people are told, and what is stored.
            let _ = (error.to_string(), error.expected(), error.found(), error.mismatch());
            false
        }
    }
}
