//! Single statements over a connection of their own, on either backend.

use diesel::connection::SimpleConnection;
use diesel::sql_types::{BigInt, Text};
use diesel::{Connection, PgConnection, QueryableByName, RunQueryDsl, SqliteConnection};

/// Why a statement did not run.
#[derive(Debug, thiserror::Error)]
pub(crate) enum StatementError {
    #[error("cannot connect: {0}")]
    Connect(#[from] diesel::ConnectionError),
    #[error("{0}")]
    Query(#[from] diesel::result::Error),
}

#[derive(QueryableByName)]
struct Number {
    #[diesel(sql_type = BigInt)]
    n: i64,
}

#[derive(QueryableByName)]
struct PostgresStep {
    #[diesel(sql_type = Text, column_name = "QUERY PLAN")]
    step: String,
}

#[derive(QueryableByName)]
struct SqliteStep {
    #[diesel(sql_type = Text)]
    detail: String,
}

pub(crate) fn postgres(url: &str, sql: &str) -> Result<(), StatementError> {
    Ok(PgConnection::establish(url)?.batch_execute(sql)?)
}

pub(super) fn postgres_number(url: &str, sql: &str) -> Result<i64, StatementError> {
    Ok(diesel::sql_query(sql).get_result::<Number>(&mut PgConnection::establish(url)?)?.n)
}

pub(super) fn postgres_plan(url: &str, sql: &str) -> Result<Vec<String>, StatementError> {
    let explain = diesel::sql_query(format!("EXPLAIN (COSTS OFF) {sql}"));
    let steps: Vec<PostgresStep> = explain.load(&mut PgConnection::establish(url)?)?;
    Ok(steps.into_iter().map(|step| step.step).collect())
}

pub(super) fn sqlite_plan(url: &str, sql: &str) -> Result<Vec<String>, StatementError> {
    let explain = diesel::sql_query(format!("EXPLAIN QUERY PLAN {sql}"));
    let steps: Vec<SqliteStep> = explain.load(&mut open_sqlite(url)?)?;
    Ok(steps.into_iter().map(|step| step.detail).collect())
}

pub(super) fn sqlite(url: &str, sql: &str) -> Result<(), StatementError> {
    Ok(open_sqlite(url)?.batch_execute(sql)?)
}

pub(super) fn sqlite_number(url: &str, sql: &str) -> Result<i64, StatementError> {
    Ok(diesel::sql_query(sql).get_result::<Number>(&mut open_sqlite(url)?)?.n)
}

/// Waits for a service that writes at the same time, instead of failing at once.
fn open_sqlite(url: &str) -> Result<SqliteConnection, StatementError> {
    let mut connection = SqliteConnection::establish(url.trim_start_matches("sqlite://"))?;
    connection.batch_execute("PRAGMA busy_timeout = 5000")?;
    Ok(connection)
}
