//! Many chains by one statement, for PostgreSQL.

use std::collections::HashMap;

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Binary, Bool, Nullable, Text};
use nextid_core::{Identity, Platform};
use nextid_service::chain::Head;
use nextid_service::db::{DbError, Prepared, PreparedText, array};

use super::{PayloadContext, PayloadQuestion, SubmitContext, SubmitQuestion};
use crate::store::StoredLink;
use crate::store::bindings::{Known, KnownBinding};
use crate::store::namespaces::{ContentRow, ContentRowType, contents_of, gather};
use crate::store::schema::links;

/// What the serving generation says of the binding that is written under.
macro_rules! known_sql {
    () => {
        "LEFT JOIN LATERAL (SELECT is_bound, is_valid, alt_id FROM bindings WHERE avatar = q.avatar \
            AND platform = q.platform AND identity = q.identity AND generation = f.serving LIMIT 1) k ON true "
    };
}

type KnownType = (Nullable<BigInt>, Nullable<(Bool, Bool, Text)>);
type KnownRow = (Option<i64>, Option<(bool, bool, String)>);

struct SubmitContexts;

impl PreparedText for SubmitContexts {
    const BEFORE: &'static str = concat!(
        "SELECT q.n, (SELECT l.id FROM links l WHERE l.avatar = q.avatar AND l.uuid = q.uuid), ",
        "f.live_at, k.is_bound, k.is_valid, k.alt_id, ",
        contents_of!(columns),
        " FROM unnest("
    );
    const AFTER: &'static str = concat!(
        ") WITH ORDINALITY AS q (avatar, uuid, platform, identity, n) ",
        contents_of!(tables, ""),
        known_sql!(),
        "ORDER BY q.n, s.id"
    );
    type Row = (BigInt, Nullable<BigInt>, KnownType, ContentRowType);
}

struct PayloadContexts;

impl PreparedText for PayloadContexts {
    const BEFORE: &'static str = "SELECT h.seq, h.uuid, h.created_at, h.signature, f.serving, f.live_at, \
        k.is_bound, k.is_valid, k.alt_id FROM unnest(";
    const AFTER: &'static str = concat!(
        ") WITH ORDINALITY AS q (avatar, platform, identity, n) \
        CROSS JOIN (SELECT serving, live_at FROM follow WHERE name = 'proof-service') f LEFT JOIN LATERAL \
        (SELECT seq, uuid, created_at, signature FROM links WHERE avatar = q.avatar ORDER BY seq DESC LIMIT 1) h \
        ON true ",
        known_sql!(),
        "ORDER BY q.n"
    );
    type Row = (Nullable<(BigInt, Binary, BigInt, Binary)>, BigInt, KnownType);
}

/// The answer to each question, in their order; none where there is too much content for a common answer.
pub(super) fn submit_contexts(
    c: &mut PgConnection,
    questions: &[SubmitQuestion],
) -> Result<Vec<Option<SubmitContext>>, DbError> {
    let bytes =
        |column: fn(&SubmitQuestion) -> &[u8]| -> Vec<&[u8]> { questions.iter().map(column).collect() };
    let texts = |column: fn(&SubmitQuestion) -> &str| -> Vec<&str> { questions.iter().map(column).collect() };
    let columns = (
        array::<Binary, _>(bytes(|question| question.avatar.as_bytes())),
        array::<Binary, _>(bytes(|question| question.uuid.as_bytes())),
        array::<Text, _>(texts(|question| question.identity.platform().as_str())),
        array::<Text, _>(texts(|question| question.identity.as_str())),
    );
    let rows: Vec<(i64, Option<i64>, KnownRow, ContentRow)> =
        Prepared::<SubmitContexts, _>::new(columns).load(c)?;
    let same_uuid = by_id(c, rows.iter().filter_map(|(_, link, _, _)| *link).collect())?;
    let mut facts = HashMap::with_capacity(questions.len());
    let mut contents = Vec::with_capacity(rows.len());
    for (n, link, known, content) in rows {
        let serving = content.serving;
        facts.entry(n).or_insert((link, serving, known));
        contents.push((n, content));
    }
    let avatars = questions.iter().map(|question| &question.avatar);
    (1..)
        .zip(questions)
        .zip(gather(avatars, contents))
        .map(|((n, question), gathered)| {
            let (link, serving, row) = facts.remove(&n).ok_or(DbError::Aborted)?;
            Ok(gathered.map(|gathered| SubmitContext {
                head: gathered.head,
                same_uuid: link.and_then(|id| same_uuid.get(&id).cloned()),
                namespaces: gathered.namespaces,
                known: known(&question.identity, serving, row),
            }))
        })
        .collect()
}

/// The answer to each question, in their order.
pub(super) fn payload_contexts(
    c: &mut PgConnection,
    questions: &[PayloadQuestion],
) -> Result<Vec<PayloadContext>, DbError> {
    let avatars: Vec<&[u8]> =
        questions.iter().map(|question| question.avatar.as_bytes().as_slice()).collect();
    let platforms: Vec<&str> =
        questions.iter().map(|question| question.identity.platform().as_str()).collect();
    let identities: Vec<&str> = questions.iter().map(|question| question.identity.as_str()).collect();
    let columns = (array::<Binary, _>(avatars), array::<Text, _>(platforms), array::<Text, _>(identities));
    let rows: Vec<(Option<Head>, i64, KnownRow)> = Prepared::<PayloadContexts, _>::new(columns).load(c)?;
    let answers = rows.into_iter().zip(questions);
    Ok(answers
        .map(|((head, serving, row), question)| PayloadContext {
            head,
            known: known(&question.identity, serving, row),
        })
        .collect())
}

/// The own key needs no binding.
fn known(identity: &Identity, serving: i64, (live_at, binding): KnownRow) -> Known {
    if identity.platform() == Platform::Nextid {
        return Known::default();
    }
    let binding = binding.map(|(is_bound, is_valid, alt_id)| KnownBinding { is_bound, is_valid, alt_id });
    Known { binding, is_whole: serving > 0, live_at }
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
