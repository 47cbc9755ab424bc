//! What a mirror has to know of this service's links.

use diesel::prelude::*;
use nextid_core::link::ProofLink;
use nextid_core::signature_text::encode_base64;
use nextid_core::verify::{Head, ProofChainVerifier};
use nextid_core::{Avatar, CreatedAt, Platform};
use nextid_service::db::{DbConnection, DbError};
use nextid_service::import::Unkept;
use nextid_service::mirror::CopiedLinks;
use nextid_service::on_backend;

use crate::store::foreign::{self, ForeignLink};
use crate::store::foreign_bindings::{Effects, FirstState};
use crate::store::schema::{bindings, links};
use crate::store::{FeedKind, StoredLink};

/// The `links` of this service.
pub(super) struct ProofLinks;

impl CopiedLinks for ProofLinks {
    type Link = ProofLink;
    type Row = StoredLink;
    type New = ForeignLink;

    const KIND: i16 = FeedKind::Link as i16;

    fn prepare(link: &ProofLink, now: i64) -> Result<ForeignLink, Unkept> {
        ForeignLink::new(link, now)
    }

    fn difference(new: &ForeignLink, row: &StoredLink) -> Option<&'static str> {
        new.difference(row)
    }

    fn told(row: &StoredLink) -> ProofLink {
        row.to_link()
    }

    fn head(row: &StoredLink) -> Head {
        Head {
            seq: u64::try_from(row.seq).unwrap_or_default(),
            signature: encode_base64(&row.signature),
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
        conn: &mut DbConnection,
        avatar: &Avatar,
        verifier: ProofChainVerifier,
    ) -> Result<ProofChainVerifier, DbError> {
        let bound: Vec<(String, String)> = on_backend!(conn, c => bindings::table
            .filter(bindings::avatar.eq(avatar.as_bytes().as_slice()))
            .select((bindings::platform, bindings::identity))
            .load(c))?;
        let known = |(platform, identity): (String, String)| -> Option<(Platform, String)> {
            Some((platform.parse().ok()?, identity))
        };
        Ok(verifier.with_bound(bound.into_iter().filter_map(known)))
    }

    fn store(conn: &mut DbConnection, new: &[ForeignLink]) -> Result<Vec<i64>, DbError> {
        let ids = foreign::insert(conn, new)?;
        let mut effects = Effects::default();
        for (link, id) in new.iter().zip(&ids) {
            effects.add(link, *id);
        }
        effects.apply(conn, accepted)?;
        Ok(ids)
    }
}

/// The origin accepted the link, and whatever it says otherwise follows in its feed. A mirror looks at no proofs.
fn accepted(link: &ForeignLink) -> FirstState {
    let unchecked = link.row.unchecked;
    FirstState {
        state: if unchecked { "unchecked" } else { "valid" },
        is_valid: !unchecked,
        invalid_reason: "",
        last_checked_at: if unchecked { 0 } else { link.row.created_at },
        next_check_at: None,
    }
}
