//! Links on their way into the copy: each is verified against the chain that it continues.

use std::collections::HashMap;

use diesel::prelude::*;
use nextid_core::link::KvLink;
use nextid_core::verify::{Anchor, Defect, Head, KvChainVerifier};
use nextid_core::{Avatar, CreatedAt, LinkUuid};
use nextid_service::db::{DbConnection, DbError};
use nextid_service::mirror::{self, Refused, Suspect};
use nextid_service::on_backend;

use super::evidence;
use crate::store::foreign::{self, ForeignLink};
use crate::store::foreign_contents::Contents;
use crate::store::schema::links;
use crate::store::{FeedKind, StoredLink};

/// The chains of some links, as far as they were verified.
pub(super) struct Chains {
    by_avatar: HashMap<Avatar, Chain>,
    /// The uuids of all links: those that are stored already are asked for once for each chain.
    uuids: Vec<Vec<u8>>,
    /// Verified, and not stored yet.
    waiting: Vec<(i64, ForeignLink)>,
    now: i64,
}

/// The end of a chain.
struct Chain {
    verifier: KvChainVerifier,
    next_seq: u64,
}

impl Chains {
    pub(super) fn new(items: &[(i64, Box<KvLink>)], now: i64) -> Self {
        let uuids =
            items.iter().filter_map(|(_, link)| Some(LinkUuid::parse(&link.uuid).ok()?.as_bytes().to_vec()));
        Self { by_avatar: HashMap::new(), uuids: uuids.collect(), waiting: Vec::new(), now }
    }

    /// Verifies the next link.
    pub(super) fn push(
        &mut self,
        conn: &mut DbConnection,
        feed_id: i64,
        link: &KvLink,
    ) -> Result<(), Refused> {
        let avatar =
            Avatar::parse_with_raw(&link.avatar).map_err(|error| Refused::broken(feed_id, &error))?;
        if !self.by_avatar.contains_key(&avatar) {
            let chain = load(conn, &avatar, &self.uuids)?;
            self.by_avatar.insert(avatar, chain);
        }
        let next_seq = self.by_avatar.get(&avatar).map_or(0, |chain| chain.next_seq);
        if link.seq < next_seq {
            // What waits may be at that very place.
            self.store(conn)?;
            return Err(evidence::second_link(conn, feed_id, &avatar, link, self.now)?);
        }
        let new = ForeignLink::new(link, self.now).map_err(|unkept| Refused::broken(feed_id, &unkept))?;
        let Some(chain) = self.by_avatar.get_mut(&avatar) else { return Ok(()) };
        if let Err(error) = chain.verifier.push(link) {
            let refused = Refused::broken(feed_id, &error);
            let points_elsewhere = matches!(error.defect, Defect::WrongPrev { .. });
            return Err(match next_seq.checked_sub(1) {
                Some(seq) if points_elsewhere => {
                    Refused { suspect: Some(Suspect { avatar, seq, feed_id }), ..refused }
                }
                _ => refused,
            });
        }
        chain.next_seq = link.seq + 1;
        self.waiting.push((feed_id, new));
        Ok(())
    }

    /// Stores what was verified, and what follows from it.
    pub(super) fn store(&mut self, conn: &mut DbConnection) -> Result<(), Refused> {
        let waiting = std::mem::take(&mut self.waiting);
        if waiting.is_empty() {
            return Ok(());
        }
        let (feed_ids, new): (Vec<i64>, Vec<ForeignLink>) = waiting.into_iter().unzip();
        let ids = foreign::insert(conn, &new)?;
        let mut contents = Contents::default();
        for (link, id) in new.iter().zip(&ids) {
            contents.add(conn, link, *id)?;
        }
        contents.write(conn)?;
        let places: Vec<_> =
            feed_ids.into_iter().zip(ids).map(|(feed_id, id)| (feed_id, FeedKind::Link as i16, id)).collect();
        Ok(mirror::number(conn, &places)?)
    }
}

fn load(conn: &mut DbConnection, avatar: &Avatar, uuids: &[Vec<u8>]) -> Result<Chain, Refused> {
    let head: Option<StoredLink> = on_backend!(&mut *conn, c => links::table
        .filter(links::avatar.eq(avatar.as_bytes().as_slice()))
        .order(links::seq.desc())
        .select(StoredLink::as_select())
        .first(c)
        .optional())?;
    let Some(head) = head else {
        return Ok(Chain { verifier: KvChainVerifier::new(*avatar, Anchor::Genesis), next_seq: 0 });
    };
    let verifier = KvChainVerifier::new(*avatar, anchor(&head)).with_used(used(conn, avatar, uuids)?);
    Ok(Chain { verifier, next_seq: u64::try_from(head.seq).unwrap_or_default() + 1 })
}

/// After this link.
pub(super) fn anchor(link: &StoredLink) -> Anchor {
    Anchor::After(Head {
        seq: u64::try_from(link.seq).unwrap_or_default(),
        signature: link.to_link().signature,
        // What is stored was a second when it was stored.
        created_at: CreatedAt::from_seconds(link.created_at).unwrap_or(CreatedAt::EPOCH),
    })
}

fn used(conn: &mut DbConnection, avatar: &Avatar, uuids: &[Vec<u8>]) -> Result<Vec<LinkUuid>, DbError> {
    let used: Vec<Vec<u8>> = on_backend!(conn, c => links::table
        .filter(links::avatar.eq(avatar.as_bytes().as_slice()))
        .filter(links::uuid.eq_any(uuids))
        .select(links::uuid)
        .load(c))?;
    let parse = |bytes: Vec<u8>| LinkUuid::new(uuid::Uuid::from_slice(&bytes).ok()?).ok();
    Ok(used.into_iter().filter_map(parse).collect())
}
