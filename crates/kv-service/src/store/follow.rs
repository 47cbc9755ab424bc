//! How far proof-service's feed was read, and the bindings that follow from it: written together or not at all.
//!
//! Replicas that share a database all follow and all write here. Whoever writes holds the row of `follow` until the
//! commit, so they do it one after the other, and what another one has written already is left out. So a binding is never
//! set back to what an older item said.

use diesel::prelude::*;
use diesel::upsert::excluded;
use nextid_core::{Avatar, Platform};
use nextid_service::db::{DbConnection, DbError};
use nextid_service::on_backend;

use super::Store;
use super::bindings::PROOF_SERVICE;
use super::schema::{bindings, follow};

/// Rows that one statement clears away: a large table must not hold up what else is written.
const CLEARED_AT_ONCE: i64 = 2000;

/// How far the feed was read.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = follow)]
pub struct Position {
    /// Which life of proof-service's database; empty before the first.
    pub epoch: String,
    /// The last item that was read in that life.
    pub cursor: i64,
    /// What it is read into. Every new beginning has a new one.
    pub generation: i64,
    /// What reads use.
    pub serving: i64,
    /// The unix millisecond at which that was known to be whole last.
    pub live_at: Option<i64>,
}

/// What an item of the feed says of bindings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The Avatar.
    pub avatar: Avatar,
    /// Where the identity lives, and the identity, normalised; none for whatever is bound to the Avatar.
    pub identity: Option<(Platform, String)>,
    /// What became of it.
    pub effect: Effect,
}

/// What becomes of a binding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Effect {
    /// It is in force.
    Bound {
        /// Whether it is valid: one that was taken over from another service is not before it was looked at.
        is_valid: bool,
        /// The account, by the platform's own id; empty where the identity says as much.
        alt_id: String,
    },
    /// It is in force no more.
    Unbound,
    /// A binding in force became valid, or invalid.
    Judged {
        /// Which of both.
        is_valid: bool,
        /// The account, where the item tells it.
        alt_id: String,
    },
}

/// Items of the feed that are to be written.
#[derive(Debug, Clone)]
pub struct Batch {
    /// The generation for which they were read.
    pub generation: i64,
    /// What they change, with their ids, ascending.
    pub changes: Vec<(i64, Change)>,
    /// The last item, whether it changes something or not.
    pub cursor: i64,
    /// Whether the feed was read to its end with it.
    pub is_whole: bool,
    /// Now, in unix milliseconds.
    pub now: i64,
}

impl Store {
    /// How far the feed was read.
    ///
    /// # Errors
    /// [`DbError`].
    pub async fn position(&self) -> Result<Position, DbError> {
        self.db()
            .primary(|conn| {
                Ok(on_backend!(conn, c => follow::table
                    .find(PROOF_SERVICE)
                    .select(Position::as_select())
                    .first(c))?)
            })
            .await
    }

    /// Begins to read from 0, for a new generation; what was known serves on until that is whole. `generation` is the one
    /// that ends; if another replica has ended it already, nothing is changed.
    ///
    /// # Errors
    /// [`DbError`].
    pub async fn begin_again(&self, generation: i64, epoch: String) -> Result<Position, DbError> {
        self.db()
            .write(move |conn| {
                let position = locked(conn)?;
                if position.generation != generation {
                    return Ok(position);
                }
                on_backend!(&mut *conn, c => diesel::update(follow::table.find(PROOF_SERVICE))
                    .set((
                        follow::epoch.eq(&epoch),
                        follow::cursor.eq(0),
                        follow::generation.eq(position.generation + 1),
                    ))
                    .execute(c))?;
                Ok(Position { epoch, cursor: 0, generation: position.generation + 1, ..position })
            })
            .await
    }

    /// Writes what items of the feed say, with the new position. A batch for a generation that has ended changes nothing;
    /// the position that is returned shows it.
    ///
    /// # Errors
    /// [`DbError`].
    pub async fn follow(&self, batch: Batch) -> Result<Position, DbError> {
        self.db().write(move |conn| apply(conn, &batch)).await
    }

    /// Clears away a part of what no generation in use needs. False when nothing is left.
    ///
    /// # Errors
    /// [`DbError`].
    pub async fn clear_old_generations(&self) -> Result<bool, DbError> {
        self.db()
            .write(|conn| {
                let position = locked(conn)?;
                let old: Vec<i64> = on_backend!(&mut *conn, c => bindings::table
                    .filter(bindings::generation.ne_all([position.generation, position.serving]))
                    .limit(CLEARED_AT_ONCE)
                    .select(bindings::id)
                    .load(c))?;
                if old.is_empty() {
                    return Ok(false);
                }
                on_backend!(conn, c => diesel::delete(bindings::table.filter(bindings::id.eq_any(&old))).execute(c))?;
                Ok(true)
            })
            .await
    }
}

/// The position, which nobody else changes until the end of the transaction.
fn locked(conn: &mut DbConnection) -> Result<Position, DbError> {
    Ok(on_backend!(conn, c => diesel::update(follow::table.find(PROOF_SERVICE))
        .set(follow::cursor.eq(follow::cursor))
        .returning(Position::as_returning())
        .get_result(c))?)
}

fn apply(conn: &mut DbConnection, batch: &Batch) -> Result<Position, DbError> {
    let before = locked(conn)?;
    if before.generation != batch.generation {
        return Ok(before);
    }
    for (id, change) in batch.changes.iter().filter(|(id, _)| *id > before.cursor) {
        write(conn, batch, *id, change)?;
    }
    // Where another replica is ahead, this batch ends before the feed does.
    let is_whole = batch.is_whole && batch.cursor >= before.cursor;
    let after = Position {
        cursor: batch.cursor.max(before.cursor),
        serving: if is_whole { before.generation } else { before.serving },
        live_at: if is_whole { before.live_at.max(Some(batch.now)) } else { before.live_at },
        ..before
    };
    on_backend!(conn, c => diesel::update(follow::table.find(PROOF_SERVICE))
        .set((
            follow::cursor.eq(after.cursor),
            follow::serving.eq(after.serving),
            follow::live_at.eq(after.live_at),
        ))
        .execute(c))?;
    Ok(after)
}

fn write(conn: &mut DbConnection, batch: &Batch, id: i64, change: &Change) -> Result<(), DbError> {
    match (&change.identity, &change.effect) {
        (Some((platform, identity)), Effect::Bound { is_valid, alt_id }) => {
            let judged = Judged { is_valid: *is_valid, alt_id };
            put(conn, batch, id, (&change.avatar, *platform, identity), Some(judged))
        }
        (Some((platform, identity)), Effect::Unbound) => {
            put(conn, batch, id, (&change.avatar, *platform, identity), None)
        }
        (identity, Effect::Judged { is_valid, alt_id }) => {
            let judged = Judged { is_valid: *is_valid, alt_id };
            judge(conn, batch, id, &change.avatar, identity.as_ref(), judged)
        }
        // Nothing of the feed binds or revokes without saying what.
        (None, Effect::Bound { .. } | Effect::Unbound) => Ok(()),
    }
}

/// Binds to an account, valid or not, or revokes.
fn put(
    conn: &mut DbConnection,
    batch: &Batch,
    id: i64,
    (avatar, platform, identity): (&Avatar, Platform, &str),
    bound: Option<Judged<'_>>,
) -> Result<(), DbError> {
    let row = (
        bindings::generation.eq(batch.generation),
        bindings::avatar.eq(avatar.as_bytes().as_slice()),
        bindings::platform.eq(platform.as_str()),
        bindings::identity.eq(identity),
        bindings::alt_id.eq(bound.as_ref().map_or("", |bound| bound.alt_id)),
        bindings::is_bound.eq(bound.is_some()),
        bindings::is_valid.eq(bound.is_some_and(|bound| bound.is_valid)),
        bindings::feed_id.eq(id),
        bindings::seen_at.eq(batch.now / 1000),
    );
    on_backend!(conn, c => diesel::insert_into(bindings::table)
        .values(row)
        .on_conflict((bindings::avatar, bindings::platform, bindings::identity, bindings::generation))
        .do_update()
        .set((
            bindings::alt_id.eq(excluded(bindings::alt_id)),
            bindings::is_bound.eq(excluded(bindings::is_bound)),
            bindings::is_valid.eq(excluded(bindings::is_valid)),
            bindings::feed_id.eq(excluded(bindings::feed_id)),
            bindings::seen_at.eq(excluded(bindings::seen_at)),
        ))
        .execute(c))?;
    Ok(())
}

struct Judged<'a> {
    is_valid: bool,
    alt_id: &'a str,
}

/// Says of a binding in force, or of all of an Avatar, whether it is valid.
fn judge(
    conn: &mut DbConnection,
    batch: &Batch,
    id: i64,
    avatar: &Avatar,
    identity: Option<&(Platform, String)>,
    judged: Judged<'_>,
) -> Result<(), DbError> {
    let account = Some(judged.alt_id).filter(|account| !account.is_empty());
    on_backend!(conn, c => {
        let mut update = diesel::update(bindings::table)
            .filter(bindings::generation.eq(batch.generation))
            .filter(bindings::avatar.eq(avatar.as_bytes().as_slice()))
            .filter(bindings::is_bound.eq(true))
            .into_boxed();
        if let Some((platform, identity)) = identity {
            update = update
                .filter(bindings::platform.eq(platform.as_str()))
                .filter(bindings::identity.eq(identity));
        }
        update
            .set((
                bindings::is_valid.eq(judged.is_valid),
                bindings::feed_id.eq(id),
                bindings::seen_at.eq(batch.now / 1000),
                // None leaves it as it is.
                account.map(|account| bindings::alt_id.eq(account)),
            ))
            .execute(c)
    })?;
    Ok(())
}
