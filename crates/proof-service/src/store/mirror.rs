//! The copy of another proof-service: its links verified, its states as it tells them, its feed with the ids that it gave.

mod chains;
mod evidence;
mod states;

use async_trait::async_trait;
use diesel::prelude::*;
use nextid_core::link::ProofLink;
use nextid_service::boot;
use nextid_service::db::{Db, DbConnection, DbError};
use nextid_service::feed::schema::feed;
use nextid_service::mirror::{self, Keeper, Kept, Stop};
use nextid_service::on_backend;

use super::{FeedKind, Store};
use chains::Chains;
use evidence::Refused;
pub use states::ToldState;

/// An item of the origin's feed.
#[derive(Debug, Clone)]
pub enum ProofItem {
    /// A link.
    Link(Box<ProofLink>),
    /// What became of a binding without a link.
    State(Box<ToldState>),
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
        let checked = self.db().attempt(move |conn| evidence::check(conn, feed_id, &item, now)).await;
        match checked {
            Ok(()) => Ok(()),
            Err(refused) => Err(self.refuse(refused).await?.1),
        }
    }

    async fn keep(&self, from: i64, to: i64, items: Vec<(i64, ProofItem)>) -> Result<Kept, Stop> {
        let now = boot::now().seconds();
        let all = items.clone();
        let refused = match self.db().attempt(move |conn| keep(conn, from, to, &all, now)).await {
            Ok(true) => return Ok(Kept::All),
            Ok(false) => return Ok(Kept::Overtaken),
            Err(refused) => refused,
        };
        // What stands before it in the feed holds, and is kept.
        let before: Vec<(i64, ProofItem)> =
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

type Suspect = (nextid_core::Avatar, u64, i64);

impl ProofKeeper {
    /// Keeps the evidence, which the transaction that found it could not.
    async fn refuse(&self, refused: Refused) -> Result<(Option<Suspect>, Stop), Stop> {
        let Refused { stop, evidence, suspect } = refused;
        if let Some(evidence) = evidence {
            self.db().write(move |conn| mirror::keep_evidence(conn, &evidence)).await?;
        }
        Ok((suspect, *stop))
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
    let mut chains = Chains::new(items, now);
    for (feed_id, item) in items {
        match item {
            ProofItem::Link(link) => chains.push(conn, *feed_id, link)?,
            ProofItem::State(told) => {
                chains.flush(conn)?;
                let id = states::apply(conn, *feed_id, told)?;
                number(conn, &[(*feed_id, FeedKind::State, id)])?;
            }
        }
    }
    chains.flush(conn)?;
    Ok(true)
}

/// Gives rows the places in the feed that they have at the origin.
fn number(conn: &mut DbConnection, rows: &[(i64, FeedKind, i64)]) -> Result<(), DbError> {
    let rows: Vec<_> = rows
        .iter()
        .map(|(id, kind, reference)| {
            (feed::id.eq(*id), feed::kind.eq(*kind as i16), feed::reference.eq(*reference))
        })
        .collect();
    on_backend!(conn, c => diesel::insert_into(feed::table).values(rows).execute(c))?;
    Ok(())
}
