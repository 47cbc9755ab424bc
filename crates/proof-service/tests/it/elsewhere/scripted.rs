//! An origin that says whatever a test wants.

use async_trait::async_trait;
use nextid_core::link::ProofLink;
use nextid_core::{Avatar, SecretKey};
use nextid_service::mirror::{Ended, Follower, Origin, OriginError, Position, Status, Stop, Told};
use nextid_service::shutdown::Shutdown;
use nextid_testkit::TestDatabase;
use proof_service::store::mirror::{ProofItem, ProofKeeper};
use serde_json::{Value, json};

use super::support::store;
use crate::support::{Terms, address_of};

/// What it says.
#[derive(Debug, Clone)]
pub struct Script {
    pub epoch: String,
    pub items: Vec<(i64, ProofItem)>,
    /// What it shows as chains; the links of the feed where it is empty.
    pub chain: Vec<ProofLink>,
    position: usize,
}

impl Script {
    /// Links, numbered from 1.
    pub fn of(links: &[ProofLink]) -> Self {
        let items = (1..).zip(links.iter().cloned().map(item)).collect();
        Self { epoch: "e".to_owned(), items, chain: Vec::new(), position: 0 }
    }

    /// Copies all of it into a database.
    pub async fn copy(&self, db: &TestDatabase) -> Result<Ended, Stop> {
        let keeper = ProofKeeper::new(store(db).await);
        let status = Status::new();
        let mut follower = Follower::new(self.clone(), keeper, status.clone());
        let ended = follower.run(&Shutdown::new(), true).await;
        assert_eq!(ended.is_err(), status.stopped().is_some());
        ended
    }
}

/// A link as an item.
pub fn item(link: ProofLink) -> ProofItem {
    ProofItem::Link(Box::new(link))
}

/// A link from its JSON.
pub fn link(value: &Value) -> ProofLink {
    serde_json::from_value(value.clone()).unwrap()
}

/// A link that binds or unbinds an Ethereum wallet after `prev`, signed by everybody who has to.
pub fn signed(avatar: &SecretKey, prev: Option<&ProofLink>, action: &str, wallet: &SecretKey) -> ProofLink {
    let seq = prev.map_or(0, |prev| prev.seq + 1);
    let uuid = uuid::Uuid::new_v4().to_string();
    let created_at = 1_700_000_000 + i64::try_from(seq).unwrap();
    let (identity, own) = (address_of(wallet), avatar.avatar().to_hex());
    let terms = Terms {
        action,
        platform: "ethereum",
        identity: &identity,
        created_at,
        uuid: &uuid,
        prev: prev.map(|prev| prev.signature.as_str()),
    };
    let payload = terms.sign_payload(&avatar.avatar());
    let sign = |key: &SecretKey| key.personal_sign(payload.as_bytes()).with_reduced_v().to_base64();
    let extra = if action == "create" { json!({"wallet_signature": sign(wallet)}) } else { json!({}) };
    link(&json!({
        "avatar": own, "seq": seq, "action": action, "platform": "ethereum", "identity": identity,
        "alt_id": identity, "created_at": created_at.to_string(), "signature": sign(avatar),
        "signature_payload": payload, "uuid": uuid, "extra": extra, "signer": own, "format": "v1", "prev": terms.prev,
    }))
}

#[async_trait]
impl Origin for Script {
    type Item = ProofItem;

    fn url(&self) -> &str {
        "http://origin.example"
    }

    async fn position(&mut self) -> Result<Position, OriginError> {
        let latest = self.items.last().map_or(0, |(id, _)| *id);
        Ok(Position { epoch: self.epoch.clone(), latest })
    }

    async fn follow(&mut self, after: i64, epoch: &str) -> Result<(), OriginError> {
        assert_eq!(epoch, self.epoch);
        self.position = self.items.iter().take_while(|(id, _)| *id <= after).count();
        Ok(())
    }

    async fn next(&mut self) -> Result<Told<ProofItem>, OriginError> {
        let Some((id, item)) = self.items.get(self.position).cloned() else {
            return std::future::pending().await;
        };
        self.position += 1;
        Ok(Told::Item(id, item))
    }

    async fn link_at(&mut self, avatar: &Avatar, seq: u64) -> Result<Option<ProofItem>, OriginError> {
        let found = self.chain.iter().find(|link| link.seq == seq && link.avatar == avatar.to_hex());
        Ok(found.cloned().map(item))
    }
}
