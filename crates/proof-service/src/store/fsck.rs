//! What the check of the whole database reads. It changes nothing.

use std::collections::HashMap;

use diesel::prelude::*;
use nextid_service::db::{DbConnection, DbError};
use nextid_service::fsck::{Checks, Defect, Kind, LinkPlace, PageEnd, Table, numbered_twice, numbers};
use nextid_service::{on_backend, read_links};

use super::FeedKind;
use super::rows::StoredLink;
use super::schema::{bindings, links, state_changes, subkeys};
use crate::fsck::{Chain, check_subkey, compare_bindings};

/// Rows of one read of a table.
const ROWS: i64 = 500;

/// The tables and the rules of proof-service.
#[derive(Debug)]
pub struct ProofChecks;

/// Of a row of `bindings`, what follows from links, and what is made of the row's other columns.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = bindings)]
pub struct BindingColumns {
    /// The row's id.
    pub id: i64,
    /// The Avatar's 33 bytes.
    pub avatar: Vec<u8>,
    /// Where the identity lives.
    pub platform: String,
    /// Normalised.
    pub identity: String,
    /// What a search compares with.
    pub identity_folded: String,
    /// The platform's own id of the account.
    pub alt_id: String,
    /// What a search compares with.
    pub alt_id_folded: String,
    /// The account's display name.
    pub alt_name: String,
    /// What a search compares with.
    pub alt_name_folded: String,
    /// Where the proof post is.
    pub proof_location: String,
    /// The link that bound it last.
    pub link_id: i64,
    /// What the last check said.
    pub state: String,
}

/// A row of `subkeys`, as far as signatures speak of it.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = subkeys)]
pub struct SubkeyColumns {
    /// The row's id.
    pub id: i64,
    /// The Avatar's 33 bytes.
    pub avatar: Vec<u8>,
    /// `es256` or `secp256k1`.
    pub algorithm: String,
    /// The subkey's 33 bytes.
    pub public_key: Vec<u8>,
    /// The subkey as it was sent and signed.
    pub public_key_text: String,
    /// The relying party.
    pub rp_id: String,
    /// The Avatar's 65 bytes.
    pub signature: Vec<u8>,
    /// The exact string that was signed.
    pub sign_payload: String,
    /// The second at which it was revoked.
    pub revoked_at: Option<i64>,
    /// The Avatar's 65 bytes over `revoke_payload`.
    pub revoke_signature: Option<Vec<u8>>,
    /// The exact string that was signed to revoke it.
    pub revoke_payload: Option<String>,
}

impl Checks for ProofChecks {
    type Link = StoredLink;
    type Chain = Chain;

    const LINKS: Kind = Kind { number: FeedKind::Link as i16, table: "links", has_seq: true };
    const OTHERS: &'static [Kind] =
        &[Kind { number: FeedKind::State as i16, table: "state_changes", has_seq: false }];
    const PAGE: i64 = 500;

    read_links!(links, StoredLink);

    fn place(link: &StoredLink) -> LinkPlace<'_> {
        LinkPlace { avatar: &link.avatar, seq: link.seq, id: link.id }
    }

    fn begin(avatar: &[u8]) -> Chain {
        Chain::new(avatar)
    }

    fn push(chain: &mut Chain, link: &StoredLink, found: &mut Vec<Defect>) {
        chain.push(link, found);
    }

    fn finish(conn: &mut DbConnection, chains: Vec<Chain>, found: &mut Vec<Defect>) -> Result<(), DbError> {
        if chains.is_empty() {
            return Ok(());
        }
        let avatars: Vec<&[u8]> = chains.iter().map(Chain::avatar).collect();
        let rows: Vec<BindingColumns> = on_backend!(conn, c => bindings::table
            .filter(bindings::avatar.eq_any(&avatars))
            .order(bindings::id)
            .select(BindingColumns::as_select())
            .load(c))?;
        compare_bindings(&chains, &rows, found);
        Ok(())
    }

    fn without_chain(conn: &mut DbConnection, after: &[u8], count: i64) -> Result<Vec<Vec<u8>>, DbError> {
        let has_links = diesel::dsl::exists(links::table.filter(links::avatar.eq(bindings::avatar)));
        Ok(on_backend!(conn, c => bindings::table
            .filter(bindings::avatar.gt(after))
            .filter(diesel::dsl::not(has_links))
            .order(bindings::avatar)
            .select(bindings::avatar)
            .distinct()
            .limit(count)
            .load(c))?)
    }

    fn existing(conn: &mut DbConnection, kind: i16, ids: &[i64]) -> Result<Option<Vec<i64>>, DbError> {
        if kind == FeedKind::State as i16 {
            let found = on_backend!(conn, c => state_changes::table
                .filter(state_changes::id.eq_any(ids))
                .select(state_changes::id)
                .load(c))?;
            return Ok(Some(found));
        }
        Ok(None)
    }

    fn tables() -> &'static [Table] {
        &[
            Table { name: "subkeys", page: subkeys_page },
            Table { name: "state_changes", page: state_changes_page },
        ]
    }
}

fn subkeys_page(
    conn: &mut DbConnection,
    after: i64,
    found: &mut Vec<Defect>,
) -> Result<Option<PageEnd>, DbError> {
    let rows: Vec<SubkeyColumns> = on_backend!(conn, c => subkeys::table
        .filter(subkeys::id.gt(after))
        .order(subkeys::id)
        .limit(ROWS)
        .select(SubkeyColumns::as_select())
        .load(c))?;
    for row in &rows {
        check_subkey(row, found);
    }
    Ok(rows.last().map(|row| PageEnd { last: row.id, rows: rows.len() }))
}

/// Every change of a state is numbered once at most, and is about a binding that the same Avatar's link made.
fn state_changes_page(
    conn: &mut DbConnection,
    after: i64,
    found: &mut Vec<Defect>,
) -> Result<Option<PageEnd>, DbError> {
    let rows: Vec<(i64, Vec<u8>, i64)> = on_backend!(&mut *conn, c => state_changes::table
        .filter(state_changes::id.gt(after))
        .order(state_changes::id)
        .limit(ROWS)
        .select((state_changes::id, state_changes::avatar, state_changes::link_id))
        .load(c))?;
    let link_ids: Vec<i64> = rows.iter().map(|(.., link_id)| *link_id).collect();
    let owners: Vec<(i64, Vec<u8>)> = on_backend!(&mut *conn, c => links::table
        .filter(links::id.eq_any(&link_ids))
        .select((links::id, links::avatar))
        .load(c))?;
    let owners: HashMap<i64, Vec<u8>> = owners.into_iter().collect();
    let ids: Vec<i64> = rows.iter().map(|(id, ..)| *id).collect();
    let numbers = numbers(conn, FeedKind::State as i16, &ids)?;
    for (id, avatar, link_id) in &rows {
        let defect = numbers.get(id).and_then(|numbers| numbered_twice("state_changes", numbers));
        found.extend(defect.map(|defect| defect.row(*id).of(avatar)));
        if owners.get(link_id) != Some(avatar) {
            let defect = Defect::new("dangling", "state_changes", "link_id names no link of this Avatar");
            found.push(defect.row(*id).of(avatar).expected("a link of its own", link_id));
        }
    }
    Ok(rows.last().map(|(id, ..)| PageEnd { last: *id, rows: rows.len() }))
}
