//! Sessions of a PostgreSQL server.

use std::time::Duration;

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::sql_types::{Integer, Text};

use super::connect::Purpose;
use super::{DbError, DbSettings};

/// The oldest major version that we support.
const OLDEST: i32 = 15;

/// libpq waits for ever for a peer that went silent unless it is told otherwise: milliseconds for
/// `tcp_user_timeout`, seconds for the others. Given in the URL, a parameter keeps the operator's value.
const PARAMETERS: [(&str, &str); 5] = [
    ("connect_timeout", "5"),
    ("keepalives_idle", "10"),
    ("keepalives_interval", "5"),
    ("keepalives_count", "3"),
    ("tcp_user_timeout", "20000"),
];

/// We never wait for anything outside of the database within a transaction, so one that idles this long belongs to
/// a process that hangs or is cut off, and its locks must go.
const IDLE_IN_TRANSACTION: Duration = Duration::from_secs(10);

#[derive(QueryableByName)]
struct Session {
    #[diesel(sql_type = Integer)]
    version: i32,
    #[diesel(sql_type = Text)]
    synchronous_commit: String,
}

/// Opens a session and refuses a server that is too old or does not commit durably.
pub(super) fn establish(url: &str, settings: &DbSettings, purpose: Purpose) -> Result<PgConnection, DbError> {
    let mut connection = PgConnection::establish(&with_parameters(url))?;
    let statement_timeout = match purpose {
        Purpose::Migrate => Duration::ZERO,
        Purpose::Serve | Purpose::Replica => settings.statement_timeout,
    };
    // No JIT: to compile a statement takes much longer than to run any of ours.
    connection.batch_execute(&format!(
        "SET application_name = '{}'; SET statement_timeout = {}; SET lock_timeout = {}; \
         SET idle_in_transaction_session_timeout = {}; SET jit = off",
        settings.application_name.replace('\'', "''"),
        statement_timeout.as_millis(),
        settings.lock_timeout.as_millis(),
        IDLE_IN_TRANSACTION.as_millis(),
    ))?;
    let session: Session = diesel::sql_query(
        "SELECT current_setting('server_version_num')::int / 10000 AS version, \
         current_setting('synchronous_commit') AS synchronous_commit",
    )
    .get_result(&mut connection)?;
    if session.version < OLDEST {
        return Err(DbError::TooOld { found: session.version, needed: OLDEST });
    }
    // A replica commits nothing of ours.
    if purpose != Purpose::Replica && session.synchronous_commit == "off" {
        return Err(DbError::NotDurable { setting: session.synchronous_commit });
    }
    Ok(connection)
}

/// Appends what the URL leaves open. By text, because libpq's URLs may name several hosts, which no URL parser takes.
fn with_parameters(url: &str) -> String {
    let given: Vec<&str> = url.split_once('?').map_or(Vec::new(), |(_, query)| {
        query.split('&').filter_map(|pair| pair.split_once('=').map(|(name, _)| name)).collect()
    });
    let mut whole = url.to_owned();
    for (name, value) in PARAMETERS {
        if !given.contains(&name) {
            whole.push(if whole.contains('?') { '&' } else { '?' });
            whole.push_str(name);
            whole.push('=');
            whole.push_str(value);
        }
    }
    whole
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn given_parameters_are_kept() {
        let whole = with_parameters("postgres://a:1,b:2/db?connect_timeout=1&host=/tmp");
        assert!(
            whole.starts_with("postgres://a:1,b:2/db?connect_timeout=1&host=/tmp&keepalives_idle=10&"),
            "{whole}"
        );
        assert_eq!(whole.matches("connect_timeout").count(), 1);
        assert!(with_parameters("postgres://a/db").starts_with("postgres://a/db?connect_timeout=5&"));
    }
}
