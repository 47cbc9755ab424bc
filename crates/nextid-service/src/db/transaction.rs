//! One transaction around a closure that takes a [`DbConnection`].

use diesel::connection::{AnsiTransactionManager, SimpleConnection, TransactionManager};

use super::{DbConnection, DbError};

/// Begins. On SQLite with the write lock: a transaction that reads first and asks for the lock later fails whenever
/// another one wrote in between, and no timeout helps.
pub(super) fn begin(connection: &mut DbConnection) -> Result<(), DbError> {
    match connection {
        DbConnection::Postgres(c) => AnsiTransactionManager::begin_transaction_sql(c, "BEGIN")?,
        DbConnection::Sqlite(c) => AnsiTransactionManager::begin_transaction_sql(c, "BEGIN IMMEDIATE")?,
    }
    Ok(())
}

/// Commits what went well, rolls back what did not.
pub(super) fn finish<T>(connection: &mut DbConnection, outcome: Result<T, DbError>) -> Result<T, DbError> {
    match outcome {
        Ok(value) => commit(connection).map(|()| value),
        Err(error) => {
            // The first error is the one that matters. A connection that cannot roll back is dropped by the pool,
            // and the server rolls back then.
            if let Err(rollback) =
                crate::on_backend!(connection, c => AnsiTransactionManager::rollback_transaction(c))
            {
                log::debug!("roll-back failed: {rollback}");
            }
            Err(error)
        }
    }
}

fn commit(connection: &mut DbConnection) -> Result<(), DbError> {
    match connection {
        // PostgreSQL answers the COMMIT of a failed transaction with success and rolls it back. A caller that went
        // on after an error would take that for a commit. The empty SELECT fails in such a transaction, which ends
        // the line before COMMIT, and costs no round trip of its own. diesel sees from libpq's transaction status
        // that the transaction has ended.
        DbConnection::Postgres(c) => {
            if let Err(error) = c.batch_execute("SELECT; COMMIT") {
                let rolled_back = AnsiTransactionManager::rollback_transaction(&mut *c);
                if let Err(rollback) = rolled_back {
                    log::debug!("roll-back after a failed commit failed: {rollback}");
                }
                return Err(error.into());
            }
        }
        DbConnection::Sqlite(c) => AnsiTransactionManager::commit_transaction(c)?,
    }
    Ok(())
}
