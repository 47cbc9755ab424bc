//! The part of a search's statement that finds the ids of what matches.

use nextid_core::{Avatar, Platform};
use nextid_service::db::Backend;

use super::search::{COUNTED, Search, SearchBy};
use super::search_sql::{Bind, Sql};
use super::search_terms::{Term, platform_key, platform_phrase};

/// What a binding is found by as a whole.
const COLUMNS: [&str; 3] = ["b.identity_folded", "b.alt_id_folded", "b.alt_name_folded"];
/// Parts of the index that are read one by one, from one end to the other. After every four of a size comes the double
/// size, which makes over a hundred million segments.
const PARTS: usize = 96;

/// `SELECT … AS id …`: the bindings that match. A fuzzy search gives at most one more than [`COUNTED`]: the newest, or the
/// oldest if those come first.
pub(super) fn push_found(sql: &mut Sql, search: &Search) {
    match &search.by {
        SearchBy::Avatars(avatars) => push_of_avatars(sql, avatars),
        SearchBy::Exact { platform, keys } => push_exact(sql, *platform, keys),
        SearchBy::Fuzzy { platform, parts } => {
            let terms: Vec<Term> = parts.iter().filter_map(|part| Term::new(part)).collect();
            match sql.database() {
                _ if terms.is_empty() => sql.push("SELECT b.id FROM bindings b WHERE 1 = 0"),
                Backend::Postgres => push_grams(sql, *platform, &terms, search.oldest_first()),
                Backend::Sqlite => push_fts(sql, *platform, &terms, search.oldest_first()),
            }
        }
    }
}

fn push_of_avatars(sql: &mut Sql, avatars: &[Avatar]) {
    sql.push("SELECT b.id FROM bindings b WHERE b.platform <> 'nextid' AND b.avatar IN (");
    sql.push_each(", ", avatars, |sql, avatar| sql.push_bind(Bind::Bytes(avatar.as_bytes().to_vec())));
    sql.push(")");
}

/// The columns are in brackets of their own, so that several texts never escape the filter by platform.
fn push_exact(sql: &mut Sql, platform: Option<Platform>, keys: &[String]) {
    sql.push("SELECT b.id FROM bindings b WHERE b.platform <> 'nextid'");
    if let Some(platform) = platform {
        sql.push(" AND b.platform = ");
        sql.push_text(platform.as_str());
    }
    sql.push(" AND (");
    sql.push_each(" OR ", COLUMNS, |sql, column| {
        sql.push(&format!("({column} <> '' AND {column} IN ("));
        sql.push_each(", ", keys, |sql, key| sql.push_text(key));
        sql.push("))");
    });
    sql.push(")");
}

/// Reads the index from its newest segment (or its oldest) until enough is found.
fn push_grams(sql: &mut Sql, platform: Option<Platform>, terms: &[Term], oldest_first: bool) {
    let (direction, segments) = if oldest_first {
        ("ASC", "generate_series(part.near, part.far)")
    } else {
        ("DESC", "generate_series(last.segment - part.far, last.segment - part.near)")
    };
    sql.push("SELECT f.id FROM (SELECT max(id) >> 16 AS segment FROM searchable) last CROSS JOIN (VALUES ");
    sql.push_each(", ", parts(), |sql, (near, far)| sql.push(&format!("({near}::bigint, {far}::bigint)")));
    sql.push(") AS part (near, far) CROSS JOIN LATERAL (SELECT t.id FROM searchable t WHERE (");
    let has_key = |key: i64| {
        format!(
            "search_keys(t.id, t.platform, t.texts) && (SELECT array_agg((s << 32) | {key}) FROM {segments} AS s)"
        )
    };
    sql.push_each(" OR ", terms, |sql, term| {
        sql.push("(");
        sql.push_each(" AND ", term.keys(), |sql, key| sql.push(&has_key(key)));
        if !term.is_told_by_its_key() {
            sql.push(" AND strpos(t.texts, ");
            sql.push_text(term.sought());
            sql.push(") > 0");
        }
        sql.push(")");
    });
    sql.push(")");
    if let Some(platform) = platform {
        sql.push(&format!(" AND {} AND t.platform = ", has_key(platform_key(platform))));
        sql.push_text(platform.as_str());
    }
    sql.push(&format!(" ORDER BY t.id {direction}) f WHERE part.near <= last.segment LIMIT {}", COUNTED + 1));
}

/// From where to where each part of the index goes, in segments from one end: small ones first, since what is found within
/// one is sorted before it is shown.
fn parts() -> impl Iterator<Item = (i64, i64)> {
    let sizes = (0..PARTS).map(|number| 1_i64 << (number / 4));
    sizes.scan(0, |near, size| {
        let from = *near;
        *near += size;
        Some((from, from + size - 1))
    })
}

/// The index itself knows the order and can stop.
fn push_fts(sql: &mut Sql, platform: Option<Platform>, terms: &[Term], oldest_first: bool) {
    let mut wanted = terms.iter().map(Term::phrase).collect::<Vec<_>>().join(" OR ");
    if let Some(platform) = platform {
        wanted = format!("({wanted}) AND {}", platform_phrase(platform));
    }
    let direction = if oldest_first { "ASC" } else { "DESC" };
    sql.push("SELECT rowid AS id FROM searchable WHERE searchable MATCH ");
    sql.push_text(&wanted);
    sql.push(&format!(" ORDER BY rowid {direction} LIMIT {}", COUNTED + 1));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::search::Sort;

    fn text(database: Backend, by: SearchBy) -> String {
        let mut sql = Sql::new(database, "");
        push_found(&mut sql, &Search { by, sort: Sort::Id, ascending: false, offset: 0, limit: 40 });
        sql.text().to_owned()
    }

    #[test]
    fn several_texts_stay_within_the_platform() {
        let keys = vec!["a".to_owned(), "b".to_owned()];
        let exact = SearchBy::Exact { platform: Some(Platform::Github), keys };
        assert_eq!(
            text(Backend::Sqlite, exact),
            "SELECT b.id FROM bindings b WHERE b.platform <> 'nextid' AND b.platform = $1 AND \
             ((b.identity_folded <> '' AND b.identity_folded IN ($2, $3)) OR \
             (b.alt_id_folded <> '' AND b.alt_id_folded IN ($4, $5)) OR \
             (b.alt_name_folded <> '' AND b.alt_name_folded IN ($6, $7)))"
        );
    }

    #[test]
    fn nothing_that_can_be_indexed_finds_nothing() {
        let fuzzy = SearchBy::Fuzzy { platform: None, parts: vec!["\u{2}".to_owned()] };
        assert_eq!(text(Backend::Postgres, fuzzy), "SELECT b.id FROM bindings b WHERE 1 = 0");
    }

    #[test]
    fn parts_leave_nothing_out() {
        let parts: Vec<_> = parts().collect();
        assert_eq!(parts[..6], [(0, 0), (1, 1), (2, 2), (3, 3), (4, 5), (6, 7)]);
        assert!(parts.windows(2).all(|pair| pair[0].1 + 1 == pair[1].0));
        // More ids than an identity column gives out in practice: 65,536 to a segment.
        assert!(parts.last().unwrap().1 > 60_000_000);
    }
}
