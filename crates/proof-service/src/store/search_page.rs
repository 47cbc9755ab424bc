//! The whole statement of a search: what matches, how many there are, one page of it, and everything that is shown of
//! the Avatars on that page.

use std::collections::BTreeSet;

use nextid_core::Avatar;
use nextid_service::db::Backend;

use super::aliases::push_step;
use super::search::{COUNTED, Search, SearchBy, Sort};
use super::search_found::push_found;
use super::search_sql::{Bind, Sql, hex_of};

/// After the places of all matches.
const BEHIND: i64 = 1 << 62;

/// A statement that selects [`Row`](super::search_rows::Row)s.
pub(super) fn page(database: Backend, search: &Search) -> Sql {
    let mut sql = Sql::new(database, "WITH RECURSIVE found AS MATERIALIZED (");
    push_found(&mut sql, search);
    sql.push("), picked AS MATERIALIZED (");
    push_picked(&mut sql, search);
    sql.push("), avatars AS MATERIALIZED (");
    push_avatars(&mut sql, search);
    let hex = hex_of(database, "a.avatar");
    sql.push(&format!(
        "), reach (place, own, member) AS (SELECT a.place, {hex}, {hex} FROM avatars a UNION "
    ));
    push_step(&mut sql, "r.place, r.own, ");
    // What depends on whom it is shown for differs in each row of an Avatar; what is the Avatar's own comes with every one.
    sql.push(
        "), shown AS (SELECT a.place, a.avatar, a.activated_at, NULL AS alias, b.id, b.platform, b.identity, b.alt_id, \
         b.alt_name, b.state, b.is_valid, b.invalid_reason, b.created_at, b.last_checked_at \
         FROM avatars a LEFT JOIN bindings b ON b.avatar = a.avatar AND b.platform <> 'nextid' \
         UNION ALL SELECT r.place, NULL, NULL, r.member, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL \
         FROM reach r WHERE r.member <> r.own) \
         SELECT (SELECT count(*) FROM found) AS matches, (SELECT count(*) FROM picked) AS matched, s.* \
         FROM (SELECT 1 AS one) one LEFT JOIN shown s ON 1 = 1 ORDER BY s.place, s.id DESC",
    );
    sql
}

/// The matches of this page, each with a number that rises in the order of the page.
fn push_picked(sql: &mut Sql, search: &Search) {
    // What is only known to be there is not shown.
    let last = if search.is_fuzzy() { COUNTED.saturating_sub(search.offset).max(0) } else { i64::MAX };
    let bounds = format!("LIMIT {} OFFSET {}", search.limit.min(last), search.offset);
    let (direction, sign) = if search.ascending { ("ASC", "") } else { ("DESC", "-") };
    if search.sort == Sort::Id {
        sql.push(&format!(
            "SELECT f.id, {sign}f.id AS place FROM found f ORDER BY f.id {direction} {bounds}"
        ));
        return;
    }
    let among = if search.is_fuzzy() {
        format!("(SELECT n.id FROM found n ORDER BY n.id DESC LIMIT {COUNTED})")
    } else {
        "found".to_owned()
    };
    let key = order_expression(search.sort, sql.database());
    sql.push(&format!(
        "SELECT o.id, row_number() OVER (ORDER BY o.sort_key {direction}, o.id {direction}) AS place FROM (\
         SELECT b.id, {key} AS sort_key FROM {among} f JOIN bindings b ON b.id = f.id \
         ORDER BY sort_key {direction}, b.id {direction} {bounds}) o"
    ));
}

/// The Avatars of the page, in its order. Who is asked for by key and has no bindings may have aliases, and comes last.
fn push_avatars(sql: &mut Sql, search: &Search) {
    // A chain's seconds never fall, so its last link is its newest.
    sql.push(
        "SELECT w.avatar, w.place, COALESCE((SELECT l.created_at FROM links l WHERE l.avatar = w.avatar \
         ORDER BY l.seq DESC LIMIT 1), 0) AS activated_at FROM (\
         SELECT b.avatar, min(p.place) AS place FROM picked p JOIN bindings b ON b.id = p.id GROUP BY b.avatar",
    );
    if let SearchBy::Avatars(asked) = &search.by
        && search.offset == 0
    {
        let mut seen = BTreeSet::new();
        let asked: Vec<&Avatar> =
            asked.iter().filter(|avatar| seen.insert(avatar.as_bytes().to_vec())).collect();
        sql.push(" UNION ALL SELECT q.column1, q.column2 FROM (VALUES ");
        sql.push_each(", ", (BEHIND..).zip(asked), |sql, (place, avatar)| {
            sql.push("(");
            sql.push_bind(Bind::Bytes(avatar.as_bytes().to_vec()));
            sql.push(&format!(", {place})"));
        });
        sql.push(
            ") AS q WHERE NOT EXISTS (SELECT 1 FROM bindings b WHERE b.avatar = q.column1 AND b.platform <> 'nextid')",
        );
    }
    sql.push(") w");
}

/// Texts are sorted by their bytes on both databases.
fn order_expression(sort: Sort, backend: Backend) -> &'static str {
    match (sort, backend) {
        (Sort::Id, _) => "b.id",
        (Sort::CreatedAt, _) => "b.created_at",
        (Sort::LastCheckedAt, _) => "b.last_checked_at",
        (Sort::ProofChainId, _) => "b.link_id",
        (Sort::ActivatedAt, _) => {
            "(SELECT l.created_at FROM links l WHERE l.avatar = b.avatar ORDER BY l.seq DESC LIMIT 1)"
        }
        (Sort::Platform, Backend::Postgres) => "b.platform COLLATE \"C\"",
        (Sort::Platform, Backend::Sqlite) => "b.platform",
        (Sort::Identity, Backend::Postgres) => "b.identity COLLATE \"C\"",
        (Sort::Identity, Backend::Sqlite) => "b.identity",
        (Sort::AltId, Backend::Postgres) => "b.alt_id COLLATE \"C\"",
        (Sort::AltId, Backend::Sqlite) => "b.alt_id",
    }
}
