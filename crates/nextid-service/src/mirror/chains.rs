//! Links on their way into the copy: each is verified against the chain that it continues.

use std::collections::HashMap;

use diesel::prelude::*;
use nextid_core::verify::{Anchor, Defect};
use nextid_core::{Avatar, LinkUuid};

use super::contradiction::second_link;
use super::links::{CopiedLink, CopiedLinks};
use super::refused::{Refused, Suspect};
use super::{number, schema::links};
use crate::db::{DbConnection, DbError};
use crate::on_backend;

/// The chains of some links, as far as they were verified.
pub struct Chains<C: CopiedLinks> {
    by_avatar: HashMap<Avatar, Chain<C>>,
    /// The uuids of all links: those that are stored already are asked for once for each chain.
    uuids: Vec<Vec<u8>>,
    /// Verified, and not stored yet.
    waiting: Vec<(i64, C::New)>,
    now: i64,
}

/// The end of a chain.
struct Chain<C: CopiedLinks> {
    verifier: <C::Link as CopiedLink>::Verifier,
    next_seq: u64,
}

impl<C: CopiedLinks> std::fmt::Debug for Chains<C> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Chains").field("waiting", &self.waiting.len()).finish_non_exhaustive()
    }
}

impl<C: CopiedLinks> Chains<C> {
    /// Of these links, which are stored at this second.
    pub fn new<'a>(links: impl Iterator<Item = &'a C::Link>, now: i64) -> Self {
        let uuids = links.filter_map(|link| Some(LinkUuid::parse(link.uuid()).ok()?.as_bytes().to_vec()));
        Self { by_avatar: HashMap::new(), uuids: uuids.collect(), waiting: Vec::new(), now }
    }

    /// Verifies the next link. `mark` is told what is going to be stored.
    ///
    /// # Errors
    /// [`Refused`].
    pub fn push(
        &mut self,
        conn: &mut DbConnection,
        feed_id: i64,
        link: &C::Link,
        mark: impl FnOnce(&mut C::New),
    ) -> Result<(), Refused> {
        let avatar = link.avatar().map_err(|error| Refused::broken(feed_id, &error))?;
        if !self.by_avatar.contains_key(&avatar) {
            let chain = load(conn, &avatar, &self.uuids)?;
            self.by_avatar.insert(avatar, chain);
        }
        let next_seq = self.by_avatar.get(&avatar).map_or(0, |chain| chain.next_seq);
        if link.seq() < next_seq {
            // What waits may be at that very place.
            self.store(conn)?;
            return Err(second_link::<C>(conn, feed_id, &avatar, link, self.now)?);
        }
        let mut new = C::prepare(link, self.now).map_err(|unkept| Refused::broken(feed_id, &unkept))?;
        let Some(chain) = self.by_avatar.get_mut(&avatar) else { return Ok(()) };
        if let Err(error) = link.follow(&mut chain.verifier) {
            let refused = Refused::broken(feed_id, &error);
            let points_elsewhere = matches!(error.defect, Defect::WrongPrev { .. });
            return Err(match next_seq.checked_sub(1) {
                Some(seq) if points_elsewhere => {
                    Refused { suspect: Some(Suspect { avatar, seq, feed_id }), ..refused }
                }
                _ => refused,
            });
        }
        chain.next_seq = link.seq() + 1;
        mark(&mut new);
        self.waiting.push((feed_id, new));
        Ok(())
    }

    /// Stores what was verified, and what follows from it.
    ///
    /// # Errors
    /// [`Refused`].
    pub fn store(&mut self, conn: &mut DbConnection) -> Result<(), Refused> {
        let waiting = std::mem::take(&mut self.waiting);
        if waiting.is_empty() {
            return Ok(());
        }
        let (feed_ids, new): (Vec<i64>, Vec<C::New>) = waiting.into_iter().unzip();
        let ids = C::store(conn, &new)?;
        let places: Vec<_> =
            feed_ids.into_iter().zip(ids).map(|(feed_id, id)| (feed_id, C::KIND, id)).collect();
        Ok(number(conn, &places)?)
    }
}

fn load<C: CopiedLinks>(
    conn: &mut DbConnection,
    avatar: &Avatar,
    uuids: &[Vec<u8>],
) -> Result<Chain<C>, DbError> {
    let Some(row) = C::row(conn, avatar, None)? else {
        return Ok(Chain { verifier: C::Link::verifier(*avatar, Anchor::Genesis), next_seq: 0 });
    };
    let head = C::head(&row);
    let next_seq = head.seq + 1;
    let verifier = C::informed(conn, avatar, C::Link::verifier(*avatar, Anchor::After(head)))?;
    let verifier = C::Link::with_used(verifier, used(conn, avatar, uuids)?);
    Ok(Chain { verifier, next_seq })
}

/// Which of these uuids the chain has.
fn used(conn: &mut DbConnection, avatar: &Avatar, uuids: &[Vec<u8>]) -> Result<Vec<LinkUuid>, DbError> {
    let used: Vec<Vec<u8>> = on_backend!(conn, c => links::table
        .filter(links::avatar.eq(avatar.as_bytes().as_slice()))
        .filter(links::uuid.eq_any(uuids))
        .select(links::uuid)
        .load(c))?;
    let parse = |bytes: Vec<u8>| LinkUuid::new(uuid::Uuid::from_slice(&bytes).ok()?).ok();
    Ok(used.into_iter().filter_map(parse).collect())
}
