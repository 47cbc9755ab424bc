//! The copy of another kv-service: its links verified, its feed with the ids that it gave.

mod chains;
mod evidence;

use async_trait::async_trait;
use diesel::prelude::*;
use nextid_core::Avatar;
use nextid_core::link::KvLink;
use nextid_service::boot;
use nextid_service::db::{Db, DbConnection, DbError};
use nextid_service::feed::schema::feed;
use nextid_service::mirror::{self, Keeper, Kept, Stop};
use nextid_service::on_backend;

use super::{FeedKind, Store};
use chains::Chains;
use evidence::Refused;

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
        match self.db().attempt(move |conn| evidence::check(conn, feed_id, &link, now)).await {
            Ok(()) => Ok(()),
            Err(refused) => Err(self.refuse(refused).await?.1),
        }
    }

    async fn keep(&self, from: i64, to: i64, items: Vec<(i64, Box<KvLink>)>) -> Result<Kept, Stop> {
        let now = boot::now().seconds();
        let all = items.clone();
        let refused = match self.db().attempt(move |conn| keep(conn, from, to, &all, now)).await {
            Ok(true) => return Ok(Kept::All),
            Ok(false) => return Ok(Kept::Overtaken),
            Err(refused) => refused,
        };
        // What stands before it in the feed holds, and is kept.
        let before: Vec<(i64, Box<KvLink>)> =
            items.into_iter().take_while(|(id, _)| Some(*id) != refused.feed_id()).collect();
        if let (Some((last, _)), Some(_)) = (before.last(), refused.feed_id()) {
            let last = *last;
            if !self
                .db()
                .attempt(move |conn| keep(conn, from, last, &before, now))
                .await
                .map_err(Stop::from)?
            {
                return Ok(Kept::Overtaken);
            }
        }
        let (suspect, stop) = self.refuse(refused).await?;
        match suspect {
            Some((avatar, seq, feed_id)) => Ok(Kept::Suspect { avatar, seq, feed_id, stop }),
            None => Err(stop),
        }
    }
}

type Suspect = (Avatar, u64, i64);

impl KvKeeper {
    /// Keeps the evidence, which the transaction that found it could not.
    async fn refuse(&self, refused: Refused) -> Result<(Option<Suspect>, Stop), Stop> {
        let Refused { stop, evidence, suspect } = refused;
        if let Some(evidence) = evidence {
            self.db().write(move |conn| mirror::keep_evidence(conn, &evidence)).await?;
        }
        Ok((suspect, *stop))
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
    let mut chains = Chains::new(items, now);
    for (feed_id, link) in items {
        chains.push(conn, *feed_id, link)?;
    }
    chains.store(conn)?;
    Ok(true)
}

/// Gives links the places in the feed that they have at the origin.
fn number(conn: &mut DbConnection, places: &[(i64, i64)]) -> Result<(), DbError> {
    let rows: Vec<_> = places
        .iter()
        .map(|(id, reference)| {
            (feed::id.eq(*id), feed::kind.eq(FeedKind::Link as i16), feed::reference.eq(*reference))
        })
        .collect();
    on_backend!(conn, c => diesel::insert_into(feed::table).values(rows).execute(c))?;
    Ok(())
}
