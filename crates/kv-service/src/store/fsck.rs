//! What the check of the whole database reads. It changes nothing.

use diesel::prelude::*;
use nextid_service::db::{DbConnection, DbError};
use nextid_service::fsck::{Checks, Defect, Kind, LinkPlace, Table};
use nextid_service::{on_backend, read_links};

use super::FeedKind;
use super::rows::StoredLink;
use super::schema::{links, namespaces};
use crate::fsck::{Chain, compare_namespaces};

/// The tables and the rules of kv-service.
#[derive(Debug)]
pub struct KvChecks;

/// Of a row of `namespaces`, what follows from links.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = namespaces)]
pub struct NamespaceColumns {
    /// The row's id.
    pub id: i64,
    /// The Avatar's 33 bytes.
    pub avatar: Vec<u8>,
    /// Where the identity lives.
    pub platform: String,
    /// Normalised.
    pub identity: String,
    /// A JSON object, canonical.
    pub content: String,
    /// The link that changed it last.
    pub link_id: i64,
}

impl Checks for KvChecks {
    type Link = StoredLink;
    type Chain = Chain;

    const LINKS: Kind = Kind { number: FeedKind::Link as i16, table: "links", has_seq: true };
    const OTHERS: &'static [Kind] = &[];
    const PAGE: i64 = 64;

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
        // One by one: the contents of one Avatar may be some MiB.
        for chain in chains {
            let rows: Vec<NamespaceColumns> = on_backend!(&mut *conn, c => namespaces::table
                .filter(namespaces::avatar.eq(chain.avatar()))
                .order(namespaces::id)
                .select(NamespaceColumns::as_select())
                .load(c))?;
            compare_namespaces(&chain, &rows, found);
        }
        Ok(())
    }

    fn without_chain(conn: &mut DbConnection, after: &[u8], count: i64) -> Result<Vec<Vec<u8>>, DbError> {
        let has_links = diesel::dsl::exists(links::table.filter(links::avatar.eq(namespaces::avatar)));
        Ok(on_backend!(conn, c => namespaces::table
            .filter(namespaces::avatar.gt(after))
            .filter(diesel::dsl::not(has_links))
            .order(namespaces::avatar)
            .select(namespaces::avatar)
            .distinct()
            .limit(count)
            .load(c))?)
    }

    fn existing(_: &mut DbConnection, _: i16, _: &[i64]) -> Result<Option<Vec<i64>>, DbError> {
        Ok(None)
    }

    fn tables() -> &'static [Table] {
        &[]
    }
}
