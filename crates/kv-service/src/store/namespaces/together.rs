//! The contents of many Avatars by one statement, for PostgreSQL.

use std::collections::HashMap;

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Binary, Bool, Nullable, Text};
use nextid_core::Avatar;
use nextid_service::chain::Head;
use nextid_service::db::{DbError, Prepared, PreparedText, array};

use super::{Gathered, Question};
use crate::store::namespace::{Binding, Namespace};
use crate::store::rows::NamespaceRow;

/// The head, the contents and the binding of each of an Avatar `q.avatar`: a row for each namespace, or one without.
///
/// All is read in one snapshot. Where an Avatar has more than 64 KiB, the contents themselves are left out: it is answered
/// alone, so that a batch stays small and nobody waits for the large ones. The limits and the windows keep the planner from
/// making joins of the parts, which might read whole tables.
macro_rules! contents_of {
    (columns) => {
        "h.seq, h.uuid, h.created_at, h.signature, f.serving, s.platform, s.identity, s.alt_id, \
            CASE WHEN s.total <= 65536 THEN s.content END, b.is_bound, b.alt_id, b.feed_id"
    };
    (tables, $filter:literal) => {
        concat!(
            "CROSS JOIN (SELECT serving, live_at FROM follow WHERE name = 'proof-service') f LEFT JOIN LATERAL \
            (SELECT seq, uuid, created_at, signature FROM links WHERE avatar = q.avatar ORDER BY seq DESC LIMIT 1) h \
            ON true LEFT JOIN LATERAL (SELECT id, platform, identity, alt_id, content, \
            sum(octet_length(content)) OVER () AS total FROM namespaces WHERE avatar = q.avatar",
            $filter,
            ") s ON true LEFT JOIN LATERAL (SELECT is_bound, alt_id, feed_id FROM bindings WHERE avatar = q.avatar \
            AND platform = s.platform AND identity = s.identity AND generation = f.serving LIMIT 1) b ON true "
        )
    };
}
pub(in crate::store) use contents_of;

/// The SQL types of [`ContentRow`].
pub(in crate::store) type ContentRowType = (
    Nullable<(BigInt, Binary, BigInt, Binary)>,
    BigInt,
    Nullable<(Text, Text, Text)>,
    Nullable<Text>,
    Nullable<Bool>,
    Nullable<Text>,
    Nullable<BigInt>,
);

/// One namespace of an Avatar, or none, with the Avatar's head.
#[derive(Debug, Queryable)]
pub(in crate::store) struct ContentRow {
    head: Option<Head>,
    pub(in crate::store) serving: i64,
    /// Platform, identity and account.
    namespace: Option<(String, String, String)>,
    content: Option<String>,
    is_bound: Option<bool>,
    alt_id: Option<String>,
    feed_id: Option<i64>,
}

struct Publications;

impl PreparedText for Publications {
    const BEFORE: &'static str = concat!("SELECT q.n, ", contents_of!(columns), " FROM unnest(");
    const AFTER: &'static str = concat!(
        ") WITH ORDINALITY AS q (avatar, platform, identity, n) ",
        contents_of!(
            tables,
            " AND (q.platform IS NULL OR platform = q.platform) AND (q.identity IS NULL OR identity = q.identity)"
        ),
        "ORDER BY q.n, s.id"
    );
    type Row = (BigInt, ContentRowType);
}

/// What each question asks for, in their order; none where there is too much content for a common answer.
pub(super) fn published(
    c: &mut PgConnection,
    questions: &[Question],
) -> Result<Vec<Option<Gathered>>, DbError> {
    let avatars: Vec<&[u8]> =
        questions.iter().map(|question| question.avatar.as_bytes().as_slice()).collect();
    let platforms: Vec<Option<&str>> =
        questions.iter().map(|question| question.filter.platform.map(|platform| platform.as_str())).collect();
    let identities: Vec<Option<&str>> =
        questions.iter().map(|question| question.filter.identity.as_deref()).collect();
    let columns = (
        array::<Binary, _>(avatars),
        array::<Nullable<Text>, _>(platforms),
        array::<Nullable<Text>, _>(identities),
    );
    let rows: Vec<(i64, ContentRow)> = Prepared::<Publications, _>::new(columns).load(c)?;
    Ok(gather(questions.iter().map(|question| &question.avatar), rows))
}

/// Puts together what belongs to each Avatar, by its place; none where the contents were left out.
pub(in crate::store) fn gather<'a>(
    avatars: impl Iterator<Item = &'a Avatar>,
    rows: Vec<(i64, ContentRow)>,
) -> Vec<Option<Gathered>> {
    let mut by_place: HashMap<i64, Option<Gathered>> = HashMap::new();
    let avatars: Vec<&Avatar> = avatars.collect();
    for (n, row) in rows {
        let avatar = usize::try_from(n).ok().and_then(|n| avatars.get(n.checked_sub(1)?));
        let gathered = by_place.entry(n).or_insert_with(|| Some(Gathered::default()));
        let is_whole = match (gathered.as_mut(), avatar) {
            (Some(gathered), Some(avatar)) => gathered.add(avatar, row),
            _ => false,
        };
        if !is_whole {
            *gathered = None;
        }
    }
    (1..).zip(&avatars).map(|(n, _)| by_place.remove(&n).flatten()).collect()
}

impl Gathered {
    /// Takes a row in; false if it lacks its content.
    fn add(&mut self, avatar: &Avatar, row: ContentRow) -> bool {
        self.head = row.head;
        let Some((platform, identity, account)) = row.namespace else { return true };
        let Some(content) = row.content else { return false };
        let namespace =
            NamespaceRow { avatar: avatar.as_bytes().to_vec(), platform, identity, content, alt_id: account };
        let binding = Binding { table_is_whole: row.serving > 0, is_bound: row.is_bound, alt_id: row.alt_id };
        let namespace = Namespace::new(namespace, &binding);
        self.marks.add(row.serving, namespace.standing, row.feed_id);
        self.namespaces.push(namespace);
        true
    }
}
