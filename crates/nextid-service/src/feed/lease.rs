//! Who may number the feed.

use std::time::Duration;

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Integer, Text};

use super::schema::lease;
use crate::db::{DbConnection, DbError, Prepared, PreparedText};
use crate::on_backend;

/// The one lease there is.
const NAME: &str = "sequencer";

/// The database's clock in milliseconds. Not now(): that is when the transaction began, which may be long before the lock was
/// had.
macro_rules! clock {
    () => {
        "(extract(epoch FROM clock_timestamp()) * 1000)::bigint"
    };
}

/// Answers with a row if the lease was free or the holder's.
struct Take;

impl PreparedText for Take {
    const BEFORE: &'static str = "WITH given AS (SELECT * FROM (VALUES (";
    const AFTER: &'static str = concat!(
        ")) AS v (name, holder, ttl)) INSERT INTO lease (name, holder, expires_at) SELECT name, holder, ",
        clock!(),
        " + ttl FROM given ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, expires_at = excluded.expires_at \
         WHERE lease.holder = excluded.holder OR lease.expires_at < ",
        clock!(),
        " OR lease.expires_at > ",
        clock!(),
        " + 2 * (SELECT ttl FROM given) RETURNING 1"
    );
    type Row = Integer;
}

/// Takes the lease or prolongs it, and returns whether `holder` has it now.
///
/// If so, its row stays locked until the end of the transaction, so that no other holder moves rows meanwhile. The
/// database's clock counts, since those of replicas differ. A lease that ends later than anybody could have made it
/// end is the work of a clock that was set back, and is free.
pub(super) fn take(conn: &mut DbConnection, holder: &str, ttl: Duration) -> Result<bool, DbError> {
    let ttl = i64::try_from(ttl.as_millis()).unwrap_or(i64::MAX / 4);
    let taken = match conn {
        DbConnection::Postgres(c) => {
            let given = (NAME.into_sql::<Text>(), holder.into_sql::<Text>(), ttl.into_sql::<BigInt>());
            let taken: Vec<i32> = Prepared::<Take, _>::new(given).load(c)?;
            taken.len()
        }
        DbConnection::Sqlite(c) => diesel::sql_query(
            "INSERT INTO lease (name, holder, expires_at) \
             VALUES (?1, ?2, CAST(unixepoch('subsec') * 1000 AS bigint) + ?3) \
             ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, expires_at = excluded.expires_at \
             WHERE lease.holder = excluded.holder OR lease.expires_at < excluded.expires_at - ?3 \
             OR lease.expires_at > excluded.expires_at + ?3",
        )
        .bind::<Text, _>(NAME)
        .bind::<Text, _>(holder)
        .bind::<BigInt, _>(ttl)
        .execute(c)?,
    };
    Ok(taken == 1)
}

/// Gives the lease back, if `holder` has it.
pub(super) fn release(conn: &mut DbConnection, holder: &str) -> Result<(), DbError> {
    let held = lease::table.filter(lease::name.eq(NAME)).filter(lease::holder.eq(holder));
    on_backend!(conn, c => diesel::delete(held).execute(c))?;
    Ok(())
}
