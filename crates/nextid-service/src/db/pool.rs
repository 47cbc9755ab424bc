//! A bounded pool of connections to one server.

use std::sync::Arc;
use std::time::{Duration, Instant};

use diesel::r2d2::R2D2Connection;
use r2d2::{NopErrorHandler, PooledConnection};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::connect::Purpose;
use super::manager::{Health, Manager, Slot};
use super::transaction;
use super::{DbConnection, DbError, DbSettings};

/// How often a caller that waits for a new connection looks whether connecting has failed.
const LOOK: Duration = Duration::from_millis(50);

/// A pool of connections to one server. Clones share it.
///
/// A semaphore of the pool's size is in front of it, so that what waits, waits without a thread.
#[derive(Clone)]
pub(super) struct Pool {
    connections: r2d2::Pool<Manager>,
    permits: Arc<Semaphore>,
    health: Arc<Health>,
    acquire_timeout: Duration,
    size: u32,
}

impl Pool {
    /// A pool without connections; they are opened when they are needed.
    pub(super) fn new(settings: &DbSettings, purpose: Purpose) -> Self {
        let health = Arc::new(Health::default());
        let size = settings.pool_size.max(1);
        let connections = r2d2::Pool::builder()
            .max_size(size)
            .min_idle(Some(0))
            .test_on_check_out(false)
            .error_handler(Box::new(NopErrorHandler))
            // r2d2 repeats a failed attempt in the background, at intervals of up to half of this.
            .connection_timeout(Duration::from_secs(2))
            .build_unchecked(Manager::new(settings.clone(), purpose, Arc::clone(&health)));
        Self {
            connections,
            permits: Arc::new(Semaphore::new(
                usize::try_from(size).unwrap_or(usize::MAX).min(Semaphore::MAX_PERMITS),
            )),
            health,
            acquire_timeout: settings.acquire_timeout,
            size,
        }
    }

    /// A permit to take a connection.
    pub(super) async fn permit(&self) -> Result<OwnedSemaphorePermit, DbError> {
        acquire(&self.permits, self.acquire_timeout).await
    }

    /// Connections that are open, that are idle, and the most there can be.
    pub(super) fn state(&self) -> (u32, u32, u32) {
        let state = self.connections.state();
        (state.connections, state.idle_connections, self.size)
    }

    /// Runs a job that changes nothing. If its connection dies, it is run once more on a fresh one. It blocks.
    pub(super) fn read<T>(
        &self,
        mut job: impl FnMut(&mut DbConnection) -> Result<T, DbError>,
    ) -> Result<T, DbError> {
        let mut slot = self.check_out()?;
        match self.watched(&mut slot, &mut job) {
            Err(error) if error.spoils_connection() => {
                log::debug!("a read is repeated on a fresh connection: {error}");
                drop(slot);
                self.watched(&mut *self.check_out()?, job)
            }
            outcome => outcome,
        }
    }

    /// Runs a job in one transaction. If the connection turns out to be dead before the job begins, another one is
    /// taken; afterwards nothing is repeated. It blocks.
    pub(super) fn write<T>(
        &self,
        job: impl FnOnce(&mut DbConnection) -> Result<T, DbError>,
    ) -> Result<T, DbError> {
        let mut slot = self.check_out()?;
        if let Err(error) = self.watched(&mut slot, transaction::begin) {
            if !error.spoils_connection() {
                return Err(error);
            }
            log::debug!("a transaction is begun on a fresh connection: {error}");
            drop(slot);
            slot = self.check_out()?;
            self.watched(&mut slot, transaction::begin)?;
        }
        self.watched(&mut slot, |connection| {
            let outcome = job(connection);
            transaction::finish(connection, outcome)
        })
    }

    /// Runs a job and notes whether its connection can be used again, also when the job panics.
    fn watched<T>(
        &self,
        slot: &mut Slot,
        job: impl FnOnce(&mut DbConnection) -> Result<T, DbError>,
    ) -> Result<T, DbError> {
        slot.sound = false;
        let outcome = job(&mut slot.connection).map_err(|error| unmask(&mut slot.connection, error));
        match &outcome {
            Err(error) if error.spoils_connection() => self.health.report_dead(slot),
            _ => slot.sound = true,
        }
        outcome
    }

    /// Takes a connection, and gives up as soon as connecting fails: r2d2 alone would wait to the end.
    fn check_out(&self) -> Result<PooledConnection<Manager>, DbError> {
        let start = Instant::now();
        loop {
            match self.connections.get_timeout(LOOK) {
                Ok(mut slot) if slot.is_suspect(&self.health) => slot.sound = false,
                Ok(slot) => return Ok(slot),
                Err(_) => {
                    // Where some connections are open and only more of them are refused, one of those comes back.
                    if let Some(outage) = self.health.outage()
                        && self.connections.state().connections == 0
                    {
                        return Err(outage);
                    }
                    let waited = start.elapsed();
                    if waited >= self.acquire_timeout {
                        return Err(DbError::Overloaded { waited });
                    }
                }
            }
        }
    }
}

/// Not every error says that the session has died with it; diesel keeps that apart, from libpq's own status.
fn unmask(connection: &mut DbConnection, error: DbError) -> DbError {
    let (DbError::Other(cause), DbConnection::Postgres(c)) = (&error, connection) else {
        return error;
    };
    if c.is_broken() { DbError::Unavailable { cause: cause.to_string() } } else { error }
}

/// A permit, or [`DbError::Overloaded`] after `timeout`. Who waits longest is next.
pub(super) async fn acquire(
    semaphore: &Arc<Semaphore>,
    timeout: Duration,
) -> Result<OwnedSemaphorePermit, DbError> {
    match tokio::time::timeout(timeout, Arc::clone(semaphore).acquire_owned()).await {
        Ok(Ok(permit)) => Ok(permit),
        Ok(Err(_)) => Err(DbError::Unavailable { cause: "the pool is closed".to_owned() }),
        Err(_) => Err(DbError::Overloaded { waited: timeout }),
    }
}
