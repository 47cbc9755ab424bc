//! The handle through which everything else reaches the database.

use std::sync::Arc;

use tokio::sync::Semaphore;
use tokio::task::{JoinError, spawn_blocking};

use super::connect::Purpose;
use super::pool::{Pool, acquire};
use super::{Backend, DbConnection, DbError, DbSettings, wait_until_reachable};

/// The database of a service. Clones are cheap and share the connections.
///
/// Its methods take a closure and run it, with a connection, on a blocking thread. The closure must not wait for
/// anything but the database. Who waits longer than [`DbSettings::acquire_timeout`] for a connection gets
/// [`DbError::Overloaded`]. A caller that goes away while waiting leaves nothing behind; one that goes away later
/// does not stop the closure.
#[derive(Clone)]
pub struct Db {
    backend: Backend,
    primary: Pool,
    replica: Option<Pool>,
    /// SQLite has one writer at a time, and its own waiting is unfair and costs a connection each.
    writer: Option<Arc<Semaphore>>,
    settings: Arc<DbSettings>,
}

/// How many connections a pool has, for metrics.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PoolState {
    /// Connections that are open.
    pub open: u32,
    /// Open connections that nobody uses.
    pub idle: u32,
    /// The most there can be.
    pub size: u32,
}

impl Db {
    /// Opens the database, after [`wait_until_reachable`]. It runs no migrations.
    ///
    /// # Errors
    /// As [`wait_until_reachable`]. A replica that cannot be reached is not an error.
    pub async fn open(settings: DbSettings) -> Result<Self, DbError> {
        let backend = Backend::of(&settings.url)?;
        if let Some(read_url) = &settings.read_url
            && (backend, Backend::of(read_url)?) != (Backend::Postgres, Backend::Postgres)
        {
            return Err(DbError::InvalidUrl { reason: "database.read_url is for two PostgreSQL servers" });
        }
        wait_until_reachable(&settings).await?;
        Ok(Self {
            backend,
            primary: Pool::new(&settings, Purpose::Serve),
            replica: settings.read_url.is_some().then(|| Pool::new(&settings, Purpose::Replica)),
            writer: (backend == Backend::Sqlite).then(|| Arc::new(Semaphore::new(1))),
            settings: Arc::new(settings),
        })
    }

    /// Which database this is.
    pub fn backend(&self) -> Backend {
        self.backend
    }

    /// How it was opened.
    pub fn settings(&self) -> &DbSettings {
        &self.settings
    }

    /// The state of the primary's pool.
    pub fn pool_state(&self) -> PoolState {
        let (open, idle, size) = self.primary.state();
        PoolState { open, idle, size }
    }

    /// Reads, from the replica if there is one: the answer may be a little old. If the replica fails, the primary
    /// answers.
    ///
    /// `job` must not change anything: it is run once more on a fresh connection if its connection dies. Each of its
    /// statements sees what was committed when the statement began.
    ///
    /// # Errors
    /// The job's own, [`DbError::Unavailable`], [`DbError::Overloaded`].
    pub async fn read<T, F>(&self, mut job: F) -> Result<T, DbError>
    where
        F: FnMut(&mut DbConnection) -> Result<T, DbError> + Send + 'static,
        T: Send + 'static,
    {
        let Some(replica) = self.replica.clone() else {
            return self.primary(job).await;
        };
        let permit = replica.permit().await?;
        let (outcome, job) = spawn_blocking(move || {
            let outcome = replica.read(&mut job);
            drop(permit);
            (outcome, job)
        })
        .await
        .map_err(aborted)?;
        match outcome {
            Err(DbError::Unavailable { cause }) => {
                log::debug!("the primary answers for the replica: {cause}");
                self.primary(job).await
            }
            outcome => outcome,
        }
    }

    /// Reads from the primary: everything that was committed before is seen. Otherwise as [`Db::read`].
    ///
    /// # Errors
    /// As [`Db::read`].
    pub async fn primary<T, F>(&self, job: F) -> Result<T, DbError>
    where
        F: FnMut(&mut DbConnection) -> Result<T, DbError> + Send + 'static,
        T: Send + 'static,
    {
        let permit = self.primary.permit().await?;
        let pool = self.primary.clone();
        spawn_blocking(move || {
            let outcome = pool.read(job);
            drop(permit);
            outcome
        })
        .await
        .map_err(aborted)?
    }

    /// Runs `job` in one transaction, which is committed if it returns `Ok` and rolled back if it returns `Err` or
    /// panics. When this returns `Ok`, the commit is on disk.
    ///
    /// On PostgreSQL the isolation is READ COMMITTED. A job that went on after a failed statement gets an error and
    /// nothing is committed. It is never run twice.
    ///
    /// # Errors
    /// The job's own, [`DbError::Overloaded`], [`DbError::Busy`], and [`DbError::Unavailable`], after which the
    /// transaction may have been committed or not.
    pub async fn write<T, F>(&self, job: F) -> Result<T, DbError>
    where
        F: FnOnce(&mut DbConnection) -> Result<T, DbError> + Send + 'static,
        T: Send + 'static,
    {
        let turn = match &self.writer {
            Some(writer) => Some(acquire(writer, self.settings.acquire_timeout).await?),
            None => None,
        };
        let permit = self.primary.permit().await?;
        let pool = self.primary.clone();
        spawn_blocking(move || {
            let outcome = pool.write(job);
            drop((permit, turn));
            outcome
        })
        .await
        .map_err(aborted)?
    }
}

impl Db {
    /// Runs a job of one statement that writes. On PostgreSQL no transaction is put around it, because the statement is one
    /// by itself; that saves two round trips. On SQLite, where a job may have several statements, this is [`Db::write`].
    ///
    /// The statement must do nothing if what it writes is there already: it is run once more on a fresh connection if its
    /// connection dies. When this returns `Ok`, the commit is on disk.
    ///
    /// # Errors
    /// As [`Db::write`].
    pub async fn write_statement<T, F>(&self, job: F) -> Result<T, DbError>
    where
        F: FnMut(&mut DbConnection) -> Result<T, DbError> + Send + 'static,
        T: Send + 'static,
    {
        match self.backend {
            Backend::Postgres => self.primary(job).await,
            Backend::Sqlite => self.write(job).await,
        }
    }
}

impl std::fmt::Debug for Db {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Db").field("settings", &self.settings).field("pool", &self.pool_state()).finish()
    }
}

/// The panic's text is on stderr already; it is ours and does not belong into an answer.
fn aborted(_: JoinError) -> DbError {
    DbError::Aborted
}
