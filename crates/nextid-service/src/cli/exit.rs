//! How the commands of a service end.

use std::fmt;

use crate::config::ConfigError;
use crate::db::{DbError, Refusal};
use crate::server::ServerError;

/// The exit codes. From 64 on they are those of `sysexits.h`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum ExitCode {
    /// Done; a server that was asked to stop has stopped.
    Ok = 0,
    /// Something failed while running; `healthcheck`: not ready.
    Failure = 1,
    /// The command line is wrong.
    Usage = 2,
    /// `fsck`, or `--fsck` at start: the database has defects. What fsck(8) says of errors that are left.
    Defects = 4,
    /// `EX_DATAERR`: the database is another service's, newer than this program, or lacks migrations that it may not run.
    Database = 65,
    /// `EX_UNAVAILABLE`: the database cannot be reached, or does not let us in.
    Unavailable = 69,
    /// `EX_OSERR`: an address cannot be listened at.
    Listen = 71,
    /// `EX_CANTCREAT`: the SQLite file cannot be made or written.
    CannotCreate = 73,
    /// `EX_TEMPFAIL`: this machine's clock is wrong.
    Clock = 75,
    /// `EX_CONFIG`: the configuration is wrong.
    Config = 78,
}

impl ExitCode {
    /// All of them, with what `--help` says.
    pub const TABLE: [(Self, &'static str); 10] = [
        (Self::Ok, "done"),
        (Self::Failure, "something failed while running; healthcheck: not ready"),
        (Self::Usage, "the command line is wrong"),
        (Self::Defects, "fsck: the database has defects, which are named; with --fsck it does not serve"),
        (Self::Database, "the database is not this program's: foreign, newer, or not migrated"),
        (Self::Unavailable, "the database cannot be reached, or does not let us in"),
        (Self::Listen, "an address cannot be listened at"),
        (Self::CannotCreate, "the SQLite file cannot be made or written"),
        (Self::Clock, "this machine's clock is wrong"),
        (Self::Config, "the configuration is wrong"),
    ];

    /// Its number.
    pub fn number(self) -> u8 {
        self as u8
    }
}

impl From<ExitCode> for std::process::ExitCode {
    fn from(code: ExitCode) -> Self {
        Self::from(code.number())
    }
}

/// Why a command ends without success: one line for people, and the exit code.
#[derive(Debug)]
pub struct Fatal {
    /// How the process ends.
    pub exit: ExitCode,
    /// The line.
    pub message: String,
}

impl Fatal {
    /// Ends with this code and line.
    pub fn new(exit: ExitCode, message: impl fmt::Display) -> Self {
        let message = message.to_string();
        let lines: Vec<&str> = message.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
        Self { exit, message: lines.join("; ") }
    }
}

impl fmt::Display for Fatal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Fatal {}

impl From<ConfigError> for Fatal {
    fn from(error: ConfigError) -> Self {
        Self::new(ExitCode::Config, error)
    }
}

impl From<ServerError> for Fatal {
    fn from(error: ServerError) -> Self {
        let exit = match error {
            ServerError::AddressTaken { .. } | ServerError::Listen { .. } => ExitCode::Listen,
            ServerError::Ended(_) => ExitCode::Failure,
        };
        Self::new(exit, error)
    }
}

impl From<DbError> for Fatal {
    fn from(error: DbError) -> Self {
        let exit = match error {
            DbError::InvalidUrl { .. } | DbError::Refused { reason: Refusal::Url, .. } => ExitCode::Config,
            DbError::Refused { .. } => ExitCode::Unavailable,
            DbError::NotWritable { .. } | DbError::ReadOnly { .. } | DbError::DiskFull { .. } => {
                ExitCode::CannotCreate
            }
            DbError::ForeignSchema { .. }
            | DbError::TooNew { .. }
            | DbError::TooOld { .. }
            | DbError::PendingMigrations { .. }
            | DbError::NotDurable { .. } => ExitCode::Database,
            ref other if other.is_temporary() => ExitCode::Unavailable,
            _ => ExitCode::Failure,
        };
        let key = if error.to_string().contains("database.url") { "" } else { "database.url: " };
        Self::new(exit, format_args!("{key}{error}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fatal_error_is_one_line() {
        assert_eq!(Fatal::new(ExitCode::Failure, "FATAL: a\n\tb\n").message, "FATAL: a; b");
    }

    #[test]
    fn database_errors_name_the_key_once() {
        let fatal = Fatal::from(DbError::InvalidUrl { reason: "no host" });
        assert_eq!(
            (fatal.exit, fatal.message.as_str()),
            (ExitCode::Config, "database.url cannot be used: no host")
        );
        let fatal = Fatal::from(DbError::Unavailable { cause: "refused".into() });
        assert_eq!(fatal.exit, ExitCode::Unavailable);
        assert!(fatal.message.starts_with("database.url: "), "{fatal}");
        assert_eq!(Fatal::from(DbError::TooNew { unknown: vec!["9".into()] }).exit, ExitCode::Database);
    }

    #[test]
    fn every_code_is_in_the_table_once() {
        let numbers: Vec<u8> = ExitCode::TABLE.iter().map(|(code, _)| code.number()).collect();
        assert_eq!(numbers, [0, 1, 2, 4, 65, 69, 71, 73, 75, 78]);
    }
}
