//! What both services do between their configuration and their routes: reach the database, migrate it, build the client,
//! say when they are ready.

use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use nextid_core::CreatedAt;
use nextid_net::{AllowHost, GuardedClient, NetConfig};

use crate::cli::{ExitCode, Fatal};
use crate::clock::{self, WrongClock};
use crate::config::{Config, Service};
use crate::db::{Db, DbConnection, DbError, DbSettings, Migrations};
use crate::events::{EventMetrics, EventSource, Hub, HubSettings};
use crate::feed::Sequencer;
use crate::health::{Outcome, Readiness};
use crate::metrics::Metrics;
use crate::mirror::{self, MarkError};
use crate::server::ServerError;
use crate::shutdown::Shutdown;

/// Why a service does not start. Each names the key to change.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The database cannot be used.
    #[error("database.url: {0}")]
    Database(#[from] DbError),
    /// This machine's clock is wrong.
    #[error(transparent)]
    Clock(#[from] WrongClock),
    /// An address cannot be listened at.
    #[error(transparent)]
    Server(#[from] ServerError),
    /// The guarded client cannot be built.
    #[error("net: {0}")]
    Net(String),
    /// The database is a mirror's, or must be.
    #[error("database.url: {0}")]
    Mirror(#[from] MarkError),
    /// A platform's settings cannot be used.
    #[error("{0}")]
    Platform(String),
    /// Metrics cannot be registered.
    #[error("metrics: {0}")]
    Metrics(#[from] prometheus::Error),
}

impl From<StartError> for Fatal {
    fn from(error: StartError) -> Self {
        match error {
            StartError::Database(error) => error.into(),
            StartError::Clock(error) => Self::new(ExitCode::Clock, error),
            StartError::Server(error) => error.into(),
            StartError::Mirror(MarkError::Db(error)) => error.into(),
            StartError::Mirror(error) => Self::new(ExitCode::Database, format_args!("database.url: {error}")),
            StartError::Net(_) | StartError::Platform(_) => Self::new(ExitCode::Config, error),
            StartError::Metrics(_) => Self::new(ExitCode::Failure, error),
        }
    }
}

/// How the configuration reaches a database.
pub fn database_settings(config: &Config, service: Service) -> DbSettings {
    let database = &config.database;
    DbSettings {
        read_url: database.read_url.as_ref().map(|url| url.expose().to_owned()),
        pool_size: database.pool_size,
        acquire_timeout: Duration::from_millis(database.acquire_timeout_ms),
        startup_wait: Duration::from_secs(database.connect_wait_secs),
        application_name: service.name().to_owned(),
        ..DbSettings::new(database.url.expose())
    }
}

/// Opens the database with its schema up to date: migrated now, or, where `database.migrate` is off, before.
///
/// # Errors
/// Whatever [`Migrations`] and [`Db::open`] meet, and a clock that is wrong.
pub async fn open_database(
    config: &Config,
    service: Service,
    migrations: &'static Migrations,
) -> Result<Db, StartError> {
    let settings = database_settings(config, service);
    clock::check_file(config)?;
    let db = Db::open(settings.clone()).await?;
    clock::check_server(&db, config).await??;
    if config.database.migrate {
        migrations.run(&settings).await?;
    } else {
        migrations.require_current(&settings).await?;
    }
    Ok(db)
}

/// Refuses to serve a mirror's database as a service's own, and the other way round.
///
/// # Errors
/// [`StartError::Mirror`].
pub async fn check_mirror(config: &Config, db: &Db) -> Result<(), StartError> {
    let is_mirror = config.mirror.of.is_some();
    let check = move |conn: &mut DbConnection| match is_mirror {
        true => mirror::require_mirror_or_empty(conn).map(drop),
        false => mirror::require_own(conn),
    };
    Ok(db.attempt(check).await?)
}

/// The client for hosts that users name.
///
/// # Errors
/// When `net.allow_hosts` cannot be read, or the machine has no certificates.
pub fn guarded_client(config: &Config) -> Result<GuardedClient, StartError> {
    let allow_hosts = AllowHost::parse_list(&config.net.allow_hosts.join(","))
        .map_err(|error| StartError::Net(format!("allow_hosts: {error}")))?;
    let net = NetConfig {
        allow_hosts,
        timeout_ms: config.net.timeout_ms,
        max_bytes: usize::try_from(config.net.max_bytes).unwrap_or(usize::MAX),
        ..NetConfig::default()
    };
    GuardedClient::new(net).map_err(|error| StartError::Net(error.to_string()))
}

/// Runs the pending migrations, and says in a line what was done.
///
/// # Errors
/// Whatever [`Migrations::run`] meets.
pub async fn migrate(
    config: &Config,
    service: Service,
    migrations: &'static Migrations,
) -> Result<String, StartError> {
    let done = migrations.run(&database_settings(config, service)).await?;
    Ok(match done.as_slice() {
        [] => "the database is up to date".to_owned(),
        versions => format!("migrated: {}", versions.join(", ")),
    })
}

/// What tells the feed to streams of events, and to readers that wait.
///
/// # Errors
/// When its metrics cannot be registered.
pub fn hub(
    source: impl EventSource,
    sequencer: &Sequencer,
    config: &Config,
    shutdown: &Shutdown,
    metrics: &Metrics,
) -> Result<Hub, StartError> {
    let measured = EventMetrics::new(metrics.registry())?;
    let settings = HubSettings::from(config);
    Ok(Hub::spawn(Arc::new(source), sequencer.watch(), settings, shutdown.clone(), measured))
}

/// Ready when the database answers; degraded when the feed stands still.
pub fn readiness(db: &Db, sequencer: &Arc<Sequencer>) -> Readiness {
    let (db, sequencer) = (db.clone(), Arc::clone(sequencer));
    Readiness::new()
        .check("database", move || {
            let db = db.clone();
            async move {
                match db.primary(|conn| crate::feed::epoch(conn).map(drop)).await {
                    Ok(()) => Outcome::Ok,
                    Err(error) => Outcome::Unready(unready_because(&error)),
                }
            }
        })
        .check("feed", move || {
            let healthy = sequencer.is_healthy();
            async move {
                if healthy { Outcome::Ok } else { Outcome::Degraded("the feed stands still".to_owned()) }
            }
        })
}

/// Why the database does not do, without its own words, which may name hosts and users.
fn unready_because(error: &DbError) -> String {
    match error {
        DbError::Overloaded { .. } => "all connections are in use",
        DbError::Unavailable { .. } => "the database cannot be reached",
        DbError::NotDurable { .. } => "synchronous_commit is off",
        error if error.is_not_found() => "the database is not migrated",
        _ => "the database fails",
    }
    .to_owned()
}

/// The clock's second.
pub fn now() -> CreatedAt {
    let seconds = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
    // A clock before 1970 or after 9999 reads as 1970: then nothing is fresh, and every answer says so.
    CreatedAt::from_seconds(i64::try_from(seconds).unwrap_or(i64::MAX)).unwrap_or(CreatedAt::EPOCH)
}
