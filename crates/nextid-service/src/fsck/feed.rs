//! The feed: numbered from 1 without a gap, every link in it once or waiting for it, each chain in its order.

use std::collections::{BTreeMap, HashMap, HashSet};

use diesel::prelude::*;

use super::links::existing_links;
use super::{Checks, Defect, LinkPlace, PageEnd};
use crate::db::{DbConnection, DbError};
use crate::feed::schema::{feed, outbox};
use crate::on_backend;

/// Rows of one read.
const PAGE: i64 = 2000;
/// Links about which the outbox is asked at a time.
const ASKED: usize = 2000;

/// The numbers in the feed of these rows, ascending; of a row that has none, nothing.
///
/// # Errors
/// The database's.
pub fn numbers(conn: &mut DbConnection, kind: i16, ids: &[i64]) -> Result<HashMap<i64, Vec<i64>>, DbError> {
    let mut found: HashMap<i64, Vec<i64>> = HashMap::new();
    if ids.is_empty() {
        return Ok(found);
    }
    let rows: Vec<(i64, i64)> = on_backend!(conn, c => feed::table
        .filter(feed::kind.eq(kind))
        .filter(feed::reference.eq_any(ids))
        .order(feed::id)
        .select((feed::reference, feed::id))
        .load(c))?;
    for (reference, id) in rows {
        found.entry(reference).or_default().push(id);
    }
    Ok(found)
}

/// What is wrong with the numbers of a row, apart from their order: it has one, or waits for one.
pub fn numbered_twice(table: &'static str, numbers: &[i64]) -> Option<Defect> {
    (numbers.len() > 1).then(|| {
        Defect::new("numbered_twice", table, format!("numbered {} times", numbers.len()))
            .expected("one row of feed", format!("the rows {numbers:?}"))
    })
}

/// The order of one chain's links in the feed, as far as they have numbers.
#[derive(Debug, Default)]
pub(super) struct ChainOrder {
    /// The number of the last link that has one.
    numbered: Option<i64>,
    /// The links behind it, which have none.
    without: Vec<i64>,
    /// The row of the outbox of the last link before a number that waits for its own.
    waiting: Option<i64>,
}

impl ChainOrder {
    /// Takes the numbers of the chain's next link. Only where one is numbered behind links that are not the outbox is asked: for
    /// whether they wait.
    pub(super) fn push(
        &mut self,
        conn: &mut DbConnection,
        kind: i16,
        link: LinkPlace<'_>,
        numbers: &[i64],
        found: &mut Vec<Defect>,
    ) -> Result<(), DbError> {
        let of_link = |defect: Defect| defect.row(link.id).of(link.avatar).at(link.seq);
        found.extend(numbered_twice("links", numbers).map(of_link));
        let Some(id) = numbers.first() else {
            self.without.push(link.id);
            return Ok(());
        };
        if !self.without.is_empty() {
            self.waiting = last_waiting(conn, kind, &self.without)?.or(self.waiting);
            self.without.clear();
        }
        let order = |message: &str| of_link(Defect::new("feed_order", "links", message));
        if let Some(waiting) = self.waiting {
            found.push(
                order("it is numbered, while a link before it waits")
                    .expected(format!("no number before row {waiting} of outbox has one"), id),
            );
        } else if let Some(before) = self.numbered.filter(|before| before >= id) {
            found.push(
                order("its number is not above that of the link before").expected(format!("> {before}"), id),
            );
        }
        self.numbered = Some(*id);
        Ok(())
    }
}

/// The first row of the outbox of the last of these links that has one.
fn last_waiting(conn: &mut DbConnection, kind: i16, links: &[i64]) -> Result<Option<i64>, DbError> {
    for ids in links.rchunks(ASKED) {
        let rows: Vec<(i64, i64)> = on_backend!(&mut *conn, c => outbox::table
            .filter(outbox::kind.eq(kind))
            .filter(outbox::reference.eq_any(ids))
            .order(outbox::id.desc())
            .select((outbox::reference, outbox::id))
            .load(c))?;
        let first: HashMap<i64, i64> = rows.into_iter().collect();
        if let Some(place) = ids.iter().rev().find_map(|id| first.get(id)) {
            return Ok(Some(*place));
        }
    }
    Ok(None)
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
        let numbers = numbers(conn, kind, &ids)?;
        for (id, _, reference) in rows.iter().filter(|(_, of, _)| *of == kind) {
            if let Some(number) = numbers.get(reference).and_then(|numbers| numbers.first()) {
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
        let existing = match kind == C::LINKS.number {
            true => Some(existing_links(conn, &ids)?),
            false => C::existing(conn, kind, &ids)?,
        };
        let existing = existing.map(HashSet::<i64>::from_iter);
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
