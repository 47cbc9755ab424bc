//! The search for Avatars by what is bound to them.

use nextid_core::{Avatar, Platform};
use nextid_service::db::{DbConnection, DbError};
use nextid_service::on_backend;

use diesel::RunQueryDsl;

use super::Store;
use super::bindings::BindingRow;
use super::search_page::page;
use super::search_rows::{Row, collect};

/// How far the matches of a fuzzy search are counted, and shown.
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
    /// shorter than three characters. Where more than [`COUNTED`] match, the newest of them, or with the order by age the
    /// oldest if those come first, are sorted and shown.
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
    /// By the second of the Avatar's newest link.
    ActivatedAt,
}

/// A page of matches.
#[derive(Debug, Clone, PartialEq, Eq)]
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

/// An Avatar with everything that is bound to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AvatarBindings {
    /// Who, in the stored spelling.
    pub avatar: String,
    /// The second of the newest link; 0 without one.
    pub activated_at: i64,
    /// Other Avatars of the same person, in the stored spelling.
    pub alias: Vec<String>,
    /// The bindings in force, newest first, aliases not among them.
    pub proofs: Vec<BindingRow>,
}

impl Search {
    pub(super) fn is_fuzzy(&self) -> bool {
        matches!(self.by, SearchBy::Fuzzy { .. })
    }

    pub(super) fn oldest_first(&self) -> bool {
        self.sort == Sort::Id && self.ascending
    }
}

impl Store {
    /// Finds Avatars by what is bound to them, in one statement.
    ///
    /// # Errors
    /// [`DbError`].
    pub async fn search(&self, search: Search) -> Result<SearchPage, DbError> {
        self.db().read(move |conn| run(conn, &search)).await
    }
}

fn run(conn: &mut DbConnection, search: &Search) -> Result<SearchPage, DbError> {
    let sql = page(conn.backend(), search);
    let rows: Vec<Row> = on_backend!(conn, c => sql.boxed().load(c))?;
    let (matches, matched, avatars) = collect(rows);
    let total_exact = !search.is_fuzzy() || matches <= COUNTED;
    Ok(SearchPage { total: if total_exact { matches } else { COUNTED }, total_exact, matched, avatars })
}
