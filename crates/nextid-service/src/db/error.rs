//! What can go wrong with a database, told apart by what the caller can do about it.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use diesel::result::{ConnectionError, DatabaseErrorInformation, DatabaseErrorKind, Error as DieselError};

use super::Refusal;

/// What can go wrong with a database, told apart by what the caller can do about it.
///
/// It is `Clone`, so that one failure can be told to every caller of a batch.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DbError {
    /// The server cannot be reached, is shutting down or starting, or the connection was lost. What a write did
    /// before it is unknown: it may have been committed.
    #[error("the database is unavailable: {cause}")]
    Unavailable {
        /// The database's own words.
        cause: String,
    },
    /// Start-up met what waiting cannot mend.
    #[error("{reason} ({})", cause.lines().next().unwrap_or_default())]
    Refused {
        /// Why.
        reason: Refusal,
        /// The database's own words.
        cause: String,
    },
    /// Too many callers wait for a connection. Nothing was done.
    #[error("the database is overloaded: no connection after {} ms", waited.as_millis())]
    Overloaded {
        /// How long the caller has waited.
        waited: Duration,
    },
    /// The row is there already.
    #[error("a row with this key exists")]
    UniqueViolation {
        /// The constraint's name. SQLite does not tell it.
        constraint: Option<String>,
    },
    /// Another transaction was in the way (lock, deadlock, serialization). Nothing was done; it may be repeated.
    #[error("the database is busy: {cause}")]
    Busy {
        /// The database's own words.
        cause: String,
    },
    /// The statement took longer than `statement_timeout`. Nothing was done.
    #[error("a statement took too long: {cause}")]
    TimedOut {
        /// The database's own words.
        cause: String,
    },
    /// The database takes no writes: a replica, or a read-only file system.
    #[error("the database is read-only: {cause}")]
    ReadOnly {
        /// The database's own words.
        cause: String,
    },
    /// There is no space left. Nothing was written.
    #[error("the database has no space left: {cause}")]
    DiskFull {
        /// The database's own words.
        cause: String,
    },
    /// The SQLite file, or the directory it is in, cannot be made or written.
    #[error("cannot write {}: {cause}", path.display())]
    NotWritable {
        /// The file or directory.
        path: PathBuf,
        /// The operating system's or SQLite's own words.
        cause: String,
    },
    /// The session would answer before a commit is on disk. An accepted link must not be lost.
    #[error(
        "the database has synchronous_commit={setting}, which loses accepted links in a crash; turn it on"
    )]
    NotDurable {
        /// The session's `synchronous_commit`.
        setting: String,
    },
    /// The PostgreSQL server is too old.
    #[error("PostgreSQL {found} is too old, {needed} or newer is needed")]
    TooOld {
        /// The server's major version.
        found: i32,
        /// The oldest major version that will do.
        needed: i32,
    },
    /// The URL of the database cannot be used.
    #[error("database.url cannot be used: {reason}")]
    InvalidUrl {
        /// What is wrong with it.
        reason: &'static str,
    },
    /// The database belongs to another service or to another program.
    #[error("the database belongs to {found}, not to {expected}")]
    ForeignSchema {
        /// The service that was started.
        expected: String,
        /// What the database holds.
        found: String,
    },
    /// The database was migrated by a newer version of this service.
    #[error("the database is newer than this program, it has the unknown migrations {}", unknown.join(", "))]
    TooNew {
        /// The migrations that this program does not know.
        unknown: Vec<String>,
    },
    /// The database lacks migrations, and running them was turned off.
    #[error("the database lacks the migrations {}", pending.join(", "))]
    PendingMigrations {
        /// The migrations that have not run.
        pending: Vec<String>,
    },
    /// A migration failed. The database is as it was before.
    #[error("migration {name} failed: {cause}")]
    Migration {
        /// The migration's name.
        name: String,
        /// Why it failed.
        cause: Arc<dyn std::error::Error + Send + Sync>,
    },
    /// The code that was given to the database panicked. Its transaction was rolled back.
    #[error("a database job was aborted")]
    Aborted,
    /// Anything else: a mistake in a statement, a row that is not there, a value that does not fit.
    #[error("{0}")]
    Other(Arc<DieselError>),
}

impl DbError {
    /// Whether the same call may succeed a little later, without anybody changing anything: the cases of a 503.
    pub fn is_temporary(&self) -> bool {
        matches!(
            self,
            Self::Unavailable { .. }
                | Self::Overloaded { .. }
                | Self::Busy { .. }
                | Self::TimedOut { .. }
                | Self::ReadOnly { .. }
                | Self::DiskFull { .. }
        )
    }

    /// Whether a row was asked for that is not there.
    pub fn is_not_found(&self) -> bool {
        matches!(self, Self::Other(error) if matches!(**error, DieselError::NotFound))
    }

    /// Whether the connection that gave this error must not be used again. A primary that has become a replica
    /// (`ReadOnly`) is left as well, so that a URL with several hosts finds the new one.
    pub(crate) fn spoils_connection(&self) -> bool {
        matches!(self, Self::Unavailable { .. } | Self::ReadOnly { .. } | Self::Aborted)
    }
}

impl From<DieselError> for DbError {
    fn from(error: DieselError) -> Self {
        match &error {
            DieselError::DatabaseError(kind, information) => {
                by_kind(kind, information.as_ref()).unwrap_or_else(|| Self::Other(Arc::new(error)))
            }
            DieselError::BrokenTransactionManager => Self::Unavailable { cause: error.to_string() },
            DieselError::RollbackErrorOnCommit { commit_error, .. } => {
                Self::Unavailable { cause: commit_error.to_string() }
            }
            _ => Self::Other(Arc::new(error)),
        }
    }
}

impl From<ConnectionError> for DbError {
    fn from(error: ConnectionError) -> Self {
        match error {
            ConnectionError::CouldntSetupConfiguration(error) => error.into(),
            ConnectionError::InvalidCString(_) => Self::InvalidUrl { reason: "it holds a NUL" },
            error => Self::Unavailable { cause: error.to_string().trim_end().to_owned() },
        }
    }
}

fn by_kind(
    kind: &DatabaseErrorKind,
    information: &(dyn DatabaseErrorInformation + Send + Sync),
) -> Option<DbError> {
    let cause = || information.message().trim_end().to_owned();
    Some(match kind {
        DatabaseErrorKind::UniqueViolation => {
            DbError::UniqueViolation { constraint: information.constraint_name().map(str::to_owned) }
        }
        DatabaseErrorKind::SerializationFailure => DbError::Busy { cause: cause() },
        DatabaseErrorKind::ReadOnlyTransaction => DbError::ReadOnly { cause: cause() },
        DatabaseErrorKind::ClosedConnection | DatabaseErrorKind::UnableToSendCommand => {
            DbError::Unavailable { cause: cause() }
        }
        DatabaseErrorKind::ForeignKeyViolation
        | DatabaseErrorKind::NotNullViolation
        | DatabaseErrorKind::CheckViolation
        | DatabaseErrorKind::RestrictViolation
        | DatabaseErrorKind::ExclusionViolation => return None,
        _ => return by_text(&cause()),
    })
}

/// diesel passes on neither these SQLSTATEs nor SQLite's result codes, so their texts are compared. SQLite's are
/// fixed and PostgreSQL's are English unless the server's `lc_messages` says otherwise; then such an error is
/// [`DbError::Other`].
fn by_text(message: &str) -> Option<DbError> {
    let cause = message.to_owned();
    let starts = |beginnings: &[&str]| beginnings.iter().any(|beginning| message.starts_with(beginning));
    // 40P01 and 55P03; SQLITE_BUSY and SQLITE_LOCKED.
    if starts(&[
        "deadlock detected",
        "canceling statement due to lock timeout",
        "could not obtain lock",
        "database is locked",
        "database table is locked",
        "database schema is locked",
    ]) {
        return Some(DbError::Busy { cause });
    }
    // 57014.
    if starts(&["canceling statement due to"]) {
        return Some(DbError::TimedOut { cause });
    }
    // What libpq itself says of a lost connection; 57P01 to 57P05, 25P03 and 53300; SQLITE_CANTOPEN, SQLITE_IOERR.
    if starts(&[
        "server closed the connection unexpectedly",
        "could not receive data from server",
        "could not send data to server",
        "no connection to the server",
        "connection not open",
        "SSL SYSCALL error",
        "SSL connection has been closed",
        "terminating connection",
        "the database system is",
        "sorry, too many clients",
        "remaining connection slots",
        "unable to open database file",
        "disk I/O error",
    ]) {
        return Some(DbError::Unavailable { cause });
    }
    // SQLITE_READONLY.
    if starts(&["attempt to write a readonly database"]) {
        return Some(DbError::ReadOnly { cause });
    }
    // 53100; SQLITE_FULL.
    if starts(&["database or disk is full"]) || message.contains("No space left on device") {
        return Some(DbError::DiskFull { cause });
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(kind: DatabaseErrorKind, message: &str) -> DbError {
        DieselError::DatabaseError(kind, Box::new(message.to_owned())).into()
    }

    #[test]
    fn texts_are_told_apart() {
        let unknown = |message| of(DatabaseErrorKind::Unknown, message);
        assert!(matches!(unknown("deadlock detected"), DbError::Busy { .. }));
        assert!(matches!(unknown("canceling statement due to lock timeout"), DbError::Busy { .. }));
        assert!(matches!(unknown("database is locked"), DbError::Busy { .. }));
        assert!(matches!(unknown("canceling statement due to statement timeout"), DbError::TimedOut { .. }));
        assert!(matches!(
            unknown("terminating connection due to administrator command"),
            DbError::Unavailable { .. }
        ));
        assert!(matches!(unknown("database or disk is full"), DbError::DiskFull { .. }));
        assert!(matches!(
            unknown("could not extend file \"base/1/2\": No space left on device"),
            DbError::DiskFull { .. }
        ));
        assert!(matches!(unknown("attempt to write a readonly database"), DbError::ReadOnly { .. }));
        assert!(matches!(unknown("no such table: x"), DbError::Other(_)));
    }
}
