//! Items that are not copied: why, and what is kept of them.

use nextid_core::Avatar;
use nextid_core::verify::Defect;

use super::origin::Kept;
use super::{Evidence, Stop, evidence};
use crate::db::{Db, DbConnection, DbError, MaybeDbError};

/// Why an item is not stored, and what is kept of it.
#[derive(Debug)]
pub struct Refused {
    /// Why.
    pub stop: Box<Stop>,
    /// What is kept.
    pub evidence: Option<Box<Evidence>>,
    /// Where the origin may show another link than the one that was copied.
    pub suspect: Option<Suspect>,
}

/// A link that was copied, and that an item does not follow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Suspect {
    /// Whose chain.
    pub avatar: Avatar,
    /// The place of the link that was copied.
    pub seq: u64,
    /// Where the item stands that does not follow.
    pub feed_id: i64,
}

impl From<Stop> for Refused {
    fn from(stop: Stop) -> Self {
        Self { stop: Box::new(stop), evidence: None, suspect: None }
    }
}

impl From<DbError> for Refused {
    fn from(error: DbError) -> Self {
        Stop::from(error).into()
    }
}

impl From<diesel::result::Error> for Refused {
    fn from(error: diesel::result::Error) -> Self {
        DbError::from(error).into()
    }
}

impl From<Refused> for Stop {
    fn from(refused: Refused) -> Self {
        *refused.stop
    }
}

impl MaybeDbError for Refused {
    fn as_db(&self) -> Option<&DbError> {
        self.stop.as_db()
    }
}

impl Refused {
    /// An item that does not hold.
    pub fn broken(feed_id: i64, why: &impl ToString) -> Self {
        Stop::Broken { feed_id, why: why.to_string() }.into()
    }

    /// Two links for one place: both are kept. The Avatar is named as its service shows it; the uuids are those of the
    /// link that was copied and of the one that was found.
    pub fn fork(evidence: Evidence, avatar: String, [stored, found]: [String; 2]) -> Self {
        let stop = Stop::Fork {
            avatar,
            seq: u64::try_from(evidence.seq).unwrap_or_default(),
            stored,
            found,
            feed_id: evidence.feed_id,
            why: evidence.why.clone(),
        };
        Self { stop: Box::new(stop), evidence: Some(Box::new(evidence)), suspect: None }
    }

    /// The item that is at fault.
    fn feed_id(&self) -> Option<i64> {
        match self.stop.as_ref() {
            Stop::Fork { feed_id, .. } | Stop::Broken { feed_id, .. } | Stop::Rewritten { feed_id } => {
                Some(*feed_id)
            }
            _ => None,
        }
    }

    /// Keeps the evidence, which the transaction that found it could not.
    ///
    /// # Errors
    /// The database's.
    pub async fn keep_evidence(self, db: &Db) -> Result<(Option<Suspect>, Stop), Stop> {
        let Self { stop, evidence, suspect } = self;
        if let Some(found) = evidence {
            db.write(move |conn| evidence::keep(conn, &found)).await?;
        }
        Ok((suspect, *stop))
    }
}

/// What is wrong with two links for one place: the column in which they differ, and whether the second one holds.
pub fn why_forked(column: &str, defect: Option<&Defect>) -> String {
    match defect {
        None => format!("they differ in {column}, and both are signed"),
        Some(defect) => format!("they differ in {column}, and what is shown now does not hold: {defect}"),
    }
}

/// Stores items by `store`, which moves the cursor from the first id to the second in its transaction, and is false where
/// the cursor is elsewhere. Where an item is refused, those that stand before it in the feed hold, and are stored.
///
/// # Errors
/// [`Stop`].
pub async fn keep_items<I, F>(
    db: &Db,
    from: i64,
    to: i64,
    mut items: Vec<(i64, I)>,
    store: F,
) -> Result<Kept, Stop>
where
    I: Clone + Send + 'static,
    F: Fn(&mut DbConnection, i64, i64, &[(i64, I)]) -> Result<bool, Refused> + Copy + Send + 'static,
{
    let all = items.clone();
    let refused = match db.attempt(move |conn| store(conn, from, to, &all)).await {
        Ok(true) => return Ok(Kept::All),
        Ok(false) => return Ok(Kept::Overtaken),
        Err(refused) => refused,
    };
    if let Some(at_fault) = refused.feed_id() {
        let before = items.iter().take_while(|(id, _)| *id != at_fault).count();
        items.truncate(before);
        if let Some((last, _)) = items.last() {
            let last = *last;
            if !db.attempt(move |conn| store(conn, from, last, &items)).await.map_err(Stop::from)? {
                return Ok(Kept::Overtaken);
            }
        }
    }
    let (suspect, stop) = refused.keep_evidence(db).await?;
    match suspect {
        Some(Suspect { avatar, seq, feed_id }) => Ok(Kept::Suspect { avatar, seq, feed_id, stop }),
        None => Err(stop),
    }
}
