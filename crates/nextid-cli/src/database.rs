//! A service's database, which this command works on beside the service.

use std::path::Path;
use std::time::Duration;

use nextid_service::db::{Db, DbError, DbSettings, Migrations, SchemaState};

use crate::error::CliError;

/// Opens a service's database. An empty one is made that service's; one that lacks migrations is left to its service,
/// which may be running with the schema that it has.
///
/// # Errors
/// [`CliError::Database`].
pub async fn open(url: &str, migrations: &'static Migrations) -> Result<Db, CliError> {
    let settings = settings(url);
    prepare(&settings, migrations).await.map_err(CliError::Database)?;
    Db::open(settings).await.map_err(CliError::Database)
}

/// Opens the database of one of these services, which it has to be already: nothing is made or changed. Returns which.
///
/// # Errors
/// [`CliError::Usage`] for a file that is not there, [`CliError::Database`].
pub async fn open_one_of(
    url: &str,
    candidates: &[&'static Migrations],
) -> Result<(Db, &'static Migrations), CliError> {
    // Opening it would make it.
    if let Some(path) = url.strip_prefix("sqlite://")
        && !Path::new(path).exists()
    {
        return Err(CliError::usage(format!("there is no file {path}"), "Check --to."));
    }
    let settings = settings(url);
    let mut foreign = DbError::InvalidUrl { reason: "it is no service's" };
    for migrations in candidates {
        match migrations.require_current(&settings).await {
            Ok(()) => {
                let db = Db::open(settings).await.map_err(CliError::Database)?;
                return Ok((db, *migrations));
            }
            Err(error @ DbError::ForeignSchema { .. }) => foreign = error,
            Err(error) => return Err(CliError::Database(error)),
        }
    }
    Err(CliError::Database(foreign))
}

fn settings(url: &str) -> DbSettings {
    DbSettings {
        pool_size: 2,
        startup_wait: Duration::ZERO,
        // A running service may be busy, and nobody waits for us.
        acquire_timeout: Duration::from_secs(60),
        lock_timeout: Duration::from_secs(60),
        statement_timeout: Duration::from_secs(120),
        application_name: "nextid".to_owned(),
        ..DbSettings::new(url)
    }
}

async fn prepare(settings: &DbSettings, migrations: &'static Migrations) -> Result<(), DbError> {
    match migrations.state(settings).await? {
        SchemaState::Current => Ok(()),
        SchemaState::Empty => migrations.run(settings).await.map(drop),
        SchemaState::Pending(pending) => Err(DbError::PendingMigrations { pending }),
    }
}
