//! Changes of a KVChain.

use nextid_client::{IssuedKvPayload, KvClient, KvPayloadRequest, KvSubmission, KvSubmitted, codes};
use nextid_core::{Identity, SecretKey};
use serde_json::{Map, Value};

use crate::error::{CliError, ServiceName};
use crate::ui::Ui;

/// An accepted write.
#[derive(Debug)]
pub struct KvWritten {
    /// What was signed.
    pub issued: IssuedKvPayload,
    /// The Avatar's signature in base64.
    pub signature: String,
    /// What the service answered.
    pub submitted: KvSubmitted,
}

/// Writes a merge patch under `identity`.
///
/// If another link was appended in between, the patch is signed and submitted once more over the new head. That is safe:
/// nothing of the first attempt was stored, and a merge patch says what is to be, whatever was before.
///
/// # Errors
/// [`CliError`].
pub async fn write_kv(
    ui: &Ui,
    client: &KvClient,
    key: &SecretKey,
    identity: &Identity,
    patch: &Map<String, Value>,
) -> Result<KvWritten, CliError> {
    let avatar = key.avatar();
    let request = KvPayloadRequest { avatar: &avatar, identity, patch };
    let mut may_retry = true;
    loop {
        let issued = client.payload(&request).await.map_err(CliError::of(ServiceName::Kv))?;
        let signature = key.personal_sign(issued.sign_payload.as_bytes()).to_base64();
        let submission = KvSubmission {
            request,
            uuid: &issued.uuid,
            created_at: issued.created_at,
            signature: &signature,
        };
        let answer = match client.submit(&submission).await {
            // The same submission is never stored twice.
            Err(error) if error.may_have_happened() => client.submit(&submission).await,
            answer => answer,
        };
        match answer {
            Ok(submitted) => {
                confirmed(&submitted, &issued)?;
                return Ok(KvWritten { issued, signature, submitted });
            }
            Err(error) if may_retry && error.is_code(codes::CHAIN_CONFLICT) => {
                may_retry = false;
                ui.hint("The chain has moved on in between; signing again over its new head.");
            }
            Err(error) => return Err(CliError::of(ServiceName::Kv)(error)),
        }
    }
}

fn confirmed(submitted: &KvSubmitted, issued: &IssuedKvPayload) -> Result<(), CliError> {
    match &submitted.link {
        Some(link) if link.signature_payload != issued.sign_payload => Err(CliError::Contradiction(
            "kv-service confirms another link than the one that was signed".to_owned(),
        )),
        _ => Ok(()),
    }
}
