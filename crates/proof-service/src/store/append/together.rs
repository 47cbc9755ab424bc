//! Appending many links by one statement, for PostgreSQL: a round trip and a commit for all of them.

use std::sync::Arc;

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Binary, Nullable, Text};
use nextid_core::identity::fold;
use nextid_service::chain::by_place;
use nextid_service::db::{DbError, Prepared, PreparedText, array};

use super::NewLink;
use crate::recheck::Schedule;

/// Takes the places that are free, and applies the links that got theirs, no others. An Avatar has one head, so that at most
/// one of its links gets a place.
///
/// Bindings that exist are locked first and in the order of their ids, as whoever writes down what became of proofs does:
/// so nobody waits for each other.
struct AppendLinks;

impl PreparedText for AppendLinks {
    const BEFORE: &'static str = "WITH input AS (SELECT * FROM unnest(";
    // 'v1' is `LinkFormat::V1`, 1 is `FeedKind::Link`.
    const AFTER: &'static str = ") WITH ORDINALITY AS i (avatar, seq, uuid, action, platform, identity, identity_folded, \
        alt_id, alt_id_folded, alt_name, alt_name_folded, proof_location, created_at, signature, signature_payload, \
        signer, prev, extra, stored_at, next_check_at, n)), \
        locked AS (SELECT b.id FROM input i JOIN bindings b \
            ON b.avatar = i.avatar AND b.platform = i.platform AND b.identity = i.identity \
            ORDER BY b.id FOR UPDATE OF b), \
        fresh AS (INSERT INTO links (avatar, seq, uuid, action, platform, identity, alt_id, proof_location, created_at, \
            signature, signature_payload, signer, format, prev, extra, stored_at) \
            SELECT avatar, seq, uuid, action, platform, identity, alt_id, proof_location, created_at, \
            signature, signature_payload, signer, 'v1', prev, extra, stored_at \
            FROM input WHERE (SELECT count(*) FROM locked) >= 0 ORDER BY n \
            ON CONFLICT DO NOTHING RETURNING id, avatar, uuid), \
        placed AS (SELECT f.id AS link_id, i.* FROM fresh f JOIN input i ON i.avatar = f.avatar AND i.uuid = f.uuid), \
        bound AS (INSERT INTO bindings (avatar, platform, identity, identity_folded, alt_id, alt_id_folded, alt_name, \
            alt_name_folded, proof_location, link_id, state, is_valid, invalid_reason, created_at, last_checked_at, \
            next_check_at, claimed_at, negative_since, failures) \
            SELECT avatar, platform, identity, identity_folded, alt_id, alt_id_folded, alt_name, \
            alt_name_folded, proof_location, link_id, 'valid', true, '', stored_at, stored_at, \
            next_check_at, stored_at, NULL, 0 FROM placed WHERE action = 'create' ORDER BY n \
            ON CONFLICT (avatar, platform, identity) DO UPDATE SET alt_id = excluded.alt_id, \
            alt_id_folded = excluded.alt_id_folded, alt_name = excluded.alt_name, \
            alt_name_folded = excluded.alt_name_folded, proof_location = excluded.proof_location, \
            link_id = excluded.link_id, state = excluded.state, is_valid = excluded.is_valid, \
            invalid_reason = excluded.invalid_reason, last_checked_at = excluded.last_checked_at, \
            next_check_at = excluded.next_check_at, claimed_at = excluded.claimed_at, \
            negative_since = excluded.negative_since, failures = excluded.failures), \
        unbound AS (DELETE FROM bindings b USING placed p WHERE p.action = 'delete' \
            AND b.avatar = p.avatar AND b.platform = p.platform AND b.identity = p.identity), \
        queued AS (INSERT INTO outbox (kind, ref) SELECT 1, link_id FROM placed ORDER BY n) \
        SELECT n, link_id FROM placed";
    type Row = (BigInt, BigInt);
}

/// Appends the links whose place and uuid are free, and applies them. The row's id of each.
pub(super) fn append(
    c: &mut PgConnection,
    links: &[Arc<NewLink>],
    schedule: &Schedule,
) -> Result<Vec<Option<i64>>, DbError> {
    let texts =
        |column: fn(&NewLink) -> &str| -> Vec<&str> { links.iter().map(|link| column(link)).collect() };
    let numbers =
        |column: fn(&NewLink) -> i64| -> Vec<i64> { links.iter().map(|link| column(link)).collect() };
    let bytes =
        |column: fn(&NewLink) -> &[u8]| -> Vec<&[u8]> { links.iter().map(|link| column(link)).collect() };
    let folded = |column: fn(&NewLink) -> &str| -> Vec<String> {
        links.iter().map(|link| fold(link.identity.platform(), column(link))).collect()
    };
    let prevs: Vec<Option<&[u8]>> = links.iter().map(|link| link.prev.as_deref()).collect();
    let extras: Vec<String> = links.iter().map(|link| link.extra_text()).collect();
    let first_checks: Vec<Option<i64>> = links
        .iter()
        .map(|link| schedule.first(link.avatar.as_bytes(), &link.identity, link.stored_at))
        .collect();
    let columns = (
        array::<Binary, _>(bytes(|link| link.avatar.as_bytes())),
        array::<BigInt, _>(numbers(|link| link.seq)),
        array::<Binary, _>(bytes(|link| link.uuid.as_bytes())),
        array::<Text, _>(texts(|link| link.action.as_str())),
        array::<Text, _>(texts(|link| link.identity.platform().as_str())),
        array::<Text, _>(texts(|link| link.identity.as_str())),
        array::<Text, _>(folded(|link| link.identity.as_str())),
        array::<Text, _>(texts(|link| &link.alt_id)),
        array::<Text, _>(folded(|link| &link.alt_id)),
        array::<Text, _>(texts(|link| &link.alt_name)),
        array::<Text, _>(folded(|link| &link.alt_name)),
        array::<Text, _>(texts(|link| &link.proof_location)),
        array::<BigInt, _>(numbers(|link| link.created_at.seconds())),
        array::<Binary, _>(bytes(|link| &link.signature)),
        array::<Text, _>(texts(|link| &link.signature_payload)),
        array::<Text, _>(texts(|link| &link.signer)),
        array::<Nullable<Binary>, _>(prevs),
        array::<Text, _>(extras),
        array::<BigInt, _>(numbers(|link| link.stored_at)),
        array::<Nullable<BigInt>, _>(first_checks),
    );
    let rows: Vec<(i64, i64)> = Prepared::<AppendLinks, _>::new(columns).load(c)?;
    Ok(by_place(links.len(), rows))
}
