//! Wallets that are contracts: asked whether they accept a signature, without a database connection.

use nextid_core::EthAddress;
use nextid_core::counter_signature::CounterSignatureError;
use nextid_core::signature::SignatureError;
use nextid_platforms::ContractWalletError;
use serde_json::{Map, Value};

use super::Submitter;
use super::error::SubmitError;
use super::fault::SignatureFault;
use super::signatures::ContractQuestion;
use super::submission::Submission;

impl Submitter {
    /// Asks the contract, and adds to `extra` at which block it accepted. Where there is none, the signature is what it
    /// looked like at first: a bad one of a plain account.
    pub(super) async fn check_contract(
        &self,
        submission: &Submission,
        payload: &str,
        question: ContractQuestion,
        extra: &mut Map<String, Value>,
    ) -> Result<(), SubmitError> {
        let ContractQuestion { signature, fault } = question;
        let Ok(address) = EthAddress::parse(submission.identity.as_str()) else { return Err(fault.into()) };
        let wallets = self.registry.contract_wallets();
        let evidence = match wallets
            .check(&address, payload.as_bytes(), &signature, self.registry.net())
            .await
        {
            Ok(evidence) => evidence,
            Err(ContractWalletError::PlainAccount { .. }) => return Err(plain(fault).into()),
            Err(ContractWalletError::NotConfigured) => return Err(SubmitError::ContractsOff(plain(fault))),
            Err(ContractWalletError::Node(error)) => return Err(error.into()),
            Err(refused) => return Err(SubmitError::ContractRefused(refused)),
        };
        // Three plain fields: it cannot fail.
        extra.insert("contract".to_owned(), serde_json::to_value(evidence).unwrap_or_default());
        Ok(())
    }
}

/// For a plain account the form of the signature matters.
fn plain(fault: SignatureFault) -> SignatureFault {
    match fault {
        SignatureFault::Counter(CounterSignatureError::Signature(
            error @ (SignatureError::Length(_) | SignatureError::RecoveryId(_)),
        )) => SignatureFault::Encoding { field: "wallet_signature", why: error.to_string() },
        other => other,
    }
}
