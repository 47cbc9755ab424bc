//! Aliases: Avatars of the same person. The relation is symmetric and transitive.

use std::collections::BTreeSet;

use diesel::prelude::*;
use diesel::sql_types::Text;
use nextid_core::Avatar;
use nextid_service::db::{DbConnection, DbError};
use nextid_service::on_backend;

use super::search_sql::{Sql, bytes_of, hex_of};

/// How many aliases are listed at most, and bound.
pub const LIMIT: usize = 100;

#[derive(QueryableByName)]
struct Member {
    #[diesel(sql_type = Text)]
    member: String,
}

/// Every Avatar that is reached from `avatar` over alias bindings in either direction, in the stored spelling, without
/// `avatar` itself.
pub(super) fn of(conn: &mut DbConnection, avatar: &Avatar) -> Result<Vec<String>, DbError> {
    let own = avatar.to_hex();
    let mut all = reach(conn, &[own.as_str()])?;
    all.remove(&own);
    Ok(all.into_iter().take(LIMIT).collect())
}

/// How many aliases `avatar` would have if `target` became one.
pub(super) fn count_with(conn: &mut DbConnection, avatar: &Avatar, target: &str) -> Result<usize, DbError> {
    let own = avatar.to_hex();
    let mut all = reach(conn, &[own.as_str(), target])?;
    all.remove(&own);
    Ok(all.len())
}

/// In one statement; it stops at twice the limit, so that a long ring costs no more than a short one.
fn reach(conn: &mut DbConnection, starts: &[&str]) -> Result<BTreeSet<String>, DbError> {
    let mut sql = Sql::new(conn.backend(), "WITH RECURSIVE reach (member) AS (VALUES ");
    sql.push_each(", ", starts, |sql, start| {
        sql.push("(");
        sql.push_text(start);
        sql.push(")");
    });
    sql.push(" UNION ");
    push_step(&mut sql, "");
    sql.push(&format!(") SELECT r.member FROM reach r LIMIT {}", 2 * (LIMIT + 1)));
    let rows: Vec<Member> = on_backend!(conn, c => sql.boxed().load(c))?;
    Ok(rows.into_iter().map(|row| row.member).collect())
}

/// The step of a recursive table `reach` from each `member` to its neighbours, as its last column, after `columns`.
pub(super) fn push_step(sql: &mut Sql, columns: &str) {
    let other = hex_of(sql.database(), "b.avatar");
    let own = bytes_of(sql.database(), "r.member");
    sql.push(&format!(
        "SELECT {columns}CASE WHEN b.identity_folded = r.member THEN {other} ELSE b.identity_folded END \
         FROM reach r JOIN bindings b ON b.platform = 'nextid' AND (b.identity_folded = r.member OR b.avatar = {own})"
    ));
}
