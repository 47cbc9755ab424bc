//! Whether this machine's clock can be right. Links carry its time for ever, so one that is far off is refused at start.

use std::fmt;
use std::path::Path;
use std::time::{Duration, SystemTime};

use diesel::prelude::*;
use diesel::sql_types::BigInt;

use crate::config::Config;
use crate::db::{Db, DbConnection, DbError};

/// How far a clock may be off, whatever `payload.max_skew_secs` says.
const LEAST_TOLERANCE: Duration = Duration::from_secs(3600);

/// What the clock is compared with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Witness {
    /// The clock of the PostgreSQL server.
    Server,
    /// The last change of the SQLite file: no clock goes back behind it.
    File,
}

/// This machine's clock is off by more than is tolerated.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WrongClock {
    /// By how much.
    pub off: Duration,
    /// Whether it is fast or slow.
    pub is_ahead: bool,
    /// By whose word.
    pub witness: Witness,
    /// How much is tolerated.
    pub tolerance: Duration,
}

impl fmt::Display for WrongClock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (off, tolerance) = (self.off.as_secs(), self.tolerance.as_secs());
        let direction = if self.is_ahead { "ahead of" } else { "behind" };
        let witness = match self.witness {
            Witness::Server => "the database server's clock",
            Witness::File => "the last change of the database file",
        };
        write!(
            f,
            "payload.max_skew_secs: this machine's clock is {off} s {direction} {witness}, {tolerance} s are tolerated; \
             set the clock"
        )
    }
}

impl std::error::Error for WrongClock {}

/// Compares the clock with the last change of the SQLite file; to be called before the file is opened.
///
/// # Errors
/// [`WrongClock`].
pub fn check_file(config: &Config) -> Result<(), WrongClock> {
    let Some(path) = config.database.url.sqlite_path() else {
        return Ok(());
    };
    let changed = std::fs::metadata(Path::new(path)).and_then(|file| file.modified());
    match changed {
        // A file may be younger than the clock says, never older than it is.
        Ok(changed) if changed > SystemTime::now() => {
            judge(SystemTime::now(), changed, Witness::File, config)
        }
        _ => Ok(()),
    }
}

/// Compares the clock with that of the database server; with SQLite there is none.
///
/// # Errors
/// The database's; `Ok(Err)` is a clock that is wrong.
pub async fn check_server(db: &Db, config: &Config) -> Result<Result<(), WrongClock>, DbError> {
    let asked = SystemTime::now();
    let Some(millis) = db.primary(server_millis).await? else {
        return Ok(Ok(()));
    };
    let took = asked.elapsed().unwrap_or_default();
    let server = SystemTime::UNIX_EPOCH + Duration::from_millis(u64::try_from(millis).unwrap_or(0));
    Ok(judge(asked + took / 2, server, Witness::Server, config))
}

fn server_millis(conn: &mut DbConnection) -> Result<Option<i64>, DbError> {
    let DbConnection::Postgres(conn) = conn else {
        return Ok(None);
    };
    let sql = "SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint AS millis";
    let clock: Clock = diesel::sql_query(sql).get_result(conn)?;
    Ok(Some(clock.millis))
}

#[derive(QueryableByName)]
struct Clock {
    #[diesel(sql_type = BigInt)]
    millis: i64,
}

fn judge(ours: SystemTime, theirs: SystemTime, witness: Witness, config: &Config) -> Result<(), WrongClock> {
    let (off, is_ahead) = match ours.duration_since(theirs) {
        Ok(ahead) => (ahead, true),
        Err(error) => (error.duration(), false),
    };
    let skew = Duration::from_secs(config.payload.max_skew_secs);
    let tolerance = skew.max(LEAST_TOLERANCE);
    let wrong = WrongClock { off, is_ahead, witness, tolerance };
    if off > tolerance {
        return Err(wrong);
    }
    if off > skew {
        log::warn!("{wrong}");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Service;

    fn judged(off: i64) -> Result<(), WrongClock> {
        let config = Config::built_in(Service::Proof, Path::new("/nowhere")).unwrap();
        let base = SystemTime::UNIX_EPOCH + Duration::from_secs(1_700_000_000);
        let ours = if off < 0 {
            base - Duration::from_secs(off.unsigned_abs())
        } else {
            base + Duration::from_secs(off.unsigned_abs())
        };
        judge(ours, base, Witness::Server, &config)
    }

    #[test]
    fn an_hour_is_tolerated_and_a_day_is_not() {
        for off in [0, 300, 3600, -3600] {
            assert_eq!(judged(off), Ok(()), "{off}");
        }
        assert!(judged(86_400).unwrap_err().is_ahead);
        let slow = judged(-86_400).unwrap_err();
        assert!(!slow.is_ahead);
        assert_eq!(
            slow.to_string(),
            "payload.max_skew_secs: this machine's clock is 86400 s behind the database server's clock, 3600 s are \
             tolerated; set the clock"
        );
    }
}
