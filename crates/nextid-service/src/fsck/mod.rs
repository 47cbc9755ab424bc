//! The check of a whole database: every chain by the rules of `nextid-core`, and everything that follows from the chains.
//!
//! A service says in [`Checks`] which tables it has and what follows from its links; what is common is here: all cores work,
//! each on a few chains at a time, so that the memory needed is that of a page of links, and of the uuids and the state of the
//! chains that are being looked at, however large the database is and however much waits for its number. It only reads.
//!
//! It may run beside services that write. Between two reads a chain grows, and a row moves from the outbox to the feed; so
//! what looks wrong is looked at once more, under one snapshot of the database, and only what is wrong there is told.

mod chains;
mod defect;
mod feed;
mod link_defect;
mod links;
mod progress;
mod run;
mod snapshot;
mod waiting;

use crate::db::{DbConnection, DbError};

pub use chains::Span;
pub use defect::Defect;
pub use feed::{numbered_twice, numbers};
pub use link_defect::LinkTexts;
pub use progress::{Count, Progress};
pub use run::{Event, check, check_configured, default_jobs};

/// What differs between the services: the tables, the rules of a chain, and what follows from one. Nothing here may change the
/// database.
pub trait Checks: 'static {
    /// A row of `links`.
    type Link;
    /// A chain, as far as its links were pushed.
    type Chain;

    /// How the feed refers to links.
    const LINKS: Kind;
    /// What else it refers to.
    const OTHERS: &'static [Kind];
    /// How many links are read at a time: with the largest ones a few MiB.
    const PAGE: i64;

    /// At most `count` links of a span, ordered by Avatar, place and id.
    ///
    /// # Errors
    /// The database's.
    fn links_between(conn: &mut DbConnection, span: &Span, count: i64) -> Result<Vec<Self::Link>, DbError>;

    /// At most `count` links of one chain from this place on, ordered by place and id.
    ///
    /// # Errors
    /// The database's.
    fn links_from(
        conn: &mut DbConnection,
        avatar: &[u8],
        seq: i64,
        count: i64,
    ) -> Result<Vec<Self::Link>, DbError>;

    /// Where a link says that it stands.
    fn place(link: &Self::Link) -> LinkPlace<'_>;

    /// Begins with the chain of an Avatar.
    fn begin(avatar: &[u8]) -> Self::Chain;

    /// Checks the next link of a chain, and takes it as its head whatever is wrong with it.
    fn push(chain: &mut Self::Chain, link: &Self::Link, found: &mut Vec<Defect>);

    /// Compares what follows from these chains, which have no further links, with what is stored.
    ///
    /// # Errors
    /// The database's.
    fn finish(
        conn: &mut DbConnection,
        chains: Vec<Self::Chain>,
        found: &mut Vec<Defect>,
    ) -> Result<(), DbError>;

    /// At most `count` Avatars after this one, ascending, for which something is stored though they have no link.
    ///
    /// # Errors
    /// The database's.
    fn without_chain(conn: &mut DbConnection, after: &[u8], count: i64) -> Result<Vec<Vec<u8>>, DbError>;

    /// Which of these rows there are that the feed refers to under this kind, which is not that of links; none when there is no
    /// such kind.
    ///
    /// # Errors
    /// The database's.
    fn existing(conn: &mut DbConnection, kind: i16, ids: &[i64]) -> Result<Option<Vec<i64>>, DbError>;

    /// Tables that are checked row by row, beside the chains.
    fn tables() -> &'static [Table];
}

/// Rows that the feed refers to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Kind {
    /// The feed's word for them.
    pub number: i16,
    /// Where they are: a table with the columns `id` and `avatar`, and `seq` if it is of links.
    pub table: &'static str,
    /// Whether it has `seq`.
    pub has_seq: bool,
}

/// A table that is checked row by row.
#[derive(Debug, Clone, Copy)]
pub struct Table {
    /// Its name.
    pub name: &'static str,
    /// Checks some rows after this id, ascending by id.
    pub page: PageCheck,
}

/// Checks a page of rows that follow an id, and says where it ends; none at the end of the table.
pub type PageCheck = fn(&mut DbConnection, i64, &mut Vec<Defect>) -> Result<Option<PageEnd>, DbError>;

/// Where a page of rows ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PageEnd {
    /// The last row's id.
    pub last: i64,
    /// How many rows it has.
    pub rows: usize,
}

/// Where a link stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LinkPlace<'a> {
    /// The Avatar's bytes.
    pub avatar: &'a [u8],
    /// The place in the chain.
    pub seq: i64,
    /// The row's id.
    pub id: i64,
}
