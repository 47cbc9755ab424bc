//! The chains and what follows from them, in the database. The only module that knows diesel.
//!
//! - [`context`]: what a submit needs to know, read from the primary;
//! - [`append`]: the transaction that appends a link and writes the content that follows from it;
//! - [`namespaces`], [`chain`], [`changes`]: the reads behind the endpoints.

pub mod append;
pub mod chain;
pub mod changes;
pub mod context;
pub mod namespaces;
mod rows;
pub mod schema;

use diesel_migrations::embed_migrations;
use nextid_service::db::{Db, Migrations};

pub use rows::{Head, Namespace, PatchRow, StoredLink, avatar_hex, uuid_text};

/// This service's schema, for both databases.
pub static MIGRATIONS: Migrations = Migrations {
    service: "kv-service",
    postgres: embed_migrations!("migrations/postgres"),
    sqlite: embed_migrations!("migrations/sqlite"),
};

/// Which table a row of the feed refers to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(i16)]
pub enum FeedKind {
    /// A link, by its row id.
    Link = 1,
}

/// The store of kv-service. Clones are cheap.
#[derive(Debug, Clone)]
pub struct Store {
    db: Db,
}

impl Store {
    /// Works on a database that has been migrated.
    pub fn new(db: Db) -> Self {
        Self { db }
    }

    /// The database, for health checks and the feed.
    pub fn db(&self) -> &Db {
        &self.db
    }
}
