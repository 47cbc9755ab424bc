//! Chains, from page to page of their links.

use std::collections::BTreeSet;

use super::feed::{ChainOrder, numbers};
use super::progress::Counter;
use super::snapshot::snapshot;
use super::{Checks, Defect};
use crate::db::{DbConnection, DbError};

/// The chains of the Avatars after one, up to another: what one worker looks at without a pause.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Span {
    /// Not this one, but those after it; empty for all.
    pub after: Vec<u8>,
    /// The last one; none for all that follow.
    pub up_to: Option<Vec<u8>>,
}

/// Checks the chains of a span.
pub(super) fn check_span<C: Checks>(
    conn: &mut DbConnection,
    span: &Span,
    counter: &Counter,
) -> Result<Vec<Defect>, DbError> {
    let mut found = Vec::new();
    walk::<C>(conn, Next::Chains(span.clone()), counter, true, &mut found)?;
    confirm::<C>(conn, found, counter)
}

/// Checks Avatars that have no chain, but of whom something is stored.
pub(super) fn check_without_chain<C: Checks>(
    conn: &mut DbConnection,
    avatars: &[Vec<u8>],
    counter: &Counter,
) -> Result<Vec<Defect>, DbError> {
    let mut found = Vec::new();
    C::finish(conn, avatars.iter().map(|avatar| C::begin(avatar)).collect(), &mut found)?;
    confirm::<C>(conn, found, counter)
}

/// Looks at the suspicious chains again, each under one snapshot.
fn confirm<C: Checks>(
    conn: &mut DbConnection,
    suspicions: Vec<Defect>,
    counter: &Counter,
) -> Result<Vec<Defect>, DbError> {
    let chains: BTreeSet<Vec<u8>> = suspicions.into_iter().filter_map(|defect| defect.chain).collect();
    let mut found = Vec::new();
    for avatar in chains {
        snapshot(conn, |conn| walk::<C>(conn, Next::OneChain(avatar), counter, false, &mut found))?;
    }
    Ok(found)
}

/// What is read next.
enum Next {
    /// Whole chains.
    Chains(Span),
    /// The rest of the chain that is open, in a span.
    Rest(Span),
    /// A single chain, all of it.
    OneChain(Vec<u8>),
}

/// A chain of which there may be more links.
struct Open<C: Checks> {
    avatar: Vec<u8>,
    chain: C::Chain,
    order: ChainOrder,
    /// Place and id of the last link.
    last: (i64, i64),
}

impl<C: Checks> Open<C> {
    fn begin(avatar: &[u8]) -> Self {
        Self {
            avatar: avatar.to_vec(),
            chain: C::begin(avatar),
            order: ChainOrder::default(),
            last: (i64::MIN, i64::MIN),
        }
    }
}

fn walk<C: Checks>(
    conn: &mut DbConnection,
    mut next: Next,
    counter: &Counter,
    is_counted: bool,
    found: &mut Vec<Defect>,
) -> Result<(), DbError> {
    let mut open: Option<Open<C>> = None;
    if let Next::OneChain(avatar) = &next {
        open = Some(Open::begin(avatar));
    }
    loop {
        if counter.is_given_up() {
            return Err(DbError::Aborted);
        }
        let mut page = match (&next, &open) {
            (Next::Chains(span), _) => C::links_between(conn, span, C::PAGE)?,
            (_, Some(open)) => C::links_from(conn, &open.avatar, open.last.0, C::PAGE)?,
            (_, None) => Vec::new(),
        };
        let is_full = i64::try_from(page.len()).is_ok_and(|length| length >= C::PAGE);
        // Places may be taken twice, where a constraint is gone, so what follows begins with the last place again.
        if let Some(open) = &open {
            page.retain(|link| (C::place(link).seq, C::place(link).id) > open.last);
        }
        // A page of nothing but one place cannot be passed.
        let is_full = is_full && !page.is_empty();
        let ids: Vec<i64> = page.iter().map(|link| C::place(link).id).collect();
        let kind = C::LINKS.number;
        let numbers = numbers(conn, kind, &ids)?;
        let mut done = Vec::new();
        for link in &page {
            let place = C::place(link);
            let mut chain = match open.take() {
                Some(chain) if chain.avatar == place.avatar => chain,
                before => {
                    done.extend(before.map(|before| before.chain));
                    Open::begin(place.avatar)
                }
            };
            C::push(&mut chain.chain, link, found);
            let numbers = numbers.get(&place.id).map_or(&[][..], Vec::as_slice);
            chain.order.push(conn, kind, place, numbers, found)?;
            chain.last = (place.seq, place.id);
            open = Some(chain);
        }
        let last = open.as_ref().map(|open| open.avatar.clone());
        if !is_full {
            done.extend(open.take().map(|open| open.chain));
        }
        if is_counted {
            Counter::add(&counter.links, page.len());
            Counter::add(&counter.chains, done.len());
        }
        C::finish(conn, done, found)?;
        next = match (next, is_full, last) {
            (Next::OneChain(avatar), true, _) => Next::OneChain(avatar),
            (Next::Chains(span) | Next::Rest(span), true, Some(_)) => Next::Rest(span),
            (Next::Rest(span), false, Some(last)) => Next::Chains(Span { after: last, ..span }),
            _ => return Ok(()),
        };
    }
}
