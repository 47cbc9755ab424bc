//! The signatures of a submission: who has to sign what.

use nextid_core::counter_signature;
use nextid_core::signature_text::{self, EncodingError};
use nextid_core::{Action, Platform, Signature};
use serde_json::{Map, Value};

use super::fault::SignatureFault;
use super::submission::Submission;

/// The signatures in the body, decoded.
#[derive(Debug, Clone)]
pub(super) struct Signatures {
    avatar: Option<Signature>,
    counter: Option<Vec<u8>>,
}

/// The signature under which a link is stored.
#[derive(Debug, Clone)]
pub(super) struct LinkSignature {
    pub(super) bytes: Vec<u8>,
    pub(super) signer: String,
}

/// Signatures that all verify.
#[derive(Debug, Clone)]
pub(super) struct Signed {
    /// None if it has yet to be found in the proof post.
    pub(super) link: Option<LinkSignature>,
    /// The other party's signature where it only supports the link.
    pub(super) extra: Map<String, Value>,
    /// What only the wallet's contract can say yet.
    pub(super) contract: Option<ContractQuestion>,
}

/// A wallet's signature that is not of the key that the address was made from: of a contract, or bad.
#[derive(Debug, Clone)]
pub(super) struct ContractQuestion {
    pub(super) signature: Vec<u8>,
    /// What is wrong with it if there is no contract.
    pub(super) fault: SignatureFault,
}

/// Contracts have no key, so that they cannot sign links; they may be bound.
fn may_be_of_contract(submission: &Submission) -> bool {
    submission.action == Action::Create && submission.identity.platform() == Platform::Ethereum
}

impl Signatures {
    pub(super) fn decode(submission: &Submission) -> Result<Self, SignatureFault> {
        let malformed = |field: &'static str, why: &dyn std::fmt::Display| SignatureFault::Encoding {
            field,
            why: why.to_string(),
        };
        let avatar = submission
            .signature
            .as_deref()
            .map(|text| {
                let bytes = signature_text::decode_base64_proof(text)
                    .map_err(|error| malformed("signature", &error))?;
                Signature::from_slice(&bytes).map_err(|error| malformed("signature", &error))
            })
            .transpose()?;
        let platform = submission.identity.platform();
        let field = counter_signature::field_name(platform);
        let counter = match submission.counter_signature.as_deref() {
            // Elsewhere the field means nothing, and is not looked at.
            Some(text) if !platform.needs_post() => {
                let bytes = counter_signature::decode(platform, text)
                    .map_err(|error: EncodingError| malformed(field, &error))?;
                // A contract wallet's signature has the length that the contract likes.
                if !may_be_of_contract(submission) {
                    counter_signature::check_form(platform, &bytes)
                        .map_err(|error| malformed(field, &error))?;
                }
                Some(bytes)
            }
            _ => None,
        };
        Ok(Self { avatar, counter })
    }

    /// Checks that everybody who has to sign `payload` did.
    pub(super) fn check(&self, submission: &Submission, payload: &str) -> Result<Signed, SignatureFault> {
        let platform = submission.identity.platform();
        let field = counter_signature::field_name(platform);
        match (submission.action, platform.needs_post()) {
            (Action::Create, true) => {}
            (Action::Create, false) => {
                if self.avatar.is_none() {
                    return Err(SignatureFault::Missing);
                }
                if self.counter.is_none() {
                    return Err(SignatureFault::CounterMissing { field });
                }
            }
            (Action::Delete, true) if self.avatar.is_none() && submission.counter_signature.is_some() => {
                return Err(SignatureFault::WalletCannotSignLink);
            }
            (Action::Delete, _) => {
                if self.avatar.is_none() && self.counter.is_none() {
                    return Err(SignatureFault::Missing);
                }
            }
        }
        self.check_avatar(submission, payload)?;
        let contract = match self.check_counter(submission, payload) {
            Ok(()) => None,
            Err(fault) if may_be_of_contract(submission) => {
                self.counter.clone().map(|signature| ContractQuestion { signature, fault })
            }
            Err(fault) => return Err(fault),
        };

        let mut extra = Map::new();
        let link = match (&self.avatar, &self.counter) {
            (Some(signature), counter) => {
                if let (Some(_), Some(text)) = (counter, &submission.counter_signature) {
                    extra.insert(field.to_owned(), Value::from(text.as_str()));
                }
                let bytes = signature.with_reduced_v().as_bytes().to_vec();
                Some(LinkSignature { bytes, signer: submission.avatar.to_hex() })
            }
            (None, Some(counter)) => Some(LinkSignature {
                bytes: counter_signature::with_reduced_v(counter),
                signer: submission.identity.as_str().to_owned(),
            }),
            (None, None) => None,
        };
        Ok(Signed { link, extra, contract })
    }

    /// Checks the signatures that are there, and asks for none.
    pub(super) fn check_given(&self, submission: &Submission, payload: &str) -> Result<(), SignatureFault> {
        self.check_avatar(submission, payload)?;
        self.check_counter(submission, payload)
    }

    /// Leaves out the other party's signature, because it was accepted before.
    pub(super) fn without_counter(self) -> Self {
        Self { counter: None, ..self }
    }

    fn check_avatar(&self, submission: &Submission, payload: &str) -> Result<(), SignatureFault> {
        let Some(signature) = &self.avatar else { return Ok(()) };
        signature.verify(&submission.avatar, payload.as_bytes()).map_err(SignatureFault::Avatar)
    }

    fn check_counter(&self, submission: &Submission, payload: &str) -> Result<(), SignatureFault> {
        let Some(counter) = &self.counter else { return Ok(()) };
        counter_signature::verify_bytes(&submission.identity, counter, payload)
            .map_err(SignatureFault::Counter)
    }
}
