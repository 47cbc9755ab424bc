//! What a database says about being a mirror. It stands in `meta`:
//!
//! - `mirror_of`: the origin's URL. With it, the database is a mirror's.
//! - `mirror_cursor`: the last id of the origin's feed that was copied.
//! - `mirror_caught_up_at`: the second at which nothing more was to be copied, last.
//!
//! A mirror's `epoch` is its origin's: its feed has the same ids, so that a reader may go on at the one where it stopped at
//! the other.

use diesel::prelude::*;
use diesel::upsert::excluded;
use thiserror::Error;

use crate::db::{DbConnection, DbError, EPOCH_KEY, MaybeDbError};
use crate::feed;
use crate::feed::schema::{feed as feed_table, meta, outbox};
use crate::on_backend;

const ORIGIN: &str = "mirror_of";
const CURSOR: &str = "mirror_cursor";
const CAUGHT_UP: &str = "mirror_caught_up_at";

/// How far a mirror is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mark {
    /// The origin's URL.
    pub origin: String,
    /// The epoch of the origin's database, and of this one.
    pub epoch: String,
    /// The last id of the origin's feed that was copied.
    pub cursor: i64,
    /// The second at which nothing more was to be copied, last.
    pub caught_up_at: Option<i64>,
}

/// Why a database is not used as it was asked for.
#[derive(Debug, Error)]
pub enum MarkError {
    /// A mirror's database, and no mirror.
    #[error(
        "the database is a mirror of {origin}: start with --mirror-of {origin}, or take it over for good with --adopt-mirror"
    )]
    IsMirror {
        /// The origin's URL.
        origin: String,
    },
    /// A mirror, and the database of a service of its own.
    #[error("the database has links of its own and cannot become a mirror: name an empty one")]
    NotMirror,
    /// The mirror of another life of the origin, or of another origin.
    #[error(
        "the database is a mirror of {origin} in its epoch {known}, and what is to be mirrored now has the epoch {found}: \
         its feed begins again. Keep this database, and mirror into an empty one"
    )]
    OtherEpoch {
        /// The URL of the origin so far.
        origin: String,
        /// Its epoch so far.
        known: String,
        /// The epoch now.
        found: String,
    },
    /// The database.
    #[error(transparent)]
    Db(#[from] DbError),
}

impl MaybeDbError for MarkError {
    fn as_db(&self) -> Option<&DbError> {
        match self {
            Self::Db(error) => Some(error),
            _ => None,
        }
    }
}

/// How far the mirror in this database is; none if it is no mirror's.
///
/// # Errors
/// The database's.
pub fn mark(conn: &mut DbConnection) -> Result<Option<Mark>, DbError> {
    let Some(origin) = origin_of(conn)? else { return Ok(None) };
    let number = |text: Option<String>| text.and_then(|text| text.parse().ok());
    Ok(Some(Mark {
        origin,
        epoch: feed::epoch(conn)?,
        cursor: number(get(conn, CURSOR)?).unwrap_or(0),
        caught_up_at: number(get(conn, CAUGHT_UP)?),
    }))
}

/// The URL of which this database is a mirror.
///
/// # Errors
/// The database's.
pub fn origin_of(conn: &mut DbConnection) -> Result<Option<String>, DbError> {
    get(conn, ORIGIN)
}

/// Refuses a mirror's database.
///
/// # Errors
/// [`MarkError::IsMirror`].
pub fn require_own(conn: &mut DbConnection) -> Result<(), MarkError> {
    match origin_of(conn)? {
        Some(origin) => Err(MarkError::IsMirror { origin }),
        None => Ok(()),
    }
}

/// Refuses a database that cannot become a mirror's, without knowing anything about the origin.
///
/// # Errors
/// [`MarkError::NotMirror`].
pub fn require_mirror_or_empty(conn: &mut DbConnection) -> Result<Option<Mark>, MarkError> {
    let mark = mark(conn)?;
    if mark.is_none() && has_content(conn)? {
        return Err(MarkError::NotMirror);
    }
    Ok(mark)
}

/// Makes an empty database the mirror of an origin, or goes on with what is one. An origin may move to another URL.
///
/// # Errors
/// [`MarkError`].
pub fn claim(conn: &mut DbConnection, origin: &str, epoch: &str) -> Result<Mark, MarkError> {
    match require_mirror_or_empty(conn)? {
        Some(mark) if mark.epoch != epoch => {
            Err(MarkError::OtherEpoch { origin: mark.origin, known: mark.epoch, found: epoch.to_owned() })
        }
        Some(mark) => {
            if mark.origin != origin {
                set(conn, ORIGIN, origin)?;
            }
            Ok(Mark { origin: origin.to_owned(), ..mark })
        }
        None => {
            set(conn, ORIGIN, origin)?;
            set(conn, CURSOR, "0")?;
            set(conn, EPOCH_KEY, epoch)?;
            Ok(Mark { origin: origin.to_owned(), epoch: epoch.to_owned(), cursor: 0, caught_up_at: None })
        }
    }
}

/// Moves the cursor from where the caller believes that it is, in the transaction that copies what lies between. Whether
/// it did: if not, another process has copied it meanwhile.
///
/// # Errors
/// The database's.
pub fn advance(conn: &mut DbConnection, from: i64, to: i64) -> Result<bool, DbError> {
    let cursor = meta::table.filter(meta::key.eq(CURSOR)).filter(meta::value.eq(from.to_string()));
    let moved =
        on_backend!(conn, c => diesel::update(cursor).set(meta::value.eq(to.to_string())).execute(c))?;
    Ok(moved == 1)
}

/// Notes that nothing more was to be copied at this second.
///
/// # Errors
/// The database's.
pub fn caught_up(conn: &mut DbConnection, at: i64) -> Result<(), DbError> {
    set(conn, CAUGHT_UP, &at.to_string())
}

/// Makes a mirror's database one of its own, with a new epoch, since from now on its feed goes its own way. Whether it
/// was a mirror's.
///
/// # Errors
/// The database's.
pub fn adopt(conn: &mut DbConnection) -> Result<bool, DbError> {
    if origin_of(conn)?.is_none() {
        return Ok(false);
    }
    let marks = meta::table.filter(meta::key.eq_any([ORIGIN, CURSOR, CAUGHT_UP]));
    on_backend!(&mut *conn, c => diesel::delete(marks).execute(c))?;
    set(conn, EPOCH_KEY, &uuid::Uuid::new_v4().simple().to_string())?;
    Ok(true)
}

/// Whatever was ever appended here stands in one of the two.
fn has_content(conn: &mut DbConnection) -> Result<bool, DbError> {
    let numbered: Option<i64> =
        on_backend!(&mut *conn, c => feed_table::table.select(feed_table::id).first(c).optional())?;
    let waiting: Option<i64> = on_backend!(conn, c => outbox::table.select(outbox::id).first(c).optional())?;
    Ok(numbered.or(waiting).is_some())
}

fn get(conn: &mut DbConnection, key: &str) -> Result<Option<String>, DbError> {
    Ok(on_backend!(conn, c => meta::table.find(key).select(meta::value).first(c).optional())?)
}

fn set(conn: &mut DbConnection, key: &str, value: &str) -> Result<(), DbError> {
    on_backend!(conn, c => diesel::insert_into(meta::table)
        .values((meta::key.eq(key), meta::value.eq(value)))
        .on_conflict(meta::key)
        .do_update()
        .set(meta::value.eq(excluded(meta::value)))
        .execute(c))?;
    Ok(())
}
