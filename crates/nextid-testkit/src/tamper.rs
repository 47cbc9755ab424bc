//! A database that somebody breaks behind the service's back, and that is put back for the next blow.

use crate::{Backend, TestDatabase};

/// Tables that can be broken in any way and put back.
///
/// They lose their constraints, indexes and generated ids, which would keep the worst out; so a service must not write to them
/// any more.
#[derive(Debug)]
pub struct Tampering<'a> {
    db: &'a TestDatabase,
    tables: &'a [&'a str],
}

impl<'a> Tampering<'a> {
    /// Takes these tables as they are.
    pub fn new(db: &'a TestDatabase, tables: &'a [&'a str]) -> Self {
        for table in tables {
            db.execute(&format!(
                "CREATE TABLE sound_{table} AS SELECT * FROM {table}; CREATE TABLE plain_{table} AS SELECT * FROM {table}"
            ));
        }
        // The rows of one table may refer to those of another.
        let (before, cascade) = match db.backend() {
            Backend::Sqlite => ("PRAGMA foreign_keys = OFF; ", ""),
            Backend::Postgres => ("", " CASCADE"),
        };
        for table in tables {
            db.execute(&format!(
                "{before}DROP TABLE {table}{cascade}; ALTER TABLE plain_{table} RENAME TO {table}"
            ));
        }
        Self { db, tables }
    }

    /// Runs these statements.
    pub fn run(&self, sql: &str) {
        self.db.execute(sql);
    }

    /// Puts everything back.
    pub fn undo(&self) {
        for table in self.tables {
            self.db.execute(&format!("DELETE FROM {table}; INSERT INTO {table} SELECT * FROM sound_{table}"));
        }
    }
}
