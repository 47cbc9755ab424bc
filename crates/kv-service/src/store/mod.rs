//! The chains and what follows from them, in the database. The only module that knows diesel.
//!
//! - [`context`]: what a submit needs to know, read from the primary;
//! - [`append`]: the transaction that appends a link and writes the content that follows from it;
//! - [`namespaces`], [`chain`], [`changes`]: the reads behind the endpoints;
//! - [`import`], [`mirror`]: chains that an operator takes over from elsewhere, and all that another service has;
//! - [`bindings`], [`follow`]: what is bound, as proof-service's feed tells it.

pub mod append;
mod batches;
pub mod bindings;
pub mod chain;
pub mod changes;
pub mod context;
pub mod follow;
mod foreign;
mod foreign_contents;
pub mod fsck;
pub mod import;
mod marks;
pub mod mirror;
mod namespace;
pub mod namespaces;
mod rows;
pub mod schema;

use diesel_migrations::embed_migrations;
use nextid_service::batcher::metrics::ReadStats;
use nextid_service::db::{Db, Migrations};

use batches::Batches;
pub use marks::Marks;
pub use namespace::{Namespace, Standing};
pub use nextid_service::chain::Head;
pub use rows::{NamespaceRow, PatchRow, StoredLink, avatar_hex, uuid_text};

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
    batches: Batches,
}

impl Store {
    /// Works on a database that has been migrated, with tasks on the current tokio runtime.
    ///
    /// # Panics
    /// Outside of a tokio runtime.
    pub fn new(db: Db) -> Self {
        let batches = Batches::spawn(&db);
        Self { db, batches }
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
}
