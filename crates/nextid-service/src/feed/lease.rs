//! Who may number the feed.

use std::time::Duration;

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};

use super::schema::lease;
use crate::db::{Backend, DbConnection, DbError};
use crate::on_backend;

/// The one lease there is.
const NAME: &str = "sequencer";

/// Takes the lease or prolongs it, and returns whether `holder` has it now.
///
/// If so, its row stays locked until the end of the transaction, so that no other holder moves rows meanwhile. The
/// database's clock counts, since those of replicas differ. A lease that ends later than anybody could have made it
/// end is the work of a clock that was set back, and is free.
pub(super) fn take(conn: &mut DbConnection, holder: &str, ttl: Duration) -> Result<bool, DbError> {
    let now = match conn.backend() {
        // Not now(): that is when the transaction began, which may be long before the lock was had.
        Backend::Postgres => "(extract(epoch FROM clock_timestamp()) * 1000)::bigint",
        Backend::Sqlite => "CAST(unixepoch('subsec') * 1000 AS bigint)",
    };
    let (p1, p2, p3) = match conn.backend() {
        Backend::Postgres => ("$1", "$2", "$3"),
        Backend::Sqlite => ("?1", "?2", "?3"),
    };
    let sql = format!(
        "INSERT INTO lease (name, holder, expires_at) VALUES ({p1}, {p2}, {now} + {p3}) \
         ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, expires_at = excluded.expires_at \
         WHERE lease.holder = excluded.holder OR lease.expires_at < {now} OR lease.expires_at > {now} + 2 * {p3}"
    );
    let ttl = i64::try_from(ttl.as_millis()).unwrap_or(i64::MAX / 4);
    let taken = on_backend!(conn, c => diesel::sql_query(sql)
        .bind::<Text, _>(NAME)
        .bind::<Text, _>(holder)
        .bind::<BigInt, _>(ttl)
        .execute(c))?;
    Ok(taken == 1)
}

/// Gives the lease back, if `holder` has it.
pub(super) fn release(conn: &mut DbConnection, holder: &str) -> Result<(), DbError> {
    let held = lease::table.filter(lease::name.eq(NAME)).filter(lease::holder.eq(holder));
    on_backend!(conn, c => diesel::delete(held).execute(c))?;
    Ok(())
}
