//! A transaction that may end with a refusal of the caller's own.

use std::sync::{Arc, Mutex, PoisonError};

use diesel::result::Error as DieselError;

use super::{Db, DbConnection, DbError};

/// An error that may be the database's.
pub trait MaybeDbError: From<DbError> {
    /// The database's error, if it is one.
    fn as_db(&self) -> Option<&DbError>;
}

impl Db {
    /// As [`Db::write`], for a job that may refuse: whatever it did is rolled back then.
    ///
    /// # Errors
    /// The job's own, and whatever [`Db::write`] meets.
    pub async fn attempt<T, E, F>(&self, job: F) -> Result<T, E>
    where
        F: FnOnce(&mut DbConnection) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: MaybeDbError + Send + 'static,
    {
        let refusal = Arc::new(Mutex::new(None));
        let told = Arc::clone(&refusal);
        let outcome = self
            .write(move |conn| {
                job(conn).map_err(|error| match error.as_db() {
                    Some(error) => error.clone(),
                    None => {
                        *told.lock().unwrap_or_else(PoisonError::into_inner) = Some(error);
                        DbError::Other(Arc::new(DieselError::RollbackTransaction))
                    }
                })
            })
            .await;
        outcome.map_err(|error| {
            let refused = refusal.lock().unwrap_or_else(PoisonError::into_inner).take();
            refused.unwrap_or_else(|| error.into())
        })
    }
}
