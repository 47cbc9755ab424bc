//! Many chains by one statement, for PostgreSQL.

use std::collections::HashMap;

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Binary, Nullable, Text};
use nextid_service::chain::Head;
use nextid_service::db::{DbError, Prepared, PreparedText, array};

use super::{Question, SubmitContext};
use crate::store::StoredLink;
use crate::store::schema::links;

/// Single values in the place of joins: each is one probe of an index, whatever the planner takes the tables for.
struct Contexts;

impl PreparedText for Contexts {
    const BEFORE: &'static str = "SELECT h.seq, h.uuid, h.created_at, h.signature, \
        (SELECT l.id FROM links l WHERE l.avatar = q.avatar AND l.uuid = q.uuid), \
        (SELECT b.id FROM bindings b \
            WHERE b.avatar = q.avatar AND b.platform = q.platform AND b.identity = q.identity), \
        (SELECT count(*) FROM bindings b WHERE b.avatar = q.avatar) FROM unnest(";
    const AFTER: &'static str = ") WITH ORDINALITY AS q (avatar, uuid, platform, identity, n) LEFT JOIN LATERAL \
        (SELECT seq, uuid, created_at, signature FROM links WHERE avatar = q.avatar ORDER BY seq DESC LIMIT 1) h \
        ON true ORDER BY q.n";
    type Row = (Nullable<(BigInt, Binary, BigInt, Binary)>, Nullable<BigInt>, Nullable<BigInt>, BigInt);
}

/// The head, the id of the link with the same uuid, the id of the binding, and how many bindings there are.
type Found = (Option<Head>, Option<i64>, Option<i64>, i64);

/// The answer to each question, in their order.
pub(super) fn contexts(c: &mut PgConnection, questions: &[Question]) -> Result<Vec<SubmitContext>, DbError> {
    let texts = |column: fn(&Question) -> &str| -> Vec<&str> { questions.iter().map(column).collect() };
    let bytes = |column: fn(&Question) -> &[u8]| -> Vec<&[u8]> { questions.iter().map(column).collect() };
    let columns = (
        array::<Binary, _>(bytes(|question| question.avatar.as_bytes())),
        array::<Binary, _>(bytes(|question| question.uuid.as_bytes())),
        array::<Text, _>(texts(|question| question.identity.platform().as_str())),
        array::<Text, _>(texts(|question| question.identity.as_str())),
    );
    let rows: Vec<Found> = Prepared::<Contexts, _>::new(columns).load(c)?;
    let same_uuid = by_id(c, rows.iter().filter_map(|(_, link, _, _)| *link).collect())?;
    Ok(rows
        .into_iter()
        .map(|(head, link, binding, binding_count)| SubmitContext {
            head,
            same_uuid: link.and_then(|id| same_uuid.get(&id).cloned()),
            is_bound: binding.is_some(),
            binding_count,
        })
        .collect())
}

/// Links that were submitted before. Hardly ever is there one.
fn by_id(c: &mut PgConnection, ids: Vec<i64>) -> Result<HashMap<i64, StoredLink>, DbError> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let found: Vec<StoredLink> =
        links::table.filter(links::id.eq_any(&ids)).select(StoredLink::as_select()).load(c)?;
    Ok(found.into_iter().map(|link| (link.id, link)).collect())
}
