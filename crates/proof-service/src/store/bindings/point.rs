//! One binding of one Avatar: asked for all the time, so that questions which wait together are answered together.

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Binary, Bool, Text};
use nextid_core::{Avatar, Platform};
use nextid_service::db::{DbConnection, DbError, Prepared, PreparedText, array};

use super::BindingRow;
use crate::store::schema::bindings;

/// Which binding is asked for: that of the account with this name or this id, folded.
#[derive(Debug)]
pub(in crate::store) struct Question {
    pub(super) avatar: Avatar,
    pub(super) platform: Platform,
    pub(super) folded: String,
}

/// The binding that each question asks for, in their order.
pub(in crate::store) fn find(
    conn: &mut DbConnection,
    questions: &[Question],
) -> Result<Vec<Option<BindingRow>>, DbError> {
    match conn {
        DbConnection::Postgres(c) => together(c, questions),
        DbConnection::Sqlite(c) => {
            questions.iter().map(|question| Ok(choose(question, load(c, question)?))).collect()
        }
    }
}

/// A number can be one account's id and another's name: whoever has it as the name comes first.
fn choose(question: &Question, rows: Vec<BindingRow>) -> Option<BindingRow> {
    let is_name =
        |row: &BindingRow| nextid_core::identity::fold(question.platform, &row.identity) == question.folded;
    let (by_name, by_id): (Vec<_>, Vec<_>) = rows.into_iter().partition(is_name);
    by_name.into_iter().chain(by_id).next()
}

fn load(c: &mut SqliteConnection, question: &Question) -> Result<Vec<BindingRow>, DbError> {
    let folded = &question.folded;
    Ok(bindings::table
        .filter(bindings::avatar.eq(question.avatar.as_bytes().as_slice()))
        .filter(bindings::platform.eq(question.platform.as_str()))
        .filter(
            bindings::identity_folded
                .eq(folded)
                .or(bindings::alt_id_folded.eq(folded).and(bindings::alt_id_folded.ne(""))),
        )
        .order(bindings::id.desc())
        .select(BindingRow::as_select())
        .load(c)?)
}

/// The order within keeps the planner from making one join of it, which might read the whole table.
struct Points;

impl PreparedText for Points {
    const BEFORE: &'static str = "SELECT q.n, b.* FROM unnest(";
    const AFTER: &'static str = ") WITH ORDINALITY AS q (avatar, platform, folded, n) CROSS JOIN LATERAL \
        (SELECT avatar, platform, identity, alt_id, alt_name, state, is_valid, invalid_reason, created_at, \
            last_checked_at FROM bindings b \
            WHERE b.avatar = q.avatar AND b.platform = q.platform AND (b.identity_folded = q.folded \
            OR (b.alt_id_folded = q.folded AND b.alt_id_folded <> '')) ORDER BY b.id DESC) b \
        ORDER BY q.n";
    type Row = (BigInt, (Binary, Text, Text, Text, Text, Text, Bool, Text, BigInt, BigInt));
}

fn together(c: &mut PgConnection, questions: &[Question]) -> Result<Vec<Option<BindingRow>>, DbError> {
    let avatars: Vec<&[u8]> =
        questions.iter().map(|question| question.avatar.as_bytes().as_slice()).collect();
    let platforms: Vec<&str> = questions.iter().map(|question| question.platform.as_str()).collect();
    let folded: Vec<&str> = questions.iter().map(|question| question.folded.as_str()).collect();
    let columns = (array::<Binary, _>(avatars), array::<Text, _>(platforms), array::<Text, _>(folded));
    let rows: Vec<(i64, BindingRow)> = Prepared::<Points, _>::new(columns).load(c)?;
    let mut rows = rows.into_iter().peekable();
    Ok((1..)
        .zip(questions)
        .map(|(place, question)| {
            let own = std::iter::from_fn(|| rows.next_if(|(n, _)| *n == place)).map(|(_, row)| row);
            choose(question, own.collect())
        })
        .collect())
}
