//! Opening one connection, and waiting for a server that is not there yet.

use std::time::Duration;

use tokio::time::Instant;

use super::settings::shown;
use super::{Backend, DbConnection, DbError, DbSettings, Refusal, postgres, sqlite};

/// What a connection is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Purpose {
    /// The pool of the primary.
    Serve,
    /// The pool of the replica.
    Replica,
    /// Migrations, which may take long.
    Migrate,
}

impl DbConnection {
    /// Opens one connection to the primary, outside of any pool. It blocks.
    ///
    /// # Errors
    /// Every kind but [`DbError::Overloaded`]: see there.
    pub fn establish(settings: &DbSettings) -> Result<Self, DbError> {
        establish(settings, Purpose::Serve)
    }
}

pub(super) fn establish(settings: &DbSettings, purpose: Purpose) -> Result<DbConnection, DbError> {
    let url = match (purpose, &settings.read_url) {
        (Purpose::Replica, Some(read_url)) => read_url,
        _ => &settings.url,
    };
    match Backend::of(url)? {
        Backend::Postgres => Ok(DbConnection::Postgres(postgres::establish(url, settings, purpose)?)),
        Backend::Sqlite => Ok(DbConnection::Sqlite(sqlite::establish(url, settings)?)),
    }
}

const FIRST_PAUSE: Duration = Duration::from_millis(100);
const LONGEST_PAUSE: Duration = Duration::from_secs(2);

/// Returns once a connection could be opened, waiting at most [`DbSettings::startup_wait`].
///
/// # Errors
/// [`DbError::Unavailable`] when the wait was in vain; at once whatever waiting cannot mend, such as
/// [`DbError::Refused`].
pub async fn wait_until_reachable(settings: &DbSettings) -> Result<(), DbError> {
    let deadline = Instant::now() + settings.startup_wait;
    let mut pause = FIRST_PAUSE;
    loop {
        let attempt = settings.clone();
        let outcome = tokio::task::spawn_blocking(move || DbConnection::establish(&attempt).map(drop)).await;
        match outcome.unwrap_or(Err(DbError::Aborted)).map_err(refused) {
            Err(DbError::Unavailable { cause }) if Instant::now() + pause <= deadline => {
                log::warn!(
                    "the database at {} cannot be reached yet, next attempt in {} ms: {cause}",
                    shown(&settings.url),
                    pause.as_millis()
                );
            }
            outcome => return outcome,
        }
        tokio::time::sleep(pause).await;
        pause = (pause * 2).min(LONGEST_PAUSE);
    }
}

/// Tells apart what only somebody's hand can mend. Later, in service, the same words count as an outage that may end.
fn refused(error: DbError) -> DbError {
    match error {
        DbError::Unavailable { cause } => match Refusal::of(&cause) {
            Some(reason) => DbError::Refused { reason, cause },
            None => DbError::Unavailable { cause },
        },
        other => other,
    }
}
