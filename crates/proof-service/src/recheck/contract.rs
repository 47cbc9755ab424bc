//! One look at a contract wallet that was taken over from another service: the contract is asked at the latest block,
//! over the string that was signed, as it is stored.

use nextid_core::EthAddress;
use nextid_core::signature_text::decode_base64_proof;
use nextid_platforms::{ContractEvidence, ContractWalletError, Registry};
use serde::Deserialize;

use super::look::unusable;
use super::verdict::{Verdict, stored_text};
use crate::store::recheck::DueProof;

/// What a link that binds a contract wallet holds besides.
#[derive(Debug, Deserialize)]
struct Extra {
    wallet_signature: String,
    contract: ContractEvidence,
}

/// Asks the contract.
pub(super) async fn ask(registry: &Registry, due: &DueProof) -> Verdict {
    let extra: Option<Extra> = serde_json::from_str(&due.extra).ok();
    let address = EthAddress::parse(&due.identity).ok();
    let Some((address, Extra { wallet_signature, contract })) = address.zip(extra) else {
        return unusable("the stored binding cannot be read");
    };
    let Ok(signature) = decode_base64_proof(&wallet_signature) else {
        return Verdict::Mismatch { reason: "the wallet's signature is not in base64".to_owned() };
    };
    let (wallets, net) = (registry.contract_wallets(), registry.net());
    match wallets.chain_id(net).await {
        Ok(chain_id) if chain_id == contract.chain_id => {}
        Ok(chain_id) => {
            return unusable(&format!(
                "the contract is on chain {}, the configured node on chain {chain_id}",
                contract.chain_id
            ));
        }
        Err(error) => return verdict(error),
    }
    match wallets.check(&address, due.signature_payload.as_bytes(), &signature, net).await {
        Ok(_) => Verdict::Good { alt_id: due.alt_id.clone(), alt_name: String::new() },
        Err(error) => verdict(error),
    }
}

/// Only the contract's own word speaks against it, not that of a node in trouble.
fn verdict(error: ContractWalletError) -> Verdict {
    match error {
        ContractWalletError::Node(error) => {
            Verdict::Unreachable { retry_after: error.retry_after(), why: error.to_string() }
        }
        ContractWalletError::NotConfigured => unusable("no Ethereum node is configured"),
        refused => Verdict::Mismatch { reason: stored_text(&refused.to_string()) },
    }
}
