//! The SQL of a search, put together from fixed pieces; what users gave is only ever bound.
//!
//! The conditions vary in number and kind, which diesel's typed queries can express only separately for each database.

use diesel::backend::Backend;
use diesel::query_builder::BoxedSqlQuery;
use diesel::serialize::ToSql;
use diesel::sql_query;
use diesel::sql_types::{BigInt, Binary, HasSqlType, Text};
use nextid_core::Platform;
use nextid_service::db;

use super::search::SearchBy;

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
    Integer(i64),
}

impl Sql {
    pub(super) fn new(database: db::Backend, text: &str) -> Self {
        Self { database, text: text.to_owned(), binds: Vec::new() }
    }

    pub(super) fn push(&mut self, text: &str) {
        self.text.push_str(text);
    }

    pub(super) fn push_bind(&mut self, bind: Bind) {
        self.binds.push(bind);
        self.text.push('$');
        self.text.push_str(&self.binds.len().to_string());
    }

    /// The condition, in brackets of its own: so that several texts never escape the filter by platform.
    pub(super) fn push_condition(&mut self, by: &SearchBy) {
        self.push("b.platform <> ");
        self.push_bind(Bind::Text(Platform::Nextid.as_str().to_owned()));
        match by {
            SearchBy::Avatars(avatars) => {
                self.push(" AND b.avatar IN (");
                for (index, avatar) in avatars.iter().enumerate() {
                    self.push_comma(index);
                    self.push_bind(Bind::Bytes(avatar.as_bytes().to_vec()));
                }
                self.push(")");
            }
            SearchBy::Exact { platform, keys } => {
                self.push_platform(*platform);
                self.push_any_column(|sql, column| {
                    sql.push(&format!("({column} <> '' AND {column} IN ("));
                    for (index, key) in keys.iter().enumerate() {
                        sql.push_comma(index);
                        sql.push_bind(Bind::Text(key.clone()));
                    }
                    sql.push("))");
                });
            }
            SearchBy::Fuzzy { platform, parts } => {
                self.push_platform(*platform);
                self.push_any_column(|sql, column| {
                    sql.push(&format!("({column} <> '' AND ("));
                    for (index, part) in parts.iter().enumerate() {
                        if index > 0 {
                            sql.push(" OR ");
                        }
                        sql.push_part(column, part);
                    }
                    sql.push("))");
                });
            }
        }
    }

    fn push_comma(&mut self, index: usize) {
        if index > 0 {
            self.push(", ");
        }
    }

    fn push_platform(&mut self, platform: Option<Platform>) {
        if let Some(platform) = platform {
            self.push(" AND b.platform = ");
            self.push_bind(Bind::Text(platform.as_str().to_owned()));
        }
    }

    /// Whether a column holds a text. Letter case counts, since both are folded where it does not: SQLite's LIKE would
    /// ignore it, and PostgreSQL has no GLOB.
    fn push_part(&mut self, column: &str, part: &str) {
        match self.database {
            db::Backend::Postgres => {
                self.push(&format!("{column} LIKE "));
                self.push_bind(Bind::Text(like_pattern(part)));
                self.push(" ESCAPE '\\'");
            }
            db::Backend::Sqlite => {
                self.push(&format!("{column} GLOB "));
                self.push_bind(Bind::Text(glob_pattern(part)));
            }
        }
    }

    fn push_any_column(&mut self, mut condition: impl FnMut(&mut Self, &str)) {
        for (before, column) in
            [(" AND (", "b.identity_folded"), (" OR ", "b.alt_id_folded"), (" OR ", "b.alt_name_folded")]
        {
            self.push(before);
            condition(self, column);
        }
        self.push(")");
    }

    /// The statement for the database `DB`.
    pub(super) fn boxed<DB>(&self) -> BoxedSqlQuery<'_, DB, diesel::query_builder::SqlQuery>
    where
        DB: Backend + HasSqlType<Text> + HasSqlType<Binary> + HasSqlType<BigInt>,
        str: ToSql<Text, DB>,
        [u8]: ToSql<Binary, DB>,
        i64: ToSql<BigInt, DB>,
    {
        self.binds.iter().fold(sql_query(self.text.as_str()).into_boxed(), |query, bind| match bind {
            Bind::Text(text) => query.bind::<Text, _>(text.as_str()),
            Bind::Bytes(bytes) => query.bind::<Binary, _>(bytes.as_slice()),
            Bind::Integer(number) => query.bind::<BigInt, _>(*number),
        })
    }
}

/// Texts of under three characters match at the beginning only: a shorter one would match nearly everything, and no index
/// helps to find it inside.
fn is_found_inside(part: &str) -> bool {
    part.chars().count() >= 3
}

fn like_pattern(part: &str) -> String {
    let mut pattern = String::with_capacity(part.len() + 2);
    if is_found_inside(part) {
        pattern.push('%');
    }
    for character in part.chars() {
        if matches!(character, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(character);
    }
    pattern.push('%');
    pattern
}

fn glob_pattern(part: &str) -> String {
    let mut pattern = String::with_capacity(part.len() + 2);
    if is_found_inside(part) {
        pattern.push('*');
    }
    for character in part.chars() {
        if matches!(character, '*' | '?' | '[') {
            pattern.extend(['[', character, ']']);
        } else {
            pattern.push(character);
        }
    }
    pattern.push('*');
    pattern
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wildcards_match_themselves() {
        assert_eq!(like_pattern("100%_a\\b"), "%100\\%\\_a\\\\b%");
        assert_eq!(glob_pattern("a*b?[c]\\"), "*a[*]b[?][[]c]\\*");
    }

    #[test]
    fn short_texts_match_at_the_beginning() {
        assert_eq!(like_pattern("ab"), "ab%");
        assert_eq!(like_pattern("éé"), "éé%");
        assert_eq!(like_pattern("abc"), "%abc%");
        assert_eq!(glob_pattern("éé"), "éé*");
        assert_eq!(glob_pattern("abc"), "*abc*");
    }

    #[test]
    fn several_texts_stay_within_the_platform() {
        let mut sql = Sql::new(db::Backend::Sqlite, "");
        sql.push_condition(&SearchBy::Exact {
            platform: Some(Platform::Github),
            keys: vec!["a".to_owned(), "b".to_owned()],
        });
        assert_eq!(
            sql.text,
            "b.platform <> $1 AND b.platform = $2 AND ((b.identity_folded <> '' AND b.identity_folded IN ($3, $4)) OR \
             (b.alt_id_folded <> '' AND b.alt_id_folded IN ($5, $6)) OR (b.alt_name_folded <> '' AND \
             b.alt_name_folded IN ($7, $8)))"
        );
    }
}
