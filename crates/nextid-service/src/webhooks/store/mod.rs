//! Endpoints in the database, with what was given up.

mod claims;
mod dead;
mod endpoints;

use diesel::prelude::*;
use diesel::sql_types::BigInt;

pub use claims::{Claimed, Due, Grip, Overview, Places, Progress, Target};
pub use endpoints::{NewWebhook, Replay};

use super::filter::Filter;
use super::schema::webhooks;
use super::standing::Standing;
use super::{BadSigningSecret, SigningSecret};
use crate::db::{Backend, Db, DbConnection, DbError};
use crate::on_backend;

/// The store of webhooks. Clones are cheap.
#[derive(Debug, Clone)]
pub struct WebhookStore {
    db: Db,
}

/// An endpoint as it is stored.
#[derive(Clone, Queryable, Selectable)]
#[diesel(table_name = webhooks)]
pub struct StoredWebhook {
    /// 32 hex digits.
    pub id: String,
    /// Where messages go.
    pub url: String,
    /// For people.
    pub description: String,
    /// Which types are sent, separated by commas.
    pub types: String,
    /// Whose events are sent: 33 bytes.
    pub avatar: Option<Vec<u8>>,
    /// The events of which platform.
    pub platform: Option<String>,
    secret: String,
    secret_before: Option<String>,
    /// The second until which the secret before signs as well.
    pub secret_before_until_secs: i64,
    /// The second at which it was made.
    pub created_at_secs: i64,
    /// Whether messages are sent.
    pub enabled: bool,
    /// Why not: `asked`, `gone`.
    pub disabled_because: Option<String>,
    /// How it stands.
    #[diesel(embed)]
    pub standing: Standing,
    claim: i64,
}

impl std::fmt::Debug for StoredWebhook {
    /// Without the secrets, and without the URL, which may hold one.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("StoredWebhook")
            .field("id", &self.id)
            .field("enabled", &self.enabled)
            .field("standing", &self.standing)
            .finish_non_exhaustive()
    }
}

impl StoredWebhook {
    /// The secrets that sign at this second, the newest first.
    ///
    /// # Errors
    /// When what is stored is none.
    pub fn secrets(&self, now_secs: i64) -> Result<Vec<SigningSecret>, BadSigningSecret> {
        let mut secrets = vec![SigningSecret::parse(&self.secret)?];
        if let Some(before) =
            self.secret_before.as_deref().filter(|_| now_secs < self.secret_before_until_secs)
        {
            secrets.push(SigningSecret::parse(before)?);
        }
        Ok(secrets)
    }

    /// What passes; none where this program does not know what is stored.
    pub fn filter(&self) -> Option<Filter> {
        Filter::stored(&self.types, self.avatar.as_deref(), self.platform.as_deref())
    }
}

impl WebhookStore {
    /// Works on a database that has been migrated.
    pub fn new(db: Db) -> Self {
        Self { db }
    }
}

#[derive(QueryableByName)]
struct Clock {
    #[diesel(sql_type = BigInt)]
    millis: i64,
}

/// The database's clock, in milliseconds: those of replicas differ.
fn database_millis(conn: &mut DbConnection) -> Result<i64, DbError> {
    let sql = match conn.backend() {
        Backend::Postgres => "SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint AS millis",
        Backend::Sqlite => "SELECT CAST(unixepoch('subsec') * 1000 AS bigint) AS millis",
    };
    let clock: Clock = on_backend!(conn, c => diesel::sql_query(sql).get_result(c))?;
    Ok(clock.millis)
}
