//! The search for Avatars by what is bound to them.

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Binary};
use nextid_core::{Avatar, Platform};
use nextid_service::db::{Backend, DbConnection, DbError};
use nextid_service::on_backend;

use super::Store;
use super::bindings::{AvatarBindings, of_avatars};
use super::search_sql::{Bind, Sql};

/// How far the matches of a fuzzy search are counted.
pub const COUNTED: i64 = 10_000;

/// What is searched for.
#[derive(Debug, Clone)]
pub struct Search {
    /// How bindings are matched.
    pub by: SearchBy,
    /// The order of the matches.
    pub sort: Sort,
    /// Whether the smallest comes first.
    pub ascending: bool,
    /// Matches to leave out at the beginning.
    pub offset: i64,
    /// Matches at most.
    pub limit: i64,
}

/// How bindings are matched.
#[derive(Debug, Clone)]
pub enum SearchBy {
    /// All bindings of these Avatars.
    Avatars(Vec<Avatar>),
    /// Bindings whose identity, account id or account name is one of the given ones.
    Exact {
        /// On this platform only.
        platform: Option<Platform>,
        /// In every spelling that may be stored.
        keys: Vec<String>,
    },
    /// Bindings whose identity, account id or account name contains one of the given texts, or begins with it where it is
    /// shorter than three characters.
    Fuzzy {
        /// On this platform only.
        platform: Option<Platform>,
        /// Folded.
        parts: Vec<String>,
    },
}

/// By what matches are sorted; equal ones by age.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sort {
    /// By age.
    Id,
    /// By the second of binding.
    CreatedAt,
    /// By the second of the last check.
    LastCheckedAt,
    /// By the age of the link that bound.
    ProofChainId,
    /// By platform.
    Platform,
    /// By identity.
    Identity,
    /// By the platform's own id of the account.
    AltId,
    /// By the Avatar's newest link.
    ActivatedAt,
}

/// A page of matches.
#[derive(Debug, Clone)]
pub struct SearchPage {
    /// How many bindings match in all.
    pub total: i64,
    /// Whether `total` was counted to the end.
    pub total_exact: bool,
    /// How many bindings of this page match.
    pub matched: usize,
    /// The Avatars of the matches, each with everything that is bound to it.
    pub avatars: Vec<AvatarBindings>,
}

impl Store {
    /// Finds Avatars by what is bound to them.
    ///
    /// # Errors
    /// [`DbError`].
    pub async fn search(&self, search: Search) -> Result<SearchPage, DbError> {
        self.db().read(move |conn| run(conn, &search)).await
    }
}

fn run(conn: &mut DbConnection, search: &Search) -> Result<SearchPage, DbError> {
    let found = matches(conn, search)?;
    let (total, total_exact) = count(conn, search)?;
    let mut avatars: Vec<Avatar> = Vec::new();
    for avatar in found.iter().filter_map(|bytes| Avatar::from_sec1(bytes).ok()) {
        if !avatars.contains(&avatar) {
            avatars.push(avatar);
        }
    }
    let mut avatars = of_avatars(conn, &avatars)?;
    if let SearchBy::Avatars(asked) = &search.by
        && search.offset == 0
    {
        avatars.extend(with_aliases_only(conn, asked, &avatars)?);
    }
    Ok(SearchPage { total, total_exact, matched: found.len(), avatars })
}

/// Who is asked for by key and has aliases, but nothing else that is bound, is found as well.
fn with_aliases_only(
    conn: &mut DbConnection,
    asked: &[Avatar],
    found: &[AvatarBindings],
) -> Result<Vec<AvatarBindings>, DbError> {
    let others: Vec<Avatar> =
        asked.iter().filter(|avatar| found.iter().all(|found| found.avatar != **avatar)).copied().collect();
    let mut bindings = of_avatars(conn, &others)?;
    bindings.retain(|avatar| avatar.proofs.is_empty() && !avatar.alias.is_empty());
    Ok(bindings)
}

#[derive(QueryableByName)]
struct Match {
    #[diesel(sql_type = Binary)]
    avatar: Vec<u8>,
}

#[derive(QueryableByName)]
struct Counted {
    #[diesel(sql_type = BigInt)]
    matches: i64,
}

fn matches(conn: &mut DbConnection, search: &Search) -> Result<Vec<Vec<u8>>, DbError> {
    let direction = if search.ascending { "ASC" } else { "DESC" };
    let mut sql = Sql::new(conn.backend(), "SELECT b.avatar FROM bindings b WHERE ");
    sql.push_condition(&search.by);
    sql.push(" ORDER BY ");
    sql.push(order_expression(search.sort, conn.backend()));
    sql.push(&format!(" {direction}, b.id {direction} LIMIT "));
    sql.push_bind(Bind::Integer(search.limit));
    sql.push(" OFFSET ");
    sql.push_bind(Bind::Integer(search.offset));
    let rows: Vec<Match> = on_backend!(conn, c => sql.boxed().load(c))?;
    Ok(rows.into_iter().map(|row| row.avatar).collect())
}

/// An exact search is counted to the end. A fuzzy one is counted only so far: counting has to look at every match.
fn count(conn: &mut DbConnection, search: &Search) -> Result<(i64, bool), DbError> {
    let is_fuzzy = matches!(search.by, SearchBy::Fuzzy { .. });
    let mut sql =
        Sql::new(conn.backend(), "SELECT count(*) AS matches FROM (SELECT 1 FROM bindings b WHERE ");
    sql.push_condition(&search.by);
    if is_fuzzy {
        sql.push(&format!(" LIMIT {}", COUNTED + 1));
    }
    sql.push(") AS found");
    let rows: Vec<Counted> = on_backend!(conn, c => sql.boxed().load(c))?;
    let matches = rows.first().map_or(0, |row| row.matches);
    if is_fuzzy && matches > COUNTED { Ok((COUNTED, false)) } else { Ok((matches, true)) }
}

/// Texts are sorted by their bytes on both databases.
fn order_expression(sort: Sort, backend: Backend) -> &'static str {
    match (sort, backend) {
        (Sort::Id, _) => "b.id",
        (Sort::CreatedAt, _) => "b.created_at",
        (Sort::LastCheckedAt, _) => "b.last_checked_at",
        (Sort::ProofChainId, _) => "b.link_id",
        (Sort::ActivatedAt, _) => "(SELECT max(l.created_at) FROM links l WHERE l.avatar = b.avatar)",
        (Sort::Platform, Backend::Postgres) => "b.platform COLLATE \"C\"",
        (Sort::Platform, Backend::Sqlite) => "b.platform",
        (Sort::Identity, Backend::Postgres) => "b.identity COLLATE \"C\"",
        (Sort::Identity, Backend::Sqlite) => "b.identity",
        (Sort::AltId, Backend::Postgres) => "b.alt_id COLLATE \"C\"",
        (Sort::AltId, Backend::Sqlite) => "b.alt_id",
    }
}
