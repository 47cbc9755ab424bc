//! SQL that is put together from fixed pieces; what users gave is only ever bound.
//!
//! The conditions of a search vary in number and kind, which diesel's typed queries can express only separately for each
//! database.

use diesel::backend::Backend;
use diesel::query_builder::BoxedSqlQuery;
use diesel::serialize::ToSql;
use diesel::sql_query;
use diesel::sql_types::{Binary, HasSqlType, Text};
use nextid_service::db;

/// A statement and what is bound to it. Both databases take `$1`, `$2` …, each used once, in order.
pub(super) struct Sql {
    database: db::Backend,
    text: String,
    binds: Vec<Bind>,
}

/// A value that is bound.
pub(super) enum Bind {
    Text(String),
    Bytes(Vec<u8>),
}

impl Sql {
    pub(super) fn new(database: db::Backend, text: &str) -> Self {
        Self { database, text: text.to_owned(), binds: Vec::new() }
    }

    pub(super) fn database(&self) -> db::Backend {
        self.database
    }

    pub(super) fn push(&mut self, text: &str) {
        self.text.push_str(text);
    }

    pub(super) fn push_bind(&mut self, bind: Bind) {
        self.binds.push(bind);
        self.text.push('$');
        self.text.push_str(&self.binds.len().to_string());
    }

    pub(super) fn push_text(&mut self, text: &str) {
        self.push_bind(Bind::Text(text.to_owned()));
    }

    /// Each of `items`, with `between` between them.
    pub(super) fn push_each<T>(
        &mut self,
        between: &str,
        items: impl IntoIterator<Item = T>,
        mut push: impl FnMut(&mut Self, T),
    ) {
        for (index, item) in items.into_iter().enumerate() {
            if index > 0 {
                self.push(between);
            }
            push(self, item);
        }
    }

    #[cfg(test)]
    pub(super) fn text(&self) -> &str {
        &self.text
    }

    #[cfg(test)]
    pub(super) fn prepend(&mut self, text: &str) {
        self.text.insert_str(0, text);
    }

    /// The statement for the database `DB`.
    pub(super) fn boxed<DB>(&self) -> BoxedSqlQuery<'_, DB, diesel::query_builder::SqlQuery>
    where
        DB: Backend + HasSqlType<Text> + HasSqlType<Binary>,
        str: ToSql<Text, DB>,
        [u8]: ToSql<Binary, DB>,
    {
        self.binds.iter().fold(sql_query(self.text.as_str()).into_boxed(), |query, bind| match bind {
            Bind::Text(text) => query.bind::<Text, _>(text.as_str()),
            Bind::Bytes(bytes) => query.bind::<Binary, _>(bytes.as_slice()),
        })
    }
}

/// The hexadecimal spelling of an Avatar's bytes.
pub(super) fn hex_of(database: db::Backend, column: &str) -> String {
    match database {
        db::Backend::Postgres => format!("'0x' || encode({column}, 'hex')"),
        db::Backend::Sqlite => format!("'0x' || lower(hex({column}))"),
    }
}

/// The bytes of an Avatar's hexadecimal spelling.
pub(super) fn bytes_of(database: db::Backend, column: &str) -> String {
    match database {
        db::Backend::Postgres => format!("decode(substr({column}, 3), 'hex')"),
        db::Backend::Sqlite => format!("unhex(substr({column}, 3))"),
    }
}
