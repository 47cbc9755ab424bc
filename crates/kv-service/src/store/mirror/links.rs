//! What a mirror has to know of this service's links.

use diesel::prelude::*;
use nextid_core::link::KvLink;
use nextid_core::verify::{Head, KvChainVerifier};
use nextid_core::{Avatar, CreatedAt};
use nextid_service::db::{DbConnection, DbError};
use nextid_service::import::Unkept;
use nextid_service::mirror::CopiedLinks;
use nextid_service::on_backend;

use crate::store::foreign::{self, ForeignLink};
use crate::store::foreign_contents::Contents;
use crate::store::schema::links;
use crate::store::{FeedKind, StoredLink};

/// The `links` of this service.
pub(super) struct KvLinks;

impl CopiedLinks for KvLinks {
    type Link = KvLink;
    type Row = StoredLink;
    type New = ForeignLink;

    const KIND: i16 = FeedKind::Link as i16;

    fn prepare(link: &KvLink, now: i64) -> Result<ForeignLink, Unkept> {
        ForeignLink::new(link, now)
    }

    fn difference(new: &ForeignLink, row: &StoredLink) -> Option<&'static str> {
        new.difference(row)
    }

    fn told(row: &StoredLink) -> KvLink {
        row.to_link()
    }

    fn head(row: &StoredLink) -> Head {
        Head {
            seq: u64::try_from(row.seq).unwrap_or_default(),
            signature: row.signature_base64(),
            // What is stored was a second when it was stored.
            created_at: CreatedAt::from_seconds(row.created_at).unwrap_or(CreatedAt::EPOCH),
        }
    }

    fn row(
        conn: &mut DbConnection,
        avatar: &Avatar,
        seq: Option<i64>,
    ) -> Result<Option<StoredLink>, DbError> {
        Ok(on_backend!(conn, c => {
            let mut query = links::table
                .filter(links::avatar.eq(avatar.as_bytes().as_slice()))
                .order(links::seq.desc())
                .select(StoredLink::as_select())
                .into_boxed();
            if let Some(seq) = seq {
                query = query.filter(links::seq.eq(seq));
            }
            query.first(c).optional()
        })?)
    }

    fn informed(
        _: &mut DbConnection,
        _: &Avatar,
        verifier: KvChainVerifier,
    ) -> Result<KvChainVerifier, DbError> {
        Ok(verifier)
    }

    fn store(conn: &mut DbConnection, new: &[ForeignLink]) -> Result<Vec<i64>, DbError> {
        let ids = foreign::insert(conn, new)?;
        let mut contents = Contents::default();
        for (link, id) in new.iter().zip(&ids) {
            contents.add(conn, link, *id)?;
        }
        contents.write(conn)?;
        Ok(ids)
    }
}
