//! The Avatar's signatures in a chain: each checked at once, or many together.

use super::defect::{ChainError, Defect};
use crate::avatar::Avatar;
use crate::personal_sign;
use crate::signature::Signature;
use crate::signature_check::{Signed, all_are_of};

/// More at a time save little.
const TOGETHER: usize = 64;

/// Checks signatures of one Avatar.
#[derive(Debug)]
pub(super) struct Signatures {
    avatar: Avatar,
    /// Those that are to be checked; none if each is checked at once.
    waiting: Option<Vec<Waiting>>,
}

/// A signature that is to be checked, and the link that it is of.
#[derive(Debug)]
struct Waiting {
    signed: Signed,
    position: u64,
    seq: u64,
    uuid: String,
}

/// Which link a signature is of.
pub(super) struct Of<'a> {
    pub(super) position: u64,
    pub(super) seq: u64,
    pub(super) uuid: &'a str,
}

impl Signatures {
    pub(super) fn new(avatar: Avatar) -> Self {
        Self { avatar, waiting: None }
    }

    /// From now on signatures wait until [`Signatures::settle`].
    pub(super) fn wait(&mut self) {
        self.waiting = Some(Vec::with_capacity(TOGETHER));
    }

    /// Checks a signature over a payload, or takes it to be checked later.
    pub(super) fn check(&mut self, signature: Signature, payload: &str, of: &Of<'_>) -> Result<(), Defect> {
        let Some(waiting) = &mut self.waiting else {
            return signature.verify(&self.avatar, payload.as_bytes()).map_err(Defect::Signature);
        };
        waiting.push(Waiting {
            signed: Signed { signature, digest: personal_sign::digest(payload.as_bytes()) },
            position: of.position,
            seq: of.seq,
            uuid: of.uuid.to_owned(),
        });
        Ok(())
    }

    /// Whether it is time to settle.
    pub(super) fn are_many(&self) -> bool {
        self.waiting.as_ref().is_some_and(|waiting| waiting.len() >= TOGETHER)
    }

    /// Checks what waits, and names the first that does not hold.
    pub(super) fn settle(&mut self) -> Result<(), ChainError> {
        let Some(waiting) = &mut self.waiting else { return Ok(()) };
        let waiting = std::mem::take(waiting);
        let signed: Vec<Signed> = waiting.iter().map(|waiting| waiting.signed.clone()).collect();
        if all_are_of(&self.avatar, &signed) {
            return Ok(());
        }
        for Waiting { signed, position, seq, uuid } in waiting {
            signed.signature.verify_digest(&self.avatar, &signed.digest).map_err(|error| ChainError {
                position,
                seq,
                uuid,
                defect: Defect::Signature(error),
            })?;
        }
        Ok(())
    }
}
