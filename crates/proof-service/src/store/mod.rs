//! The chains and what follows from them, in the database. The only module that knows diesel.
//!
//! - [`context`]: what a submit needs to know, read from the primary;
//! - [`append`]: the transaction that appends a link and applies it;
//! - [`import`], [`mirror`]: chains that an operator takes over from elsewhere, and all that another service has;
//! - [`subkeys`]: the further keys that Avatars certify;
//! - [`search`], [`chain`], [`changes`], [`bindings`]: the reads behind the endpoints;
//! - [`recheck`], [`states`]: looking at proofs again, and what became of them.

mod adopt;
pub mod aliases;
pub mod append;
mod batches;
pub mod bindings;
pub mod chain;
pub mod changes;
pub mod context;
mod foreign;
mod foreign_bindings;
pub mod fsck;
pub mod import;
pub mod mirror;
pub mod recheck;
mod rows;
pub mod schema;
pub mod search;
mod search_found;
mod search_page;
#[cfg(test)]
mod search_plan;
mod search_rows;
mod search_sql;
mod search_terms;
pub mod states;
pub mod subkeys;

use diesel_migrations::embed_migrations;
use nextid_service::batcher::metrics::ReadStats;
use nextid_service::db::{Db, Migrations};

use batches::Batches;
pub use rows::StoredLink;

use crate::recheck::Schedule;

/// This service's schema, for both databases.
pub static MIGRATIONS: Migrations = Migrations {
    service: "proof-service",
    postgres: embed_migrations!("migrations/postgres"),
    sqlite: embed_migrations!("migrations/sqlite"),
};

/// Which table a row of the feed refers to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(i16)]
pub enum FeedKind {
    /// A link, by its row id.
    Link = 1,
    /// A change of a proof's state, by its row id in `state_changes`.
    State = 2,
}

/// The store of proof-service. Clones are cheap.
#[derive(Debug, Clone)]
pub struct Store {
    db: Db,
    schedule: Schedule,
    batches: Batches,
}

impl Store {
    /// Works on a database that has been migrated, with tasks on the current tokio runtime.
    ///
    /// # Panics
    /// Outside of a tokio runtime.
    pub fn new(db: Db) -> Self {
        Self::with_schedule(db, Schedule::default())
    }

    /// As [`Store::new`]; new bindings are looked at again after this schedule.
    ///
    /// # Panics
    /// Outside of a tokio runtime.
    pub fn with_schedule(db: Db, schedule: Schedule) -> Self {
        let batches = Batches::spawn(&db, schedule);
        Self { db, schedule, batches }
    }

    /// Finishes the appends and reads that wait, and takes no more.
    pub async fn stop(&self) {
        self.batches.stop().await;
    }

    /// What is done together for callers that wait at the same time, for metrics.
    pub fn batcher_stats(&self) -> Vec<ReadStats> {
        self.batches.stats()
    }

    fn batches(&self) -> &Batches {
        &self.batches
    }

    /// The database, for health checks and the feed.
    pub fn db(&self) -> &Db {
        &self.db
    }

    /// When proofs are looked at again.
    pub fn schedule(&self) -> &Schedule {
        &self.schedule
    }
}
