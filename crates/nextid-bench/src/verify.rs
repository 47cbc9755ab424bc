//! How many links a core checks: whole chains, as anybody does who downloads them.

use std::time::{Duration, Instant};

use nextid_core::link::{KvLink, LinkFormat, ProofLink};
use nextid_core::payload::kv::KvPayloadForm;
use nextid_core::payload::{KvPayload, ProofPayload};
use nextid_core::verify::{Anchor, verify_kv_chain, verify_proof_chain};
use nextid_core::{Action, Avatar, CanonicalJson, CreatedAt, LinkUuid, Platform};

use crate::failure::{Context as _, Result};
use crate::people::Family;
use crate::rows;

/// A chain that holds, every link signed.
#[derive(Debug)]
pub struct Chains {
    avatar: Avatar,
    kv: Vec<KvLink>,
    proof: Vec<ProofLink>,
}

impl Chains {
    /// Signs chains of `links` links: patches in the one, names on a platform with posts in the other.
    ///
    /// # Errors
    /// Never.
    pub fn sign(links: u64) -> Result<Self> {
        let avatar = Family::avatars().secret(1)?.avatar();
        let mut chains = Self { avatar, kv: Vec::new(), proof: Vec::new() };
        for seq in 0..links {
            let kv = chains.next_kv(seq)?;
            chains.kv.push(kv);
            let proof = chains.next_proof(seq)?;
            chains.proof.push(proof);
        }
        Ok(chains)
    }

    /// The links of the KVChain.
    pub fn kv(&self) -> &[KvLink] {
        &self.kv
    }

    fn next_kv(&self, seq: u64) -> Result<KvLink> {
        let uuid = rows::uuid(1, seq);
        let patch = rows::patch(seq);
        let identity = self.avatar.to_hex();
        let prev = self.kv.last().map(|link| link.signature.clone());
        let payload = KvPayload {
            form: KvPayloadForm::Avatar,
            avatar: &self.avatar,
            platform: Platform::Nextid,
            identity: &identity,
            uuid: LinkUuid::new(uuid).context("a uuid")?,
            created_at: CreatedAt::from_seconds(rows::created_at(seq)).context("a second")?,
            patch: &CanonicalJson::of(&patch),
            previous: prev.as_deref(),
        }
        .to_string();
        let signature = Family::avatars().secret(1)?.personal_sign(payload.as_bytes());
        let shown = serde_json::json!({
            "avatar": self.avatar.to_uncompressed_hex(), "seq": seq, "platform": "nextid", "identity": identity,
            "patch": patch, "created_at": rows::created_at(seq), "uuid": uuid.to_string(),
            "signature": signature.to_base64(), "signature_payload": payload,
            "signer": self.avatar.to_uncompressed_hex(), "format": LinkFormat::V1, "prev": prev,
        });
        serde_json::from_value(shown).context("a link")
    }

    fn next_proof(&self, seq: u64) -> Result<ProofLink> {
        let uuid = rows::uuid(2, seq);
        let identity = rows::name(seq);
        let prev = self.proof.last().map(|link| link.signature.clone());
        let payload = ProofPayload {
            action: Action::Create,
            avatar: &self.avatar,
            platform: Platform::Github,
            identity: &identity,
            created_at: CreatedAt::from_seconds(rows::created_at(seq)).context("a second")?,
            uuid: LinkUuid::new(uuid).context("a uuid")?,
            prev: prev.as_deref(),
        }
        .to_string();
        let signature = Family::avatars().secret(1)?.personal_sign(payload.as_bytes()).with_reduced_v();
        let shown = serde_json::json!({
            "avatar": self.avatar.to_hex(), "seq": seq, "action": "create", "platform": "github",
            "identity": identity, "created_at": rows::created_at(seq).to_string(), "uuid": uuid.to_string(),
            "signature": signature.to_base64(), "signature_payload": payload, "signer": self.avatar.to_hex(),
            "format": LinkFormat::V1, "prev": prev,
        });
        serde_json::from_value(shown).context("a link")
    }

    /// Links of the KVChain that this core checks in a second.
    ///
    /// # Errors
    /// When the chain does not hold.
    pub fn kv_rate(&self, time: Duration) -> Result<f64> {
        rate(self.kv.len(), time, || {
            verify_kv_chain(&self.avatar, Anchor::Genesis, &self.kv).map(drop).context("the KVChain")
        })
    }

    /// Links of the ProofChain that this core checks in a second.
    ///
    /// # Errors
    /// When the chain does not hold.
    pub fn proof_rate(&self, time: Duration) -> Result<f64> {
        rate(self.proof.len(), time, || {
            verify_proof_chain(&self.avatar, Anchor::Genesis, &self.proof).map(drop).context("the ProofChain")
        })
    }
}

/// How many of what `once` does `each` of happen in a second, over about `time`.
///
/// # Errors
/// Those of `once`.
pub fn rate(each: usize, time: Duration, mut once: impl FnMut() -> Result<()>) -> Result<f64> {
    let (started, mut done) = (Instant::now(), 0_usize);
    loop {
        once()?;
        done += each;
        let took = started.elapsed();
        if took >= time {
            return Ok(done as f64 / took.as_secs_f64());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_chains_hold() {
        let chains = Chains::sign(3).unwrap();
        assert!(chains.kv_rate(Duration::ZERO).unwrap() > 0.0);
        assert!(chains.proof_rate(Duration::ZERO).unwrap() > 0.0);
    }
}
