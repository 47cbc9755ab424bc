//! The second flow: an Avatar is bound to an Ethereum wallet.

use nextid_core::Action;
use serde_json::json;

use super::narrator::Narrator;
use super::{Cast, Services};
use crate::error::CliError;
use crate::flow::{Counter, ProofChange, Signers, change_by_signatures};

/// Binds the wallet by two signatures over one string.
pub async fn bind(narrator: &Narrator<'_>, services: &Services, cast: &Cast) -> Result<(), CliError> {
    narrator.title("2. Bind the Avatar to an Ethereum wallet");
    let avatar = cast.avatar.avatar();
    let change = ProofChange { action: Action::Create, identity: &cast.address, avatar: &avatar };
    let signers = Signers { avatar: Some(&cast.avatar), counter: Some(Counter::Key(&cast.wallet)) };
    let changed = change_by_signatures(narrator.ui(), &services.proof, change, signers).await?;
    narrator.text(
        "Nothing is published: the Avatar and the wallet sign the same string, which names both of them.",
    );
    narrator.field("String to sign", &changed.issued.sign_payload);
    narrator.field("Signed by the Avatar", changed.signature.as_deref().unwrap_or_default());
    narrator.field("Signed by the wallet", changed.counter_signature.as_deref().unwrap_or_default());
    narrator.proves(
        "whoever holds the wallet's key and whoever holds the Avatar's key agreed on each other. Both signatures are kept in \
         the chain, so that anyone can check them, without asking proof-service.",
    );
    if changed.issued.prev().is_some() {
        narrator.text(
            "The string also holds, as prev, the signature of the link before: links cannot be \
             reordered, and none can be left out from between two others.",
        );
    }
    narrator.step(&json!({
        "step": "bind_wallet", "platform": "ethereum", "identity": cast.address.as_str(),
        "sign_payload": changed.issued.sign_payload, "signature": changed.signature,
        "wallet_signature": changed.counter_signature, "link": changed.submitted.link,
    }));
    Ok(())
}
