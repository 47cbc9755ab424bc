//! The chains and what follows from them, in the database. The only module that knows diesel.
//!
//! - [`context`]: what a submit needs to know, read from the primary;
//! - [`append`]: the transaction that appends a link and applies it;
//! - [`subkeys`]: the further keys that Avatars certify;
//! - [`search`], [`chain`], [`changes`], [`bindings`]: the reads behind the endpoints;
//! - [`recheck`], [`states`]: looking at proofs again, and what became of them.

pub mod aliases;
pub mod append;
pub mod bindings;
pub mod chain;
pub mod changes;
pub mod context;
pub mod recheck;
mod rows;
pub mod schema;
pub mod search;
mod search_sql;
pub mod states;
pub mod subkeys;

use diesel_migrations::embed_migrations;
use nextid_service::db::{Db, Migrations};

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
}

impl Store {
    /// Works on a database that has been migrated.
    pub fn new(db: Db) -> Self {
        Self::with_schedule(db, Schedule::default())
    }

    /// As [`Store::new`]; new bindings are looked at again after this schedule.
    pub fn with_schedule(db: Db, schedule: Schedule) -> Self {
        Self { db, schedule }
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
