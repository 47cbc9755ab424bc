//! One code path over PostgreSQL 15+ and SQLite.
//!
//! [`Db`] hands a [`DbConnection`], an enum of two, to a closure that runs on a blocking thread.
//! [`on_backend!`](crate::on_backend) writes one body for both variants, so that a store module is written once:
//!
//! ```
//! use diesel::prelude::*;
//! use nextid_service::db::{Db, DbError};
//! use nextid_service::on_backend;
//!
//! diesel::table! { note (id) { id -> BigInt, text -> Text } }
//!
//! async fn add(db: &Db, text: String) -> Result<usize, DbError> {
//!     db.write(move |conn| {
//!         on_backend!(conn, c => {
//!             Ok(diesel::insert_into(note::table).values(note::text.eq(text)).execute(c)?)
//!         })
//!     })
//!     .await
//! }
//! ```
//!
//! Times are stored as unix seconds in `BigInt`, keys and signatures as `Binary`.

mod attempt;
mod backend;
mod connect;
mod database;
mod error;
mod manager;
mod migrations;
mod pool;
mod postgres;
mod prepared;
mod refusal;
mod schema_state;
mod settings;
mod sqlite;
mod transaction;

pub use attempt::MaybeDbError;
pub use backend::{Backend, DbConnection};
pub use connect::wait_until_reachable;
pub use database::{Db, PoolState};
pub use error::DbError;
pub use migrations::Migrations;
pub use prepared::{Column, Prepared, PreparedText, array};
pub use refusal::Refusal;
pub(crate) use schema_state::EPOCH_KEY;
pub use schema_state::SchemaState;
pub use settings::DbSettings;
