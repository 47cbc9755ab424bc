//! One look at the database as it is at one moment.

use diesel::connection::{AnsiTransactionManager, TransactionManager as _};

use crate::db::{DbConnection, DbError};
use crate::on_backend;

/// Runs `job`, all of whose statements see what was committed when its first one began.
pub(super) fn snapshot<T>(
    conn: &mut DbConnection,
    job: impl FnOnce(&mut DbConnection) -> Result<T, DbError>,
) -> Result<T, DbError> {
    match conn {
        DbConnection::Postgres(c) => AnsiTransactionManager::begin_transaction_sql(
            c,
            "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
        )?,
        DbConnection::Sqlite(c) => AnsiTransactionManager::begin_transaction_sql(c, "BEGIN DEFERRED")?,
    }
    let outcome = job(conn);
    // There is nothing to commit.
    let ended = on_backend!(conn, c => AnsiTransactionManager::rollback_transaction(c));
    let value = outcome?;
    ended?;
    Ok(value)
}
