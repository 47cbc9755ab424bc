//! The proof post: fetched without a database connection, judged over the payload that we rebuilt.

use nextid_platforms::{CheckError, Claim, Verified};
use nextid_service::chain::{Head, Prev, fits_older_head};

use super::error::SubmitError;
use super::signatures::LinkSignature;
use super::submission::Submission;
use super::{Account, Submitter};

impl Submitter {
    /// Fetches and judges the proof. The link's signature is the one in the proof, so that both can be compared later.
    pub(super) async fn check_post(
        &self,
        submission: &Submission,
        payload: &str,
        head: Option<&Head>,
    ) -> Result<(LinkSignature, Account), SubmitError> {
        let platform = submission.identity.platform();
        let verifier = self.registry.get(platform).ok_or(SubmitError::PlatformNotConfigured)?;
        let claim = Claim {
            avatar: submission.avatar,
            identity: submission.identity.clone(),
            action: submission.action,
            uuid: submission.uuid,
            created_at: submission.created_at,
            location: submission.location.clone(),
            payload: payload.to_owned(),
            alt_id: None,
        };
        let evidence = verifier.fetch(&claim, self.registry.net()).await?;
        let error = match verifier.check(&claim, &evidence) {
            Ok(verified) => return Ok(accept(submission, verified)),
            Err(error) => error,
        };
        if matches!(error, CheckError::Signature { .. }) && head.is_some() {
            let recent = self.store.recent_prevs(submission.avatar).await?;
            let candidate = submission.clone();
            let fits = move |prev: &Prev| {
                let claim = Claim { payload: candidate.payload(prev.as_base64()), ..claim.clone() };
                verifier.check(&claim, &evidence).is_ok()
            };
            if fits_older_head(recent, fits).await {
                return Err(SubmitError::conflict(head));
            }
        }
        Err(error.into())
    }
}

fn accept(submission: &Submission, verified: Verified) -> (LinkSignature, Account) {
    let signature = LinkSignature {
        bytes: verified.signature.with_reduced_v().as_bytes().to_vec(),
        signer: submission.avatar.to_hex(),
    };
    let account =
        Account { alt_id: verified.alt_id, alt_name: verified.alt_name, location: Some(verified.location) };
    (signature, account)
}
