//! How a batch of links is appended: sorted, in statements of a bounded size, and one by one where they fail together.

use std::collections::HashSet;
use std::sync::Arc;

use super::appender::{Append, Appended, Candidate};
use crate::db::{Db, DbError};

/// Bytes of one statement, but for a link that alone has more.
const MAX_BYTES: usize = 4 * 1024 * 1024;

/// A link with its place in the batch.
struct Waiting<L> {
    index: usize,
    link: Arc<L>,
}

/// The outcome of each link, in the order of the links.
pub(super) async fn append_all<L: Candidate>(
    db: &Db,
    append: &Arc<Append<L>>,
    links: Vec<Arc<L>>,
) -> Vec<Appended> {
    let mut outcomes: Vec<(usize, Appended)> = Vec::with_capacity(links.len());
    let mut taken = HashSet::new();
    for statement in statements(links) {
        // Of a link that was sent twice the second needs no statement to find its uuid taken.
        let (lost, wanted): (Vec<_>, Vec<_>) =
            statement.into_iter().partition(|waiting| taken.contains(&key(waiting.link.as_ref())));
        outcomes.extend(lost.into_iter().map(|waiting| (waiting.index, Ok(None))));
        let links: Vec<Arc<L>> = wanted.iter().map(|waiting| Arc::clone(&waiting.link)).collect();
        if links.is_empty() {
            continue;
        }
        for (waiting, outcome) in wanted.iter().zip(append_together(db, append, links).await) {
            if let Ok(Some(_)) = outcome {
                taken.insert(key(waiting.link.as_ref()));
            }
            outcomes.push((waiting.index, outcome));
        }
    }
    outcomes.sort_unstable_by_key(|(index, _)| *index);
    outcomes.into_iter().map(|(_, outcome)| outcome).collect()
}

fn key<L: Candidate>(link: &L) -> (Vec<u8>, Vec<u8>) {
    (link.avatar().to_vec(), link.uuid().to_vec())
}

/// Sorted by Avatar, so that two replicas never wait for each other, and of each Avatar in the order in which they came.
/// What has the Avatar and uuid of another one comes in a later statement.
fn statements<L: Candidate>(links: Vec<Arc<L>>) -> Vec<Vec<Waiting<L>>> {
    let mut waiting: Vec<Waiting<L>> =
        links.into_iter().enumerate().map(|(index, link)| Waiting { index, link }).collect();
    waiting.sort_by(|one, other| one.link.avatar().cmp(other.link.avatar()));
    let mut statements = Vec::new();
    while !waiting.is_empty() {
        let (mut seen, mut statement, mut later) = (HashSet::new(), Vec::new(), Vec::new());
        let (mut bytes, mut is_full) = (0_usize, false);
        for one in waiting {
            bytes = bytes.saturating_add(one.link.bytes());
            is_full |= bytes > MAX_BYTES && !statement.is_empty();
            if !is_full && seen.insert(key(one.link.as_ref())) {
                statement.push(one);
            } else {
                later.push(one);
            }
        }
        statements.push(statement);
        waiting = later;
    }
    statements
}

/// One statement for all; where that fails for a reason that may lie in one of them, one for each.
async fn append_together<L: Candidate>(
    db: &Db,
    append: &Arc<Append<L>>,
    links: Vec<Arc<L>>,
) -> Vec<Appended> {
    let count = links.len();
    let error = match run(db, append, links.clone()).await {
        Ok(ids) if ids.len() == count => return ids.into_iter().map(Ok).collect(),
        Ok(_) => DbError::Aborted,
        Err(error) => error,
    };
    if count == 1 || !may_lie_in_one(&error) {
        return vec![Err(error); count];
    }
    log::warn!("{count} links that failed together are appended one by one: {error}");
    let mut outcomes = Vec::with_capacity(count);
    for link in links {
        outcomes.push(match run(db, append, vec![link]).await {
            Ok(ids) => ids.first().copied().ok_or(DbError::Aborted),
            Err(error) => Err(error),
        });
    }
    outcomes
}

async fn run<L: Candidate>(
    db: &Db,
    append: &Arc<Append<L>>,
    links: Vec<Arc<L>>,
) -> Result<Vec<Option<i64>>, DbError> {
    let append = Arc::clone(append);
    db.write_statement(move |conn| append(conn, &links)).await
}

/// A value that the database does not take, a panic over it, a lock that somebody holds. Not a database that is away, or
/// full, or too slow: there one by one would fail as well, and take longer.
fn may_lie_in_one(error: &DbError) -> bool {
    matches!(error, DbError::Busy { .. }) || !error.is_temporary()
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Link(u8, u8, usize);

    impl Candidate for Link {
        fn avatar(&self) -> &[u8] {
            std::slice::from_ref(&self.0)
        }

        fn uuid(&self) -> &[u8] {
            std::slice::from_ref(&self.1)
        }

        fn bytes(&self) -> usize {
            self.2
        }
    }

    fn planned(links: &[(u8, u8, usize)]) -> Vec<Vec<usize>> {
        let links =
            links.iter().map(|(avatar, uuid, bytes)| Arc::new(Link(*avatar, *uuid, *bytes))).collect();
        statements(links)
            .into_iter()
            .map(|statement| statement.iter().map(|one| one.index).collect())
            .collect()
    }

    #[test]
    fn sorted_by_avatar_and_fair_within() {
        assert_eq!(planned(&[(3, 1, 1), (1, 1, 1), (3, 2, 1), (2, 1, 1), (1, 2, 1)]), [[1, 4, 3, 0, 2]]);
        assert_eq!(planned(&[]), Vec::<Vec<usize>>::new());
    }

    #[test]
    fn the_same_link_again_comes_later() {
        assert_eq!(planned(&[(2, 7, 1), (2, 7, 1), (1, 7, 1), (2, 7, 1)]), [vec![2, 0], vec![1], vec![3]]);
    }

    #[test]
    fn statements_are_bounded() {
        let half = MAX_BYTES / 2;
        assert_eq!(planned(&[(1, 1, half), (2, 1, half), (3, 1, 1)]), [vec![0, 1], vec![2]]);
        assert_eq!(planned(&[(1, 1, MAX_BYTES * 2), (2, 1, MAX_BYTES * 2)]), [[0], [1]]);
    }
}
