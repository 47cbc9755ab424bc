//! Chains that an operator takes over from elsewhere: they extend what is stored, and never replace it.

use nextid_core::link::ProofLink;
use nextid_core::verify::BindingEvidence;
use nextid_core::{Action, Avatar};
use nextid_service::db::{DbConnection, DbError};
use nextid_service::import::{Conflict, ImportError, Imported, LinkName, VerifiedExport};
use nextid_service::{feed, mirror};

use super::chain::load_links;
use super::foreign::{self, ForeignLink};
use super::foreign_bindings::{Effects, FirstState};
use super::states::{self, NewStateChange};
use super::{FeedKind, Store, StoredLink};

/// Links that are read and written at a time.
const CHUNK: usize = 500;
const PLACES: i64 = 500;

/// How often a chain is begun again that grew while it was imported.
const ATTEMPTS: usize = 5;

/// Of a binding by a post, until somebody here has looked.
const UNCHECKED_POST: &str = "imported; its proof has not been looked at yet";

/// Of a contract wallet, which only an Ethereum node can speak for.
const UNCHECKED_CONTRACT: &str = "imported; the contract has not been asked yet";

impl Store {
    /// Stores a verified chain, all of it in one transaction. What is stored already and identical is passed over; the rest
    /// is appended and told to the feed. Neither the age of the links nor how much an Avatar may have is looked at.
    ///
    /// A binding whose proof is a post is not valid before it was fetched, because anybody can sign a claim, and neither is a
    /// contract wallet before the contract was asked; both are due at once. What a key of the other party signed is valid.
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
    let mut effects = Effects::default();
    let mut lines = chain.lines::<ProofLink>()?;
    loop {
        let chunk: Vec<(u64, ProofLink)> = lines.by_ref().take(CHUNK).collect::<Result<_, _>>()?;
        if chunk.is_empty() {
            break;
        }
        let mut new = unknown(conn, &chain.avatar, chunk, now)?;
        for link in &mut new.links {
            link.row.unchecked = link.action == Action::Create && !first_state(link, now).is_valid;
        }
        imported.known += new.known;
        imported.added += new.links.len() as u64;
        let ids = foreign::insert(conn, &new.links)?;
        for (link, id) in new.links.iter().zip(&ids) {
            effects.add(link, *id);
        }
        feed::enqueue(conn, FeedKind::Link as i16, &ids)?;
    }
    let bound = effects.apply(conn, |link| first_state(link, now))?;
    for (link, id) in bound.iter().filter(|(link, _)| !first_state(link, now).is_valid) {
        tell_unchecked(conn, link, *id, now)?;
        imported.unchecked += 1;
    }
    Ok(imported)
}

/// What of a chunk is not stored.
struct New {
    known: u64,
    links: Vec<ForeignLink>,
}

fn unknown(
    conn: &mut DbConnection,
    avatar: &Avatar,
    chunk: Vec<(u64, ProofLink)>,
    now: i64,
) -> Result<New, ImportError> {
    let from = chunk.first().map_or(0, |(_, link)| i64::try_from(link.seq).unwrap_or(i64::MAX));
    let stored = load_links(conn, avatar, from..from.saturating_add(PLACES))?;
    let mut new = New { known: 0, links: Vec::new() };
    for (line, link) in chunk {
        let given = ForeignLink::new(&link, now).map_err(|unkept| ImportError::Unkept {
            line,
            field: unkept.field,
            why: unkept.why,
        })?;
        match stored.iter().find(|stored| stored.seq == given.row.seq) {
            None => new.links.push(given),
            Some(stored) => match given.difference(stored) {
                None => new.known += 1,
                Some(column) => {
                    let conflict = Box::new(conflict(stored, &link, column));
                    return Err(ImportError::Conflict { line, conflict });
                }
            },
        }
    }
    Ok(new)
}

fn conflict(stored: &StoredLink, found: &ProofLink, column: &'static str) -> Conflict {
    let name = |link: &ProofLink| LinkName { uuid: link.uuid.clone(), signature: link.signature.clone() };
    let stored = stored.to_link();
    Conflict {
        avatar: stored.avatar.clone(),
        seq: stored.seq,
        stored: name(&stored),
        found: name(found),
        column,
    }
}

fn first_state(link: &ForeignLink, now: i64) -> FirstState {
    let unchecked = FirstState {
        state: "unchecked",
        is_valid: false,
        invalid_reason: "",
        last_checked_at: 0,
        next_check_at: None,
    };
    match link.evidence {
        BindingEvidence::CounterSignature => {
            FirstState { state: "valid", is_valid: true, last_checked_at: now, ..unchecked }
        }
        BindingEvidence::Post => {
            FirstState { invalid_reason: UNCHECKED_POST, next_check_at: Some(0), ..unchecked }
        }
        BindingEvidence::Contract => {
            FirstState { invalid_reason: UNCHECKED_CONTRACT, next_check_at: Some(0), ..unchecked }
        }
    }
}

/// The link in the feed says as much; this is for those who know states only by their changes.
fn tell_unchecked(
    conn: &mut DbConnection,
    link: &ForeignLink,
    link_id: i64,
    now: i64,
) -> Result<(), DbError> {
    let first = first_state(link, now);
    states::insert(
        conn,
        &NewStateChange {
            avatar: link.avatar.as_bytes(),
            platform: link.identity.platform().as_str(),
            identity: link.identity.as_str(),
            link_id,
            alt_id: &link.row.alt_id,
            alt_name: "",
            alt_name_before: "",
            state: first.state,
            state_before: first.state,
            is_valid: first.is_valid,
            is_valid_before: first.is_valid,
            invalid_reason: first.invalid_reason,
            changed_at: now,
        },
    )
}
