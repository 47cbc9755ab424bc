//! The third flow: a binding is revoked.

use nextid_core::{Action, Identity};
use serde_json::json;

use super::narrator::Narrator;
use super::{Cast, Services};
use crate::error::{CliError, ServiceName};
use crate::flow::{ProofChange, Signers, change_by_signatures};

/// Revokes the binding of `identity`, and looks whether it is gone.
pub async fn revoke(
    narrator: &Narrator<'_>,
    services: &Services,
    cast: &Cast,
    identity: &Identity,
) -> Result<(), CliError> {
    narrator.title(&format!("3. Revoke the binding of {}:{identity}", identity.platform()));
    let avatar = cast.avatar.avatar();
    let change = ProofChange { action: Action::Delete, identity, avatar: &avatar };
    let signers = Signers { avatar: Some(&cast.avatar), counter: None };
    let changed = change_by_signatures(narrator.ui(), &services.proof, change, signers).await?;
    narrator.text(
        "The Avatar signs that it is over. Nobody else has to be asked, and nothing has to be published.",
    );
    narrator.field("String to sign", &changed.issued.sign_payload);
    narrator.field("Signed by the Avatar", changed.signature.as_deref().unwrap_or_default());
    let left = services.proof.exists(identity, &avatar).await.map_err(CliError::of(ServiceName::Proof))?;
    if left.is_some() {
        return Err(CliError::Contradiction(format!(
            "proof-service took the revocation, but {identity} is still bound"
        )));
    }
    narrator.proves(
        "whoever holds the Avatar's key took the binding back. proof-service does not find it any more, while the chain still \
         tells that it was there: history is added to, never rewritten.",
    );
    narrator.step(&json!({
        "step": "revoke", "platform": identity.platform(), "identity": identity.as_str(),
        "sign_payload": changed.issued.sign_payload, "signature": changed.signature, "link": changed.submitted.link,
    }));
    Ok(())
}
