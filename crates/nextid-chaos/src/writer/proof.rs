//! Links of ProofChains: wallets, aliases, accounts, and their revocations.

use nextid_core::{EthAddress, SecretKey, post_text};
use nextid_testkit::github::Gist;
use nextid_testkit::keys::key;
use rand::Rng as _;
use serde_json::{Value, json};

use super::Writer;
use crate::plan::Service;

/// Wallets of each Avatar.
pub(super) const WALLETS: usize = 4;

/// A wallet of an Avatar.
pub(super) fn wallet(seed: u64, avatar: usize, number: usize) -> SecretKey {
    key(&format!("chaos {seed} {avatar} wallet {number}"))
}

/// The address of a wallet.
pub(super) fn address(wallet: &SecretKey) -> String {
    EthAddress::of(&wallet.avatar()).to_string()
}

impl Writer {
    /// One link of one ProofChain. None when nobody answered.
    pub(super) async fn write_proof(&mut self) -> Option<()> {
        let (number, owner) = self.somebody();
        let wallet = wallet(self.shared.seed, number, self.random.random_range(0..WALLETS));
        match self.random.random_range(0..100) {
            0..60 => {
                let draft = self.draft(&owner, "create", "ethereum", &address(&wallet)).await?;
                self.send(&owner, draft.signed(&owner).by_wallet(&wallet)).await
            }
            60..75 => {
                let draft = self.draft(&owner, "delete", "ethereum", &address(&wallet)).await?;
                self.send(&owner, draft.signed(&owner)).await
            }
            75..85 => {
                let draft = self.draft(&owner, "delete", "ethereum", &address(&wallet)).await?;
                self.send(&owner, draft.by_wallet(&wallet)).await
            }
            85..95 => {
                let login = format!("user-{number}");
                let draft = self.draft(&owner, "create", "github", &login).await?;
                let post = draft.post.replace("%SIG_BASE64%", &draft.signature(&owner));
                let gist = Gist::new(&login).file(post_text::file_name(&owner.avatar()), post);
                let place = self.shared.stack.github.publish(gist);
                self.send(&owner, draft.at(&place)).await
            }
            _ => {
                // Pairs, so that nobody gets too many.
                let partner = self.key(number ^ 1);
                let draft = self.draft(&owner, "create", "nextid", &partner.avatar().to_hex()).await?;
                self.send(&owner, draft.signed(&owner).by_target(&partner)).await
            }
        }
    }

    async fn draft(
        &mut self,
        owner: &SecretKey,
        action: &str,
        platform: &str,
        identity: &str,
    ) -> Option<Draft> {
        let mut body = json!({
            "action": action, "platform": platform, "identity": identity, "public_key": owner.avatar().to_hex(),
        });
        let payload = self.payload("/v1/proof/payload", &body).await?;
        for field in ["uuid", "created_at"] {
            body.as_object_mut()?.insert(field.to_owned(), payload.get(field)?.clone());
        }
        let extra = json!({"proof_location": "", "extra": {}});
        body.as_object_mut()?.extend(extra.as_object()?.clone());
        Some(Draft {
            body,
            payload: payload.get("sign_payload")?.as_str()?.to_owned(),
            post: payload.pointer("/post_content/default")?.as_str()?.to_owned(),
        })
    }

    async fn send(&mut self, owner: &SecretKey, draft: Draft) -> Option<()> {
        self.submit((Service::Proof, owner.avatar()), "/v1/proof", &draft.body, |body| Some(body)).await
    }
}

/// A payload, on its way to a submit.
struct Draft {
    body: Value,
    payload: String,
    post: String,
}

impl Draft {
    fn signature(&self, key: &SecretKey) -> String {
        key.personal_sign(self.payload.as_bytes()).to_base64()
    }

    fn signed(self, owner: &SecretKey) -> Self {
        let signature = self.signature(owner);
        self.extra("signature", signature)
    }

    fn by_wallet(self, wallet: &SecretKey) -> Self {
        let signature = self.signature(wallet);
        self.extra("wallet_signature", signature)
    }

    fn by_target(self, target: &SecretKey) -> Self {
        let signature = hex::encode(target.personal_sign(self.payload.as_bytes()).as_bytes());
        self.extra("target_signature", signature)
    }

    fn at(mut self, place: &str) -> Self {
        if let Some(location) = self.body.get_mut("proof_location") {
            *location = place.into();
        }
        self
    }

    fn extra(mut self, field: &str, text: String) -> Self {
        if let Some(extra) = self.body.get_mut("extra").and_then(Value::as_object_mut) {
            extra.insert(field.to_owned(), text.into());
        }
        self
    }
}
