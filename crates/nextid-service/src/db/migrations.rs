//! Bringing a database to this program's schema.

use std::sync::Arc;

use diesel::connection::SimpleConnection;
use diesel::migration::{Migration, MigrationSource, MigrationVersion};
use diesel::prelude::*;
use diesel::{pg::Pg, sqlite::Sqlite};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness};

use super::connect::{Purpose, establish};
use super::schema_state::{self, EPOCH_KEY, SERVICE_KEY};
use super::{DbConnection, DbError, DbSettings, SchemaState, transaction, wait_until_reachable};
use crate::feed::schema::meta;

/// Any number will do that no other program locks in our databases: "nextid" in ASCII.
const LOCK: i64 = 0x6e65_7874_6964;

/// The migrations of a service, for both databases, and the only way to run them.
///
/// ```text
/// pub static MIGRATIONS: Migrations = Migrations {
///     service: "proof-service",
///     postgres: embed_migrations!("migrations/postgres"),
///     sqlite: embed_migrations!("migrations/sqlite"),
/// };
/// ```
///
/// The first migration has to make the table `meta` (see [`feed::ddl`](crate::feed::ddl)), in which the database
/// then says whose it is, and which epoch: both are written when it is migrated for the first time. The versions of
/// the two sets should be the same. Each run is one transaction: all pending migrations, or none.
pub struct Migrations {
    /// The service's name, by which it knows its own database.
    pub service: &'static str,
    /// For PostgreSQL.
    pub postgres: EmbeddedMigrations,
    /// For SQLite.
    pub sqlite: EmbeddedMigrations,
}

impl Migrations {
    /// Runs what is pending, after [`wait_until_reachable`], and returns the versions that were run, oldest first.
    /// Of several replicas that start together, one does the work and the others wait for it.
    ///
    /// # Errors
    /// [`DbError::ForeignSchema`], [`DbError::TooNew`], [`DbError::Migration`], and whatever connecting meets. The
    /// database is unchanged then.
    pub async fn run(&'static self, settings: &DbSettings) -> Result<Vec<String>, DbError> {
        self.with_connection(settings, |this, conn| this.locked(conn, Self::run_pending)).await
    }

    /// Takes back the newest migration and returns its version; none when the database is empty.
    ///
    /// # Errors
    /// As [`Migrations::run`].
    pub async fn revert_last(&'static self, settings: &DbSettings) -> Result<Option<String>, DbError> {
        self.with_connection(settings, |this, conn| this.locked(conn, Self::revert_newest)).await
    }

    /// Reads how far the database has been migrated, and changes nothing.
    ///
    /// # Errors
    /// [`DbError::ForeignSchema`], [`DbError::TooNew`], and whatever connecting meets.
    pub async fn state(&'static self, settings: &DbSettings) -> Result<SchemaState, DbError> {
        self.with_connection(settings, |this, conn| {
            schema_state::of(conn, this.service, &this.versions(conn)?)
        })
        .await
    }

    /// Succeeds only where nothing is pending: for a service that must not migrate by itself.
    ///
    /// # Errors
    /// As [`Migrations::state`], and [`DbError::PendingMigrations`].
    pub async fn require_current(&'static self, settings: &DbSettings) -> Result<(), DbError> {
        self.with_connection(settings, |this, conn| {
            let known = this.versions(conn)?;
            match schema_state::of(conn, this.service, &known)? {
                SchemaState::Current => Ok(()),
                SchemaState::Pending(pending) => Err(DbError::PendingMigrations { pending }),
                SchemaState::Empty => Err(DbError::PendingMigrations { pending: known }),
            }
        })
        .await
    }

    async fn with_connection<T, F>(&'static self, settings: &DbSettings, job: F) -> Result<T, DbError>
    where
        F: FnOnce(&'static Self, &mut DbConnection) -> Result<T, DbError> + Send + 'static,
        T: Send + 'static,
    {
        wait_until_reachable(settings).await?;
        let settings = settings.clone();
        let work = move || job(self, &mut establish(&settings, Purpose::Migrate)?);
        tokio::task::spawn_blocking(work).await.unwrap_or(Err(DbError::Aborted))
    }

    /// Runs `job` in one transaction that nobody else's migration can overlap.
    fn locked<T>(
        &self,
        conn: &mut DbConnection,
        job: impl FnOnce(&Self, &mut DbConnection) -> Result<T, DbError>,
    ) -> Result<T, DbError> {
        if let DbConnection::Sqlite(c) = conn {
            c.batch_execute("PRAGMA busy_timeout = 60000")?;
        }
        transaction::begin(conn)?;
        let outcome = lock(conn).and_then(|()| job(self, conn));
        transaction::finish(conn, outcome)
    }

    fn run_pending(&self, conn: &mut DbConnection) -> Result<Vec<String>, DbError> {
        let known = self.versions(conn)?;
        let (pending, is_new) = match schema_state::of(conn, self.service, &known)? {
            SchemaState::Current => return Ok(Vec::new()),
            SchemaState::Pending(pending) => (pending, false),
            SchemaState::Empty => (known, true),
        };
        for version in &pending {
            match conn {
                DbConnection::Postgres(c) => apply(c, &self.of_postgres()?, version)?,
                DbConnection::Sqlite(c) => apply(c, &self.of_sqlite()?, version)?,
            }
        }
        if is_new {
            let epoch = uuid::Uuid::new_v4().simple().to_string();
            let rows = [(SERVICE_KEY, self.service), (EPOCH_KEY, epoch.as_str())]
                .map(|(key, value)| (meta::key.eq(key), meta::value.eq(value)));
            for row in rows {
                crate::on_backend!(conn, c => diesel::insert_into(meta::table).values(row).execute(c))?;
            }
        }
        Ok(pending)
    }

    fn revert_newest(&self, conn: &mut DbConnection) -> Result<Option<String>, DbError> {
        let known = self.versions(conn)?;
        let applied = match schema_state::of(conn, self.service, &known)? {
            SchemaState::Empty => return Ok(None),
            SchemaState::Current => known,
            SchemaState::Pending(pending) => {
                known.into_iter().filter(|version| !pending.contains(version)).collect()
            }
        };
        let Some(newest) = applied.last() else {
            return Ok(None);
        };
        match conn {
            DbConnection::Postgres(c) => revert(c, &self.of_postgres()?, newest)?,
            DbConnection::Sqlite(c) => revert(c, &self.of_sqlite()?, newest)?,
        }
        Ok(Some(newest.clone()))
    }

    /// The versions that this program knows, oldest first.
    fn versions(&self, conn: &DbConnection) -> Result<Vec<String>, DbError> {
        let mut versions: Vec<String> = match conn {
            DbConnection::Postgres(_) => {
                self.of_postgres()?.iter().map(|m| m.name().version().to_string()).collect()
            }
            DbConnection::Sqlite(_) => {
                self.of_sqlite()?.iter().map(|m| m.name().version().to_string()).collect()
            }
        };
        versions.sort_unstable();
        Ok(versions)
    }

    fn of_postgres(&self) -> Result<Vec<Box<dyn Migration<Pg>>>, DbError> {
        MigrationSource::<Pg>::migrations(&self.postgres).map_err(|cause| failed("list", cause))
    }

    fn of_sqlite(&self) -> Result<Vec<Box<dyn Migration<Sqlite>>>, DbError> {
        MigrationSource::<Sqlite>::migrations(&self.sqlite).map_err(|cause| failed("list", cause))
    }
}

fn apply<DB: diesel::backend::Backend, C: MigrationHarness<DB>>(
    conn: &mut C,
    migrations: &[Box<dyn Migration<DB>>],
    version: &str,
) -> Result<(), DbError> {
    let Some(migration) = find(migrations, version) else {
        return Ok(());
    };
    log::info!("migration {} runs", migration.name());
    // diesel's own table may not be there yet, and only this makes it.
    conn.applied_migrations().map_err(|cause| failed(version, cause))?;
    conn.run_migration(migration).map(drop).map_err(|cause| failed(&migration.name().to_string(), cause))
}

fn revert<DB: diesel::backend::Backend, C: MigrationHarness<DB>>(
    conn: &mut C,
    migrations: &[Box<dyn Migration<DB>>],
    version: &str,
) -> Result<(), DbError> {
    let Some(migration) = find(migrations, version) else {
        return Ok(());
    };
    log::info!("migration {} is taken back", migration.name());
    conn.revert_migration(migration).map(drop).map_err(|cause| failed(&migration.name().to_string(), cause))
}

fn find<'m, DB: diesel::backend::Backend>(
    migrations: &'m [Box<dyn Migration<DB>>],
    version: &str,
) -> Option<&'m dyn Migration<DB>> {
    let wanted = MigrationVersion::from(version);
    migrations.iter().find(|migration| migration.name().version() == wanted).map(AsRef::as_ref)
}

/// Waits for the lock on migrations. SQLite's transaction is such a lock already.
fn lock(conn: &mut DbConnection) -> Result<(), DbError> {
    let DbConnection::Postgres(c) = conn else {
        return Ok(());
    };
    // Another replica's migration may take long and is waited for. An ALTER TABLE that waits behind a long read
    // makes everybody behind it wait, so it gets only the session's ordinary time.
    c.batch_execute(&format!(
        "SET LOCAL idle_in_transaction_session_timeout = 0; SELECT set_config('nextid.lock_timeout', \
         current_setting('lock_timeout'), true); SET LOCAL lock_timeout = '10min'; \
         SELECT pg_advisory_xact_lock({LOCK}); \
         SELECT set_config('lock_timeout', current_setting('nextid.lock_timeout'), true)"
    ))?;
    Ok(())
}

fn failed(name: &str, cause: Box<dyn std::error::Error + Send + Sync>) -> DbError {
    DbError::Migration { name: name.to_owned(), cause: Arc::from(cause) }
}
