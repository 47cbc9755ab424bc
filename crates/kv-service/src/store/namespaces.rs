//! The contents, by Avatar and by identity.
//!
//! Readers that wait at the same time are answered together, by one round trip.

mod together;

use diesel::prelude::*;
use nextid_core::{Avatar, Identity, Platform};
use nextid_service::chain::Head;
use nextid_service::db::{DbConnection, DbError};
use nextid_service::on_backend;

use super::Store;
use super::bindings::PROOF_SERVICE;
use super::chain::head;
use super::marks::Marks;
use super::namespace::{Binding, Namespace, standing};
use super::rows::NamespaceRow;
use super::schema::{bindings, follow, namespaces};
pub(super) use together::{ContentRow, ContentRowType, contents_of, gather};

/// Bytes of content after which a common answer is full, on SQLite; on PostgreSQL each Avatar has a bound of its own.
pub(super) const BATCH_BYTES: usize = 4 * 1024 * 1024;

/// Which namespaces of an Avatar are asked for: all, those on a platform, or one.
#[derive(Debug, Clone, Default)]
pub struct NamespaceFilter {
    /// On this platform only.
    pub platform: Option<Platform>,
    /// With this identity only, normalised.
    pub identity: Option<String>,
}

/// What an Avatar published.
#[derive(Debug, Clone)]
pub struct Published {
    /// The last link of the chain; none for an empty one.
    pub head: Option<Head>,
    /// What there is to be said besides the links.
    pub marks: Marks,
    /// The contents, no older than the head; none where the reader has them already.
    pub namespaces: Option<Vec<Namespace>>,
}

/// Whose contents are asked for, and which.
#[derive(Debug, Clone)]
pub(super) struct Question {
    avatar: Avatar,
    filter: NamespaceFilter,
}

/// What an Avatar published, with what there is to be said besides.
#[derive(Debug, Default)]
pub(super) struct Gathered {
    pub(super) head: Option<Head>,
    pub(super) namespaces: Vec<Namespace>,
    marks: Marks,
}

/// A namespace as it is read: beside its row, which generation serves, whether the identity is bound there, to which
/// account, and by which item of the feed.
type Joined = (NamespaceRow, i64, Option<bool>, Option<String>, Option<i64>);

/// As [`Joined`], with the platform and the account instead of the row.
type Mark = (String, String, i64, Option<bool>, Option<String>, Option<i64>);

/// `namespaces` with what the serving generation says of the binding of each.
macro_rules! with_bindings {
    () => {
        namespaces::table.inner_join(follow::table.on(follow::name.eq(PROOF_SERVICE))).left_join(
            bindings::table.on(bindings::avatar
                .eq(namespaces::avatar)
                .and(bindings::platform.eq(namespaces::platform))
                .and(bindings::identity.eq(namespaces::identity))
                .and(bindings::generation.eq(follow::serving))),
        )
    };
}

/// The same, of one Avatar and as a filter selects.
macro_rules! selected {
    ($avatar:expr, $filter:expr, $columns:expr) => {{
        let mut query = with_bindings!()
            .filter(namespaces::avatar.eq($avatar.as_bytes().as_slice()))
            .order(namespaces::id)
            .select($columns)
            .into_boxed();
        if let Some(platform) = $filter.platform {
            query = query.filter(namespaces::platform.eq(platform.as_str()));
        }
        if let Some(identity) = &$filter.identity {
            query = query.filter(namespaces::identity.eq(identity));
        }
        query
    }};
}

impl Store {
    /// The head of a chain, and the contents, the oldest namespace first, unless `is_known` says that the reader has what
    /// follows from this head and these marks already.
    ///
    /// # Errors
    /// [`DbError`].
    pub async fn published(
        &self,
        avatar: Avatar,
        filter: NamespaceFilter,
        is_known: Option<impl Fn(Option<&Head>, &Marks) -> bool + Send + 'static>,
    ) -> Result<Published, DbError> {
        let question = Question { avatar, filter };
        let Some(found) = self.batches().published.ask(question.clone()).await? else {
            return self.db().read(move |conn| published_alone(conn, &question, is_known.as_ref())).await;
        };
        let Gathered { head, namespaces, marks } = found;
        let is_news = !is_known.is_some_and(|is_known| is_known(head.as_ref(), &marks));
        Ok(Published { head, marks, namespaces: is_news.then_some(namespaces) })
    }

    /// The contents that Avatars have under one identity, the oldest namespace first, of those to which it is bound by a
    /// proof that is valid: at most `count` after `skip`; and how many there are in all.
    ///
    /// # Errors
    /// [`DbError`].
    pub async fn namespaces_under(
        &self,
        identity: &Identity,
        skip: i64,
        count: i64,
    ) -> Result<(Vec<NamespaceRow>, i64), DbError> {
        let identity = identity.clone();
        self.db()
            .read(move |conn| match identity.platform() {
                Platform::Nextid => own(conn, identity.as_str(), skip, count),
                platform => bound(conn, platform, identity.as_str(), skip, count),
            })
            .await
    }
}

/// What each question asks for, in their order; none where there is too much content for a common answer.
pub(super) fn published(
    conn: &mut DbConnection,
    questions: &[Question],
) -> Result<Vec<Option<Gathered>>, DbError> {
    if let DbConnection::Postgres(c) = conn {
        return together::published(c, questions);
    }
    let mut bytes = 0_usize;
    questions
        .iter()
        .map(|Question { avatar, filter }| {
            if bytes > BATCH_BYTES {
                return Ok(None);
            }
            let head = head(conn, avatar)?;
            let (namespaces, marks) = contents(conn, avatar, filter)?;
            bytes += namespaces.iter().map(|namespace| namespace.content.len()).sum::<usize>();
            Ok(Some(Gathered { head, namespaces, marks }))
        })
        .collect()
}

/// What one question asks for, however much that is.
///
/// The head is read first: a link that is committed meanwhile makes the contents newer than the head, so that a reader who
/// comes again with that head gets them again. The other way round it would never get them.
fn published_alone(
    conn: &mut DbConnection,
    question: &Question,
    is_known: Option<&impl Fn(Option<&Head>, &Marks) -> bool>,
) -> Result<Published, DbError> {
    let Question { avatar, filter } = question;
    let head = head(conn, avatar)?;
    if let Some(is_known) = is_known {
        let marks = marks(conn, avatar, filter)?;
        if is_known(head.as_ref(), &marks) {
            return Ok(Published { head, marks, namespaces: None });
        }
    }
    let (namespaces, marks) = contents(conn, avatar, filter)?;
    Ok(Published { head, marks, namespaces: Some(namespaces) })
}

/// All contents of an Avatar.
pub(super) fn of_avatar(conn: &mut DbConnection, avatar: &Avatar) -> Result<Vec<Namespace>, DbError> {
    Ok(contents(conn, avatar, &NamespaceFilter::default())?.0)
}

fn contents(
    conn: &mut DbConnection,
    avatar: &Avatar,
    filter: &NamespaceFilter,
) -> Result<(Vec<Namespace>, Marks), DbError> {
    let rows: Vec<Joined> = on_backend!(conn, c => selected!(avatar, filter, (
        NamespaceRow::as_select(),
        follow::serving,
        bindings::is_bound.nullable(),
        bindings::alt_id.nullable(),
        bindings::feed_id.nullable(),
    ))
    .load(c))?;
    let mut marks = Marks::default();
    let namespaces = rows.into_iter().map(|(row, serving, is_bound, alt_id, feed_id)| {
        let namespace = Namespace::new(row, &Binding { table_is_whole: serving > 0, is_bound, alt_id });
        marks.add(serving, namespace.standing, feed_id);
        namespace
    });
    Ok((namespaces.collect(), marks))
}

fn marks(conn: &mut DbConnection, avatar: &Avatar, filter: &NamespaceFilter) -> Result<Marks, DbError> {
    let rows: Vec<Mark> = on_backend!(conn, c => selected!(avatar, filter, (
        namespaces::platform,
        namespaces::alt_id,
        follow::serving,
        bindings::is_bound.nullable(),
        bindings::alt_id.nullable(),
        bindings::feed_id.nullable(),
    ))
    .load(c))?;
    let mut marks = Marks::default();
    for (platform, account, serving, is_bound, alt_id, feed_id) in rows {
        let binding = Binding { table_is_whole: serving > 0, is_bound, alt_id };
        marks.add(serving, standing(&platform, &account, &binding), feed_id);
    }
    Ok(marks)
}

/// An Avatar needs no binding to itself.
fn own(
    conn: &mut DbConnection,
    identity: &str,
    skip: i64,
    count: i64,
) -> Result<(Vec<NamespaceRow>, i64), DbError> {
    let own = || {
        namespaces::table
            .filter(namespaces::platform.eq(Platform::Nextid.as_str()))
            .filter(namespaces::identity.eq(identity.to_owned()))
    };
    let page: Vec<NamespaceRow> = on_backend!(&mut *conn, c => own()
        .order(namespaces::id)
        .offset(skip)
        .limit(count)
        .select(NamespaceRow::as_select())
        .load(c))?;
    if let Some(total) = total_of(page.len(), skip, count) {
        return Ok((page, total));
    }
    let total = on_backend!(conn, c => own().count().get_result(c))?;
    Ok((page, total))
}

/// What was written under an account that the identity is not any more is left out.
fn bound(
    conn: &mut DbConnection,
    platform: Platform,
    identity: &str,
    skip: i64,
    count: i64,
) -> Result<(Vec<NamespaceRow>, i64), DbError> {
    let bound = || {
        with_bindings!()
            .filter(namespaces::platform.eq(platform.as_str()))
            .filter(namespaces::identity.eq(identity.to_owned()))
            .filter(bindings::is_bound.nullable().eq(true))
            .filter(bindings::is_valid.nullable().eq(true))
            .filter(
                namespaces::alt_id
                    .eq("")
                    .nullable()
                    .or(bindings::alt_id.nullable().eq(""))
                    .or(bindings::alt_id.nullable().eq(namespaces::alt_id.nullable())),
            )
    };
    let page: Vec<NamespaceRow> = on_backend!(&mut *conn, c => bound()
        .order(namespaces::id)
        .offset(skip)
        .limit(count)
        .select(NamespaceRow::as_select())
        .load(c))?;
    if let Some(total) = total_of(page.len(), skip, count) {
        return Ok((page, total));
    }
    let total = on_backend!(conn, c => bound().count().get_result(c))?;
    Ok((page, total))
}

/// How many there are in all, where a page that is not full tells it.
fn total_of(shown: usize, skip: i64, count: i64) -> Option<i64> {
    let shown = i64::try_from(shown).ok()?;
    (shown < count && (shown > 0 || skip == 0)).then(|| skip.saturating_add(shown))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_that_is_not_full_tells_how_many_there_are() {
        for (shown, skip, wanted) in [
            (0, 0, Some(0)),
            (39, 0, Some(39)),
            (7, 40, Some(47)),
            (40, 0, None),
            (0, 40, None),
            (40, 40, None),
        ] {
            assert_eq!(total_of(shown, skip, 40), wanted, "{shown} after {skip}");
        }
    }
}
