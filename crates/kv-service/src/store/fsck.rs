//! What the check of the whole database reads. It changes nothing.

use diesel::prelude::*;
use nextid_service::db::{DbConnection, DbError};
use nextid_service::fsck::{Checks, Defect, LinkPlace, Span, Table};
use nextid_service::on_backend;

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

    const LINK_KIND: i16 = FeedKind::Link as i16;
    const PAGE: i64 = 64;

    fn count_links(conn: &mut DbConnection) -> Result<i64, DbError> {
        Ok(on_backend!(conn, c => links::table.count().get_result(c))?)
    }

    fn avatar_after(conn: &mut DbConnection, after: &[u8], skip: i64) -> Result<Option<Vec<u8>>, DbError> {
        Ok(on_backend!(conn, c => links::table
            .filter(links::avatar.gt(after))
            .order((links::avatar, links::seq))
            .offset(skip)
            .select(links::avatar)
            .first(c)
            .optional())?)
    }

    fn links_between(conn: &mut DbConnection, span: &Span, count: i64) -> Result<Vec<StoredLink>, DbError> {
        Ok(on_backend!(conn, c => {
            let mut query = links::table
                .filter(links::avatar.gt(&span.after))
                .order((links::avatar, links::seq, links::id))
                .limit(count)
                .select(StoredLink::as_select())
                .into_boxed();
            if let Some(up_to) = &span.up_to {
                query = query.filter(links::avatar.le(up_to));
            }
            query.load(c)
        })?)
    }

    fn links_from(
        conn: &mut DbConnection,
        avatar: &[u8],
        seq: i64,
        count: i64,
    ) -> Result<Vec<StoredLink>, DbError> {
        Ok(on_backend!(conn, c => links::table
            .filter(links::avatar.eq(avatar))
            .filter(links::seq.ge(seq))
            .order((links::seq, links::id))
            .limit(count)
            .select(StoredLink::as_select())
            .load(c))?)
    }

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

    fn existing(conn: &mut DbConnection, kind: i16, ids: &[i64]) -> Result<Option<Vec<i64>>, DbError> {
        if kind != FeedKind::Link as i16 {
            return Ok(None);
        }
        let found = on_backend!(conn, c => links::table
            .filter(links::id.eq_any(ids))
            .select(links::id)
            .load(c))?;
        Ok(Some(found))
    }

    fn tables() -> &'static [Table] {
        &[]
    }
}
