//! SQLite files.

use std::fs::{DirBuilder, OpenOptions};
use std::path::{Path, PathBuf};

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::sql_types::Text;

use super::{DbError, DbSettings};

/// The largest size in bytes that the write-ahead log keeps after a checkpoint.
const LOG_LIMIT: u32 = 64 * 1024 * 1024;

#[derive(QueryableByName)]
struct Mode {
    #[diesel(sql_type = Text)]
    journal_mode: String,
}

/// Opens the file, which is made with its directory if it is not there.
pub(super) fn establish(url: &str, settings: &DbSettings) -> Result<SqliteConnection, DbError> {
    let path = path_of(url)?;
    create(&path)?;
    let not_writable = |cause: String| DbError::NotWritable { path: path.clone(), cause };
    // A relative path keeps SQLite from reading a name that begins with `file:` as a URI.
    let name = path.to_str().ok_or(DbError::InvalidUrl { reason: "its path is not UTF-8" })?;
    let name = if path.is_absolute() { name.to_owned() } else { format!("./{name}") };
    let mut connection =
        SqliteConnection::establish(&name).map_err(|error| not_writable(error.to_string()))?;
    // The timeout comes first: changing the journal mode takes a lock. No memory map: with it an I/O error is a
    // signal that ends the process, and mapped pages count as ours.
    connection
        .batch_execute(&format!(
            "PRAGMA busy_timeout = {}; PRAGMA cache_size = -2000; PRAGMA mmap_size = 0; PRAGMA temp_store = MEMORY",
            settings.lock_timeout.as_millis()
        ))
        .map_err(|error| file_error(&path, error))?;
    let mode: Mode = diesel::sql_query("PRAGMA journal_mode = WAL")
        .get_result(&mut connection)
        .map_err(|error| file_error(&path, error))?;
    if mode.journal_mode != "wal" {
        return Err(not_writable(format!("its file system keeps journal_mode={}", mode.journal_mode)));
    }
    connection
        .batch_execute(&format!(
            "PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA journal_size_limit = {LOG_LIMIT}"
        ))
        .map_err(|error| file_error(&path, error))?;
    Ok(connection)
}

/// The first statement that touches the file says whether it is a database and may be written.
fn file_error(path: &Path, error: diesel::result::Error) -> DbError {
    if let diesel::result::Error::DatabaseError(_, information) = &error
        && information.message().starts_with("file is not a database")
    {
        return DbError::ForeignSchema {
            expected: "SQLite".to_owned(),
            found: format!("{}, which is not a SQLite file", path.display()),
        };
    }
    match DbError::from(error) {
        DbError::ReadOnly { cause } | DbError::Unavailable { cause } => {
            DbError::NotWritable { path: path.to_owned(), cause }
        }
        other => other,
    }
}

/// The path in `sqlite://path`, as it is.
fn path_of(url: &str) -> Result<PathBuf, DbError> {
    let path = url.strip_prefix("sqlite://").unwrap_or_default();
    if path.is_empty() {
        return Err(DbError::InvalidUrl { reason: "sqlite:// needs a path" });
    }
    if path.contains(":memory:") {
        // Each connection of the pool would see a database of its own, gone when it is closed.
        return Err(DbError::InvalidUrl {
            reason: "SQLite needs a file, :memory: is not shared by connections",
        });
    }
    if path.contains('?') {
        return Err(DbError::InvalidUrl { reason: "sqlite:// takes no parameters" });
    }
    if path.contains('\0') {
        return Err(DbError::InvalidUrl { reason: "it holds a NUL" });
    }
    Ok(PathBuf::from(path))
}

/// Makes the directory (0700) and the file (0600) where they are missing, and sees that the file can be written.
/// SQLite gives its log the file's own mode.
fn create(path: &Path) -> Result<(), DbError> {
    let not_writable = |path: &Path, error: std::io::Error| DbError::NotWritable {
        path: path.to_owned(),
        cause: error.to_string(),
    };
    if let Some(directory) = path.parent().filter(|directory| !directory.as_os_str().is_empty()) {
        let mut builder = DirBuilder::new();
        builder.recursive(true);
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.create(directory).map_err(|error| not_writable(directory, error))?;
    }
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map(drop).map_err(|error| not_writable(path, error))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_plain_paths() {
        assert_eq!(path_of("sqlite:///a b/%20.db").unwrap(), PathBuf::from("/a b/%20.db"));
        assert_eq!(path_of("sqlite://a.db").unwrap(), PathBuf::from("a.db"));
        for url in ["sqlite://", "sqlite://:memory:", "sqlite:///a.db?mode=ro", "sqlite:///a\0.db"] {
            assert!(matches!(path_of(url), Err(DbError::InvalidUrl { .. })), "{url:?}");
        }
    }
}
