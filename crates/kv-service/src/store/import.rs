//! Chains that an operator takes over from elsewhere: they extend what is stored, and never replace it.

use nextid_core::Avatar;
use nextid_core::link::KvLink;
use nextid_service::db::{DbConnection, DbError};
use nextid_service::import::{Conflict, ImportError, Imported, LinkName, VerifiedExport};
use nextid_service::{feed, mirror};

use super::chain::load_links;
use super::foreign::{self, ForeignLink};
use super::foreign_contents::Contents;
use super::{FeedKind, Store, StoredLink};

/// Links that are read and written at a time: with the largest patches a few MiB.
const CHUNK: usize = 64;
const PLACES: i64 = 64;

/// How often a chain is begun again that grew while it was imported.
const ATTEMPTS: usize = 5;

impl Store {
    /// Stores a verified chain, all of it in one transaction, and the contents that follow from it. What is stored already
    /// and identical is passed over; the rest is appended and told to the feed. Neither the age of the links, nor whether
    /// the identities are bound, nor how much an Avatar may have is looked at.
    ///
    /// # Errors
    /// [`ImportError`]; nothing of the chain is stored then.
    pub async fn import(&self, chain: &VerifiedExport, now: i64) -> Result<Imported, ImportError> {
        let mut attempt = 1;
        loop {
            let export = chain.clone();
            match self.db().attempt(move |conn| import(conn, &export, now)).await {
                // A submit took the place: it is compared with the file next time.
                Err(ImportError::Db(DbError::UniqueViolation { .. })) if attempt < ATTEMPTS => attempt += 1,
                outcome => return outcome,
            }
        }
    }
}

fn import(conn: &mut DbConnection, chain: &VerifiedExport, now: i64) -> Result<Imported, ImportError> {
    if let Some(origin) = mirror::origin_of(conn)? {
        return Err(ImportError::Mirror { origin });
    }
    let mut imported = Imported::default();
    let mut contents = Contents::default();
    // The line of the last new link, if its signature is not in its canonical spelling.
    let mut odd_head = None;
    let mut lines = chain.lines::<KvLink>()?;
    loop {
        let chunk: Vec<(u64, KvLink)> = lines.by_ref().take(CHUNK).collect::<Result<_, _>>()?;
        if chunk.is_empty() {
            break;
        }
        let last_line = chunk.last().map_or(0, |(line, _)| *line);
        let (known, new) = unknown(conn, &chain.avatar, chunk, now)?;
        if let Some(head) = new.last() {
            odd_head = head.row.signature_text.as_ref().map(|_| last_line);
        }
        imported.known += known;
        imported.added += new.len() as u64;
        let ids = foreign::insert(conn, &new)?;
        for (link, id) in new.iter().zip(&ids) {
            contents.add(conn, link, *id)?;
        }
        feed::enqueue(conn, FeedKind::Link as i16, &ids)?;
    }
    if let Some(line) = odd_head {
        let why = "a head has to be in canonical base64, in which the next link points at it".to_owned();
        return Err(ImportError::Unkept { line, field: "signature", why });
    }
    imported.largest_namespace = contents.write(conn)?;
    Ok(imported)
}

/// How many links of a chunk are stored, and those that are not.
fn unknown(
    conn: &mut DbConnection,
    avatar: &Avatar,
    chunk: Vec<(u64, KvLink)>,
    now: i64,
) -> Result<(u64, Vec<ForeignLink>), ImportError> {
    let from = chunk.first().map_or(0, |(_, link)| i64::try_from(link.seq).unwrap_or(i64::MAX));
    let stored = load_links(conn, avatar, from..from.saturating_add(PLACES))?;
    let (mut known, mut new) = (0, Vec::new());
    for (line, link) in chunk {
        let given = ForeignLink::new(&link, now).map_err(|unkept| ImportError::Unkept {
            line,
            field: unkept.field,
            why: unkept.why,
        })?;
        match stored.iter().find(|stored| stored.seq == given.row.seq) {
            None => new.push(given),
            Some(stored) => match given.difference(stored) {
                None => known += 1,
                Some(column) => {
                    let conflict = Box::new(conflict(stored, &link, column));
                    return Err(ImportError::Conflict { line, conflict });
                }
            },
        }
    }
    Ok((known, new))
}

fn conflict(stored: &StoredLink, found: &KvLink, column: &'static str) -> Conflict {
    let name = |link: &KvLink| LinkName { uuid: link.uuid.clone(), signature: link.signature.clone() };
    let stored = stored.to_link();
    Conflict {
        avatar: stored.avatar.clone(),
        seq: stored.seq,
        stored: name(&stored),
        found: name(found),
        column,
    }
}
