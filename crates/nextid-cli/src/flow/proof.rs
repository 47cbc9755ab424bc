//! Changes of a ProofChain.

use nextid_client::{
    ClientError, IssuedProofPayload, ProofClient, ProofPayloadRequest, ProofSubmission, ProofSubmitted, codes,
};
use nextid_core::{Action, Avatar, Identity, Platform, SecretKey};

use crate::error::{CliError, ServiceName};
use crate::prompt;
use crate::ui::{Style, Ui};

/// What is to become of a binding.
#[derive(Debug, Clone, Copy)]
pub struct ProofChange<'a> {
    /// Binding or revoking.
    pub action: Action,
    /// What is bound or revoked.
    pub identity: &'a Identity,
    /// Whose chain.
    pub avatar: &'a Avatar,
}

/// Who signs.
#[derive(Debug, Clone, Copy)]
pub struct Signers<'a> {
    /// The Avatar, unless the other party revokes alone.
    pub avatar: Option<&'a SecretKey>,
    /// The other party, where there is one.
    pub counter: Option<Counter<'a>>,
}

/// How the other party signs.
#[derive(Debug, Clone, Copy)]
pub enum Counter<'a> {
    /// With a key that is at hand.
    Key(&'a SecretKey),
    /// In a wallet of its own: the string is shown, and the signature typed in.
    Elsewhere,
}

/// An accepted change.
#[derive(Debug)]
pub struct ProofChanged {
    /// What was signed.
    pub issued: IssuedProofPayload,
    /// The Avatar's signature in base64.
    pub signature: Option<String>,
    /// The other party's signature.
    pub counter_signature: Option<String>,
    /// What the service answered.
    pub submitted: ProofSubmitted,
}

/// Makes a change that is proved by signatures alone.
///
/// If another link was appended in between, the change is signed and submitted once more over the new head. That is safe:
/// nothing of the first attempt was stored, and what is bound or revoked does not depend on the links before.
///
/// # Errors
/// [`CliError`].
pub async fn change_by_signatures(
    ui: &Ui,
    client: &ProofClient,
    change: ProofChange<'_>,
    signers: Signers<'_>,
) -> Result<ProofChanged, CliError> {
    let mut may_retry = !matches!(signers.counter, Some(Counter::Elsewhere));
    loop {
        let ProofChange { action, identity, avatar } = change;
        let issued = client
            .payload(&ProofPayloadRequest { action, identity, avatar })
            .await
            .map_err(CliError::of(ServiceName::Proof))?;
        let signature =
            signers.avatar.map(|key| key.personal_sign(issued.sign_payload.as_bytes()).to_base64());
        let counter_signature = match signers.counter {
            Some(Counter::Key(key)) => Some(counter_sign(identity.platform(), key, &issued.sign_payload)),
            Some(Counter::Elsewhere) => Some(signed_elsewhere(ui, identity, &issued.sign_payload)?),
            None => None,
        };
        let submission = ProofSubmission {
            action,
            identity,
            avatar,
            proof_location: None,
            uuid: &issued.uuid,
            created_at: &issued.created_at,
            signature: signature.as_deref(),
            counter_signature: counter_signature.as_deref(),
        };
        match submit(client, &submission).await {
            Ok(submitted) => {
                let submitted = confirmed(submitted, &issued)?;
                return Ok(ProofChanged { issued, signature, counter_signature, submitted });
            }
            Err(error) if may_retry && error.is_code(codes::CHAIN_CONFLICT) => {
                may_retry = false;
                ui.hint("The chain has moved on in between; signing again over its new head.");
            }
            Err(error) => return Err(CliError::of(ServiceName::Proof)(error)),
        }
    }
}

/// Submits, and once more if no answer came: the same submission is never stored twice.
///
/// # Errors
/// [`ClientError`].
pub async fn submit(
    client: &ProofClient,
    submission: &ProofSubmission<'_>,
) -> Result<ProofSubmitted, ClientError> {
    match client.submit(submission).await {
        Err(error) if error.may_have_happened() => client.submit(submission).await,
        answer => answer,
    }
}

/// Checks that the stored link is the one that was signed.
///
/// # Errors
/// [`CliError::Contradiction`].
pub fn confirmed(submitted: ProofSubmitted, issued: &IssuedProofPayload) -> Result<ProofSubmitted, CliError> {
    match &submitted.link {
        Some(link) if link.signature_payload != issued.sign_payload => Err(CliError::Contradiction(
            "proof-service confirms another link than the one that was signed".to_owned(),
        )),
        _ => Ok(submitted),
    }
}

/// The other party's signature, spelled as its platform demands.
fn counter_sign(platform: Platform, key: &SecretKey, payload: &str) -> String {
    let signature = key.personal_sign(payload.as_bytes());
    match platform {
        Platform::Nextid => format!("0x{}", hex::encode(signature.as_bytes())),
        _ => signature.to_base64(),
    }
}

fn signed_elsewhere(ui: &Ui, identity: &Identity, payload: &str) -> Result<String, CliError> {
    let how = match identity.platform() {
        Platform::Solana => "Sign these bytes with the wallet, as they are",
        _ => "Sign this with personal_sign",
    };
    ui.result(
        &serde_json::json!({"step": "sign", "signer": identity.as_str(), "sign_payload": payload}),
        || format!("{how}, by {}:\n\n{payload}\n", ui.styled(Style::Bold, identity.as_str())),
    );
    let typed = prompt::needed_line(ui, "the signature")?;
    Ok(respelled(identity.platform(), &typed))
}

/// Wallets show signatures in hexadecimal; Ethereum's travel in base64.
fn respelled(platform: Platform, typed: &str) -> String {
    let is_hex = |text: &str| text.len() == 130 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    let digits = typed.strip_prefix("0x").unwrap_or(typed);
    match platform {
        Platform::Ethereum if is_hex(digits) => hex::decode(digits)
            .map_or_else(|_| typed.to_owned(), |bytes| nextid_core::signature_text::encode_base64(&bytes)),
        _ => typed.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wallets_hexadecimal_becomes_base64() {
        let hex = "ab".repeat(65);
        let base64 = nextid_core::signature_text::encode_base64(&[0xab; 65]);
        assert_eq!(respelled(Platform::Ethereum, &format!("0x{hex}")), base64);
        assert_eq!(respelled(Platform::Ethereum, &hex), base64);
        assert_eq!(respelled(Platform::Ethereum, &base64), base64);
        assert_eq!(respelled(Platform::Solana, &hex), hex);
    }

    #[test]
    fn each_party_spells_its_signature_in_its_own_way() {
        let key = SecretKey::from_bytes(&[7; 32]).unwrap();
        for (platform, identity) in [
            (Platform::Ethereum, nextid_core::EthAddress::of(&key.avatar()).to_string()),
            (Platform::Nextid, key.avatar().to_hex()),
        ] {
            let identity = Identity::parse(platform, &identity).unwrap();
            let text = counter_sign(platform, &key, "payload");
            nextid_core::counter_signature::verify(&identity, &text, "payload").unwrap();
        }
    }
}
