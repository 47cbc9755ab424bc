//! Rows into a table, fast: `COPY` for PostgreSQL, many rows in a statement for SQLite.

use std::io::{BufWriter, Write as _};
use std::process::{Child, ChildStdin, Command, Stdio};

use diesel::SqliteConnection;
use diesel::connection::SimpleConnection as _;

use crate::failure::{Context as _, Failure, Result};
use crate::service::Postgres;

/// Rows in one statement of SQLite.
const ROWS_IN_STATEMENT: usize = 256;

/// A value of a row.
#[derive(Debug, Clone, Copy)]
pub enum Field<'a> {
    /// A whole number.
    Int(i64),
    /// A truth.
    Bool(bool),
    /// A text.
    Text(&'a str),
    /// Bytes.
    Bytes(&'a [u8]),
    /// Nothing.
    Null,
}

/// Where rows of one table go.
#[derive(Debug)]
pub enum Sink<'c> {
    /// Into PostgreSQL.
    Postgres {
        /// The running `psql`.
        psql: Child,
        /// What it reads.
        input: BufWriter<ChildStdin>,
    },
    /// Into SQLite.
    Sqlite(SqliteSink<'c>),
}

/// Rows on their way into SQLite.
pub struct SqliteSink<'c> {
    connection: &'c mut SqliteConnection,
    head: String,
    statement: String,
    rows: usize,
}

impl std::fmt::Debug for SqliteSink<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SqliteSink").field("head", &self.head).finish_non_exhaustive()
    }
}

impl<'c> Sink<'c> {
    /// Opens `columns` of `table`, separated by commas, for rows. Foreign keys are not looked at.
    ///
    /// # Errors
    /// When `psql` cannot be run.
    pub fn postgres(server: &Postgres, database: &str, table: &str, columns: &str) -> Result<Self> {
        let mut psql = Command::new(server.programs.join("psql"))
            .args(["-X", "-q", "-v", "ON_ERROR_STOP=1", "-d"])
            .arg(server.url(database))
            .args(["-c", "SET session_replication_role = replica"])
            .args(["-c", &format!("COPY {table} ({columns}) FROM STDIN")])
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .spawn()
            .context("running psql")?;
        let input = psql.stdin.take().context("psql reads")?;
        Ok(Self::Postgres { psql, input: BufWriter::with_capacity(1 << 20, input) })
    }

    /// Opens `columns` of `table`, separated by commas, for rows. The caller has begun a transaction.
    pub fn sqlite(connection: &'c mut SqliteConnection, table: &str, columns: &str) -> Self {
        let head = format!("INSERT INTO {table} ({columns}) VALUES ");
        Self::Sqlite(SqliteSink { connection, head, statement: String::new(), rows: 0 })
    }

    /// Adds a row.
    ///
    /// # Errors
    /// With the database's own words.
    pub fn row(&mut self, fields: &[Field<'_>]) -> Result<()> {
        match self {
            Self::Postgres { input, .. } => {
                let mut line = String::with_capacity(1024);
                for (index, field) in fields.iter().enumerate() {
                    if index > 0 {
                        line.push('\t');
                    }
                    copy_field(&mut line, field);
                }
                line.push('\n');
                input.write_all(line.as_bytes()).context("writing to psql")
            }
            Self::Sqlite(sink) => sink.row(fields),
        }
    }

    /// Waits until all rows are in the table.
    ///
    /// # Errors
    /// With the database's own words.
    pub fn close(self) -> Result<()> {
        match self {
            Self::Postgres { mut psql, input } => {
                drop(input.into_inner().context("writing to psql")?);
                let status = psql.wait().context("waiting for psql")?;
                if status.success() { Ok(()) } else { Err(Failure::new("psql did not take the rows")) }
            }
            Self::Sqlite(mut sink) => sink.flush(),
        }
    }
}

impl SqliteSink<'_> {
    fn row(&mut self, fields: &[Field<'_>]) -> Result<()> {
        self.statement.push_str(if self.rows == 0 { &self.head } else { "," });
        for (index, field) in fields.iter().enumerate() {
            self.statement.push(if index == 0 { '(' } else { ',' });
            sql_field(&mut self.statement, field);
        }
        self.statement.push(')');
        self.rows += 1;
        if self.rows == ROWS_IN_STATEMENT { self.flush() } else { Ok(()) }
    }

    fn flush(&mut self) -> Result<()> {
        if self.rows > 0 {
            self.connection.batch_execute(&self.statement).context("inserting")?;
            self.statement.clear();
            self.rows = 0;
        }
        Ok(())
    }
}

/// As `COPY` reads text: <https://www.postgresql.org/docs/current/sql-copy.html>.
fn copy_field(line: &mut String, field: &Field<'_>) {
    match field {
        Field::Int(number) => line.push_str(&number.to_string()),
        Field::Bool(truth) => line.push(if *truth { 't' } else { 'f' }),
        Field::Bytes(bytes) => {
            line.push_str("\\\\x");
            line.push_str(&hex::encode(bytes));
        }
        Field::Null => line.push_str("\\N"),
        Field::Text(text) => {
            for character in text.chars() {
                match character {
                    '\\' => line.push_str("\\\\"),
                    '\t' => line.push_str("\\t"),
                    '\n' => line.push_str("\\n"),
                    '\r' => line.push_str("\\r"),
                    other => line.push(other),
                }
            }
        }
    }
}

fn sql_field(statement: &mut String, field: &Field<'_>) {
    match field {
        Field::Int(number) => statement.push_str(&number.to_string()),
        Field::Bool(truth) => statement.push(if *truth { '1' } else { '0' }),
        Field::Bytes(bytes) => {
            statement.push_str("x'");
            statement.push_str(&hex::encode(bytes));
            statement.push('\'');
        }
        Field::Null => statement.push_str("NULL"),
        Field::Text(text) => {
            statement.push('\'');
            statement.push_str(&text.replace('\'', "''"));
            statement.push('\'');
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_spelled() {
        let fields = [
            Field::Int(-7),
            Field::Text("a\\b\tc'd"),
            Field::Bytes(&[1, 255]),
            Field::Null,
            Field::Bool(true),
        ];
        let (mut copy, mut sql) = (String::new(), String::new());
        for field in &fields {
            copy_field(&mut copy, field);
            copy.push('|');
            sql_field(&mut sql, field);
            sql.push('|');
        }
        assert_eq!(copy, "-7|a\\\\b\\tc'd|\\\\x01ff|\\N|t|");
        assert_eq!(sql, "-7|'a\\b\tc''d'|x'01ff'|NULL|1|");
    }
}
