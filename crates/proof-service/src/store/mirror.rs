//! The copy of another proof-service: its links verified, its states as it tells them, its feed with the ids that it gave.

mod links;
mod states;

use async_trait::async_trait;
use nextid_core::link::ProofLink;
use nextid_service::boot;
use nextid_service::db::{Db, DbConnection};
use nextid_service::mirror::{self, Chains, Keeper, Kept, Refused, Stop, check_link};

use super::{FeedKind, Store};
use links::ProofLinks;
pub use states::ToldState;

/// An item of the origin's feed.
#[derive(Debug, Clone)]
pub enum ProofItem {
    /// A link.
    Link(Box<ProofLink>),
    /// A link that binds, while the origin had not looked at the proof: it is not valid before a state says so.
    Unchecked(Box<ProofLink>),
    /// What became of a binding without a link.
    State(Box<ToldState>),
}

impl ProofItem {
    fn link(&self) -> Option<&ProofLink> {
        match self {
            Self::Link(link) | Self::Unchecked(link) => Some(link),
            Self::State(_) => None,
        }
    }
}

/// Keeps what a mirror copies.
#[derive(Debug, Clone)]
pub struct ProofKeeper {
    store: Store,
}

impl ProofKeeper {
    /// Into this store.
    pub fn new(store: Store) -> Self {
        Self { store }
    }
}

#[async_trait]
impl Keeper for ProofKeeper {
    type Item = ProofItem;

    fn db(&self) -> &Db {
        self.store.db()
    }

    async fn check(&self, feed_id: i64, item: &ProofItem) -> Result<(), Stop> {
        let item = item.clone();
        let now = boot::now().seconds();
        let checked = self.db().attempt(move |conn| check(conn, feed_id, &item, now)).await;
        match checked {
            Ok(()) => Ok(()),
            Err(refused) => Err(refused.keep_evidence(self.db()).await?.1),
        }
    }

    async fn keep(&self, from: i64, to: i64, items: Vec<(i64, ProofItem)>) -> Result<Kept, Stop> {
        let now = boot::now().seconds();
        let store = move |conn: &mut DbConnection, from, to, items: &[_]| keep(conn, from, to, items, now);
        mirror::keep_items(self.db(), from, to, items, store).await
    }
}

/// Compares an item with what is stored under its id, and a link with the one at its place.
fn check(conn: &mut DbConnection, feed_id: i64, item: &ProofItem, now: i64) -> Result<(), Refused> {
    match item {
        ProofItem::Link(link) | ProofItem::Unchecked(link) => {
            check_link::<ProofLinks>(conn, feed_id, link, now)
        }
        ProofItem::State(told) if states::is_same(conn, feed_id, told)? => Ok(()),
        ProofItem::State(_) => Err(Stop::Rewritten { feed_id }.into()),
    }
}

/// Stores items in one transaction. False if the cursor is elsewhere.
fn keep(
    conn: &mut DbConnection,
    from: i64,
    to: i64,
    items: &[(i64, ProofItem)],
    now: i64,
) -> Result<bool, Refused> {
    // The first statement: it makes others that copy wait.
    if !mirror::advance(conn, from, to)? {
        return Ok(false);
    }
    let mut chains: Chains<ProofLinks> = Chains::new(items.iter().filter_map(|(_, item)| item.link()), now);
    for (feed_id, item) in items {
        match item {
            ProofItem::Link(link) => chains.push(conn, *feed_id, link, |_| {})?,
            ProofItem::Unchecked(link) => {
                chains.push(conn, *feed_id, link, |new| new.row.unchecked = true)?;
            }
            ProofItem::State(told) => {
                chains.store(conn)?;
                let id = states::apply(conn, *feed_id, told)?;
                mirror::number(conn, &[(*feed_id, FeedKind::State as i16, id)])?;
            }
        }
    }
    chains.store(conn)?;
    Ok(true)
}
