//! PostgreSQL statements of our own words that are prepared once for each connection, above all those over many rows at once.
//!
//! diesel's own batch insert has a text of its own for each number of rows, and `sql_query` is prepared anew each time.
//! Here rows are handed over as one array for each column, so that the text is the same for any number of them.

use std::marker::PhantomData;

use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::sql_types::{Array, SingleValue, SqlType};

/// The text of a statement around its values: `{BEFORE}$1, $2, …{AFTER}`.
///
/// Where the values are arrays, one for each column, they have equal length and stand inside of `unnest( … )`. Everything else
/// refers to what that gives.
pub trait PreparedText: 'static {
    /// What stands before the values.
    const BEFORE: &'static str;
    /// What stands behind them.
    const AFTER: &'static str;
    /// The SQL types of a row of the answer.
    type Row;
}

/// A statement with its values: a tuple of [`array()`]s, or of `value.into_sql::<…>()`.
///
/// ```
/// use diesel::prelude::*;
/// use diesel::sql_types::BigInt;
/// use nextid_service::db::{Prepared, PreparedText, array};
///
/// struct Doubled;
///
/// impl PreparedText for Doubled {
///     const BEFORE: &'static str = "SELECT q.number * 2 FROM unnest(";
///     const AFTER: &'static str = ") WITH ORDINALITY AS q (number, place) ORDER BY q.place";
///     type Row = BigInt;
/// }
///
/// fn doubled(c: &mut PgConnection, numbers: Vec<i64>) -> QueryResult<Vec<i64>> {
///     Prepared::<Doubled, _>::new((array::<BigInt, _>(numbers),)).load(c)
/// }
/// ```
#[derive(Debug, Clone)]
pub struct Prepared<S, V> {
    values: V,
    text: PhantomData<S>,
}

impl<S, V> Prepared<S, V> {
    /// The statement with these values.
    pub fn new(values: V) -> Self {
        Self { values, text: PhantomData }
    }
}

impl<S: PreparedText, V: QueryFragment<Pg>> QueryFragment<Pg> for Prepared<S, V> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql(S::BEFORE);
        self.values.walk_ast(out.reborrow())?;
        out.push_sql(S::AFTER);
        Ok(())
    }
}

// The text alone tells the statement: a text's values always have the same types.
impl<S: PreparedText, V> QueryId for Prepared<S, V> {
    type QueryId = S;
    const HAS_STATIC_QUERY_ID: bool = true;
}

impl<S: PreparedText, V> Query for Prepared<S, V> {
    type SqlType = S::Row;
}

impl<S, V> RunQueryDsl<PgConnection> for Prepared<S, V> {}

/// A column: the values of all rows, with their SQL type.
///
/// It is written as a subquery. The planner cannot look through that, and so takes any number of rows for ten. If it saw that a
/// batch has three, it would find a plan for three cheaper than the one that it keeps, and plan anew each time, which takes
/// longer than to run it.
pub fn array<T, V>(values: V) -> Column<diesel::dsl::AsExprOf<V, Array<T>>>
where
    T: SqlType + SingleValue,
    Array<T>: SqlType,
    V: diesel::expression::AsExpression<Array<T>>,
{
    Column(values.into_sql::<Array<T>>())
}

/// See [`array()`].
#[derive(Debug, Clone)]
pub struct Column<E>(E);

impl<E: QueryFragment<Pg>> QueryFragment<Pg> for Column<E> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql("(SELECT ");
        self.0.walk_ast(out.reborrow())?;
        out.push_sql(")");
        Ok(())
    }
}
