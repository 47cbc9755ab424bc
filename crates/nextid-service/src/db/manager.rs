//! What r2d2 needs to know of our connections.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use diesel::r2d2::R2D2Connection;
use r2d2::ManageConnection;

use super::connect::{Purpose, establish};
use super::settings::shown;
use super::{DbConnection, DbError, DbSettings};

/// How long a failure to connect speaks for the present: longer than the pause between r2d2's own attempts.
const FRESH: Duration = Duration::from_secs(3);

/// A pooled connection with what the pool has learnt about it.
pub(super) struct Slot {
    pub(super) connection: DbConnection,
    /// False while a job runs, so that a panic leaves it false, and after an error that ends connections.
    pub(super) sound: bool,
    generation: u64,
}

impl Slot {
    /// Whether a connection of the same age or younger has been found dead since this one was opened.
    pub(super) fn is_suspect(&self, health: &Health) -> bool {
        self.generation < health.generation.load(Ordering::Acquire)
    }
}

/// What the connections of one pool tell each other.
#[derive(Debug, Default)]
pub(super) struct Health {
    /// A server that restarts kills all connections at once, and nobody notices before using one. The first that is
    /// found dead makes all that were opened before suspect, so that each costs nobody an error.
    generation: AtomicU64,
    /// When and why the last attempt to connect failed; none once one succeeded.
    outage: Mutex<Option<(Instant, DbError)>>,
}

impl Health {
    pub(super) fn report_dead(&self, slot: &Slot) {
        let next = slot.generation.saturating_add(1);
        self.generation.fetch_max(next, Ordering::AcqRel);
    }

    /// Why connecting fails at present.
    pub(super) fn outage(&self) -> Option<DbError> {
        let outage = self.outage.lock().unwrap_or_else(PoisonError::into_inner);
        outage.as_ref().filter(|(since, _)| since.elapsed() < FRESH).map(|(_, error)| error.clone())
    }

    /// Notes how connecting went and returns whether the attempt before it had failed.
    fn note(&self, failure: Option<DbError>) -> bool {
        let mut outage = self.outage.lock().unwrap_or_else(PoisonError::into_inner);
        std::mem::replace(&mut *outage, failure.map(|error| (Instant::now(), error))).is_some()
    }
}

/// Opens connections for one pool.
#[derive(Debug)]
pub(super) struct Manager {
    settings: DbSettings,
    purpose: Purpose,
    health: Arc<Health>,
}

impl Manager {
    pub(super) fn new(settings: DbSettings, purpose: Purpose, health: Arc<Health>) -> Self {
        Self { settings, purpose, health }
    }

    fn shown(&self) -> String {
        match (self.purpose, &self.settings.read_url) {
            (Purpose::Replica, Some(read_url)) => shown(read_url),
            _ => shown(&self.settings.url),
        }
    }
}

impl ManageConnection for Manager {
    type Connection = Slot;
    type Error = DbError;

    fn connect(&self) -> Result<Slot, DbError> {
        // Read before connecting: a connection that is opened while another one dies may be dead as well.
        let generation = self.health.generation.load(Ordering::Acquire);
        match establish(&self.settings, self.purpose) {
            Ok(connection) => {
                if self.health.note(None) {
                    log::info!("the database at {} answers again", self.shown());
                }
                Ok(Slot { connection, sound: true, generation })
            }
            Err(error) => {
                if !self.health.note(Some(error.clone())) {
                    log::error!("cannot connect to the database at {}: {error}", self.shown());
                }
                Err(error)
            }
        }
    }

    fn is_valid(&self, slot: &mut Slot) -> Result<(), DbError> {
        Ok(crate::on_backend!(&mut slot.connection, c => c.ping())?)
    }

    fn has_broken(&self, slot: &mut Slot) -> bool {
        // The second half finds a transaction that a job left open.
        !slot.sound || crate::on_backend!(&mut slot.connection, c => c.is_broken())
    }
}
