//! The feed: numbered from 1 without a gap, every link in it once or waiting for it, each chain in its order.

use std::collections::{BTreeMap, HashMap, HashSet};

use diesel::prelude::*;

use super::{Checks, Defect, LinkPlace, PageEnd};
use crate::db::{DbConnection, DbError};
use crate::feed::schema::{feed, outbox};
use crate::on_backend;

/// Rows of one read.
const PAGE: i64 = 2000;

/// Where one row is in the feed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Places {
    /// Its numbers.
    pub numbered: Vec<i64>,
    /// The ids under which it waits for one.
    pub waiting: Vec<i64>,
}

impl Places {
    /// What is wrong with these places of a row, apart from their order: a row has one number, or waits for one once.
    pub fn defect(&self, table: &'static str) -> Option<Defect> {
        let numbered = |count: usize| format!("numbered {count} times");
        match (self.numbered.as_slice(), self.waiting.as_slice()) {
            ([_], _) | ([], [_]) => None,
            ([], []) => Some(
                Defect::new("not_in_feed", table, "neither numbered nor waiting for it")
                    .expected("a row of feed or of outbox", "none"),
            ),
            ([], waiting) => Some(
                Defect::new("waits_twice", table, "it waits for its number more than once")
                    .expected("one row of outbox", format!("the rows {waiting:?}")),
            ),
            (numbers, _) => Some(
                Defect::new("numbered_twice", table, numbered(numbers.len()))
                    .expected("one row of feed", format!("the rows {numbers:?}")),
            ),
        }
    }
}

/// Where these rows are in the feed. The outbox is asked only for those that have no number.
///
/// # Errors
/// The database's.
pub fn places(conn: &mut DbConnection, kind: i16, ids: &[i64]) -> Result<HashMap<i64, Places>, DbError> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let mut found: HashMap<i64, Places> = ids.iter().map(|id| (*id, Places::default())).collect();
    let numbered: Vec<(i64, i64)> = on_backend!(&mut *conn, c => feed::table
        .filter(feed::kind.eq(kind))
        .filter(feed::reference.eq_any(ids))
        .order(feed::id)
        .select((feed::reference, feed::id))
        .load(c))?;
    for (reference, id) in numbered {
        found.entry(reference).or_default().numbered.push(id);
    }
    let others: Vec<i64> =
        found.iter().filter(|(_, places)| places.numbered.is_empty()).map(|(id, _)| *id).collect();
    if !others.is_empty() {
        let waiting: Vec<(i64, i64)> = on_backend!(conn, c => outbox::table
            .filter(outbox::kind.eq(kind))
            .filter(outbox::reference.eq_any(&others))
            .order(outbox::id)
            .select((outbox::reference, outbox::id))
            .load(c))?;
        for (reference, id) in waiting {
            found.entry(reference).or_default().waiting.push(id);
        }
    }
    Ok(found)
}

/// The order of one chain's links in the feed: where the link before is.
#[derive(Debug, Default)]
pub(super) struct ChainOrder {
    numbered: Option<i64>,
    waiting: Option<i64>,
}

impl ChainOrder {
    /// Takes the places of the chain's next link.
    pub(super) fn push(&mut self, link: LinkPlace<'_>, places: &Places, found: &mut Vec<Defect>) {
        let of_link = |defect: Defect| defect.row(link.id).of(link.avatar).at(link.seq);
        found.extend(places.defect("links").map(of_link));
        let order = |message: &str| of_link(Defect::new("feed_order", "links", message));
        match (places.numbered.first(), places.waiting.first()) {
            (Some(id), _) => {
                if let Some(waiting) = self.waiting {
                    found.push(
                        order("it is numbered, while a link before it waits")
                            .expected(format!("no number before row {waiting} of outbox has one"), id),
                    );
                } else if let Some(before) = self.numbered.filter(|before| before >= id) {
                    found.push(
                        order("its number is not above that of the link before")
                            .expected(format!("> {before}"), id),
                    );
                }
                self.numbered = Some(*id);
            }
            (None, Some(id)) => {
                if let Some(before) = self.waiting.filter(|before| before >= id) {
                    found.push(order("it waits before the link before").expected(format!("> {before}"), id));
                }
                self.waiting = Some(*id);
            }
            (None, None) => {}
        }
    }
}

/// A page of the feed: no number is missing, and what a row refers to is there.
pub(super) fn feed_page<C: Checks>(
    conn: &mut DbConnection,
    after: i64,
    found: &mut Vec<Defect>,
) -> Result<Option<PageEnd>, DbError> {
    let rows: Vec<Row> = on_backend!(&mut *conn, c => feed::table
        .filter(feed::id.gt(after))
        .order(feed::id)
        .limit(PAGE)
        .select((feed::id, feed::kind, feed::reference))
        .load(c))?;
    let mut next = after.saturating_add(1);
    for (id, ..) in &rows {
        if *id != next {
            found.push(
                Defect::new("feed_gap", "feed", "numbers are missing before this row")
                    .row(*id)
                    .expected(next, id),
            );
        }
        next = id.saturating_add(1);
    }
    referred_to::<C>(conn, "feed", &rows, found)?;
    Ok(rows.last().map(|(id, ..)| PageEnd { last: *id, rows: rows.len() }))
}

/// A page of the outbox: what a row refers to is there, and has no number yet.
pub(super) fn outbox_page<C: Checks>(
    conn: &mut DbConnection,
    after: i64,
    found: &mut Vec<Defect>,
) -> Result<Option<PageEnd>, DbError> {
    let rows: Vec<Row> = on_backend!(&mut *conn, c => outbox::table
        .filter(outbox::id.gt(after))
        .order(outbox::id)
        .limit(PAGE)
        .select((outbox::id, outbox::kind, outbox::reference))
        .load(c))?;
    referred_to::<C>(conn, "outbox", &rows, found)?;
    for (kind, ids) in by_kind(&rows) {
        let places = places(conn, kind, &ids)?;
        for (id, _, reference) in rows.iter().filter(|(_, of, _)| *of == kind) {
            if let Some(number) = places.get(reference).and_then(|places| places.numbered.first()) {
                found.push(
                    Defect::new("waits_though_numbered", "outbox", "what it refers to has a number")
                        .row(*id)
                        .expected("no row of feed", format!("row {number}")),
                );
            }
        }
    }
    Ok(rows.last().map(|(id, ..)| PageEnd { last: *id, rows: rows.len() }))
}

/// Id, kind and reference.
type Row = (i64, i16, i64);

fn by_kind(rows: &[Row]) -> BTreeMap<i16, Vec<i64>> {
    let mut kinds: BTreeMap<i16, Vec<i64>> = BTreeMap::new();
    for (_, kind, reference) in rows {
        kinds.entry(*kind).or_default().push(*reference);
    }
    kinds
}

fn referred_to<C: Checks>(
    conn: &mut DbConnection,
    table: &'static str,
    rows: &[Row],
    found: &mut Vec<Defect>,
) -> Result<(), DbError> {
    for (kind, ids) in by_kind(rows) {
        let existing = C::existing(conn, kind, &ids)?.map(HashSet::<i64>::from_iter);
        for (id, _, reference) in rows.iter().filter(|(_, of, _)| *of == kind) {
            let defect = match &existing {
                None => Defect::new("unknown_kind", table, format!("its kind, {kind}, is not known")),
                Some(existing) if existing.contains(reference) => continue,
                Some(_) => Defect::new("dangling", table, "what it refers to is not there")
                    .expected(format!("row {reference} of kind {kind}"), "none"),
            };
            found.push(defect.row(*id));
        }
    }
    Ok(())
}
