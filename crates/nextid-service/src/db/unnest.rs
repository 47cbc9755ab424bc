//! PostgreSQL statements over many rows at once, which are prepared once.
//!
//! diesel's own batch insert has a text of its own for each number of rows, and `sql_query` is prepared anew each time.
//! Here the rows are handed over as one array for each column, so that the text is the same for any number of them.

use std::marker::PhantomData;

use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};

/// The text of a statement around its columns: `{BEFORE}$1, $2, …{AFTER}`.
///
/// The columns are arrays of equal length and stand inside of `unnest( … )`. Everything else refers to what that gives.
pub trait UnnestText: 'static {
    /// What stands before the columns, as far as `unnest(`.
    const BEFORE: &'static str;
    /// What stands behind them, from `)` on.
    const AFTER: &'static str;
    /// The SQL types of a row of the answer.
    type Row;
}

/// A statement with its columns: a tuple of `values.into_sql::<Array<…>>()`.
///
/// ```
/// use diesel::prelude::*;
/// use diesel::sql_types::{Array, BigInt};
/// use nextid_service::db::{Unnest, UnnestText};
///
/// struct Doubled;
///
/// impl UnnestText for Doubled {
///     const BEFORE: &'static str = "SELECT q.number * 2 FROM unnest(";
///     const AFTER: &'static str = ") WITH ORDINALITY AS q (number, place) ORDER BY q.place";
///     type Row = BigInt;
/// }
///
/// fn doubled(c: &mut PgConnection, numbers: Vec<i64>) -> QueryResult<Vec<i64>> {
///     Unnest::<Doubled, _>::new((numbers.into_sql::<Array<BigInt>>(),)).load(c)
/// }
/// ```
#[derive(Debug, Clone)]
pub struct Unnest<S, C> {
    columns: C,
    text: PhantomData<S>,
}

impl<S, C> Unnest<S, C> {
    /// The statement over these columns.
    pub fn new(columns: C) -> Self {
        Self { columns, text: PhantomData }
    }
}

impl<S: UnnestText, C: QueryFragment<Pg>> QueryFragment<Pg> for Unnest<S, C> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql(S::BEFORE);
        self.columns.walk_ast(out.reborrow())?;
        out.push_sql(S::AFTER);
        Ok(())
    }
}

// The text alone tells the statement: a text's columns always have the same types.
impl<S: UnnestText, C> QueryId for Unnest<S, C> {
    type QueryId = S;
    const HAS_STATIC_QUERY_ID: bool = true;
}

impl<S: UnnestText, C> Query for Unnest<S, C> {
    type SqlType = S::Row;
}

impl<S, C> RunQueryDsl<PgConnection> for Unnest<S, C> {}
