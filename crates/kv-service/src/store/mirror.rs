//! The copy of another kv-service: its links verified, its feed with the ids that it gave.

mod links;

use async_trait::async_trait;
use nextid_core::link::KvLink;
use nextid_service::boot;
use nextid_service::db::{Db, DbConnection};
use nextid_service::mirror::{self, Chains, Keeper, Kept, Refused, Stop, check_link};

use super::Store;
use links::KvLinks;

/// Keeps what a mirror copies.
#[derive(Debug, Clone)]
pub struct KvKeeper {
    store: Store,
}

impl KvKeeper {
    /// Into this store.
    pub fn new(store: Store) -> Self {
        Self { store }
    }
}

#[async_trait]
impl Keeper for KvKeeper {
    type Item = Box<KvLink>;

    fn db(&self) -> &Db {
        self.store.db()
    }

    async fn check(&self, feed_id: i64, link: &Box<KvLink>) -> Result<(), Stop> {
        let link = link.clone();
        let now = boot::now().seconds();
        match self.db().attempt(move |conn| check_link::<KvLinks>(conn, feed_id, &link, now)).await {
            Ok(()) => Ok(()),
            Err(refused) => Err(refused.keep_evidence(self.db()).await?.1),
        }
    }

    async fn keep(&self, from: i64, to: i64, items: Vec<(i64, Box<KvLink>)>) -> Result<Kept, Stop> {
        let now = boot::now().seconds();
        let store = move |conn: &mut DbConnection, from, to, items: &[_]| keep(conn, from, to, items, now);
        mirror::keep_items(self.db(), from, to, items, store).await
    }
}

/// Stores links in one transaction. False if the cursor is elsewhere.
fn keep(
    conn: &mut DbConnection,
    from: i64,
    to: i64,
    items: &[(i64, Box<KvLink>)],
    now: i64,
) -> Result<bool, Refused> {
    // The first statement: it makes others that copy wait.
    if !mirror::advance(conn, from, to)? {
        return Ok(false);
    }
    let mut chains: Chains<KvLinks> = Chains::new(items.iter().map(|(_, link)| link.as_ref()), now);
    for (feed_id, link) in items {
        chains.push(conn, *feed_id, link, |_| {})?;
    }
    chains.store(conn)?;
    Ok(true)
}
