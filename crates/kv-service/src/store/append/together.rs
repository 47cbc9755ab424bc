//! Appending many links by one statement, for PostgreSQL: a round trip and a commit for all of them.

use std::sync::Arc;

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Binary, Bool, Nullable, Text};
use nextid_service::chain::by_place;
use nextid_service::db::{DbError, Prepared, PreparedText, array};

use super::NewLink;

/// Takes the places that are free, and writes the contents of the links that got theirs, no others: what they were merged
/// into is what the head before left. An Avatar has one head, so that at most one of its links gets a place.
struct AppendLinks;

impl PreparedText for AppendLinks {
    const BEFORE: &'static str = "WITH input AS (SELECT * FROM unnest(";
    // 'v1' is `LinkFormat::V1`, 1 is `FeedKind::Link`.
    const AFTER: &'static str = ") WITH ORDINALITY AS i (avatar, seq, uuid, platform, identity, namespace, patch, \
        created_at, signature, signature_payload, signer, prev, stored_at, restart, content, alt_id, n)), \
        fresh AS (INSERT INTO links (avatar, seq, uuid, platform, identity, namespace, patch, created_at, signature, \
            signature_payload, signer, format, prev, stored_at, restart) \
            SELECT avatar, seq, uuid, platform, identity, namespace, patch, created_at, signature, \
            signature_payload, signer, 'v1', prev, stored_at, restart FROM input ORDER BY n \
            ON CONFLICT DO NOTHING RETURNING id, avatar, uuid), \
        placed AS (SELECT f.id AS link_id, i.n, i.avatar, i.platform, i.namespace, i.content, i.alt_id \
            FROM fresh f JOIN input i ON i.avatar = f.avatar AND i.uuid = f.uuid), \
        written AS (INSERT INTO namespaces (avatar, platform, identity, content, link_id, alt_id) \
            SELECT avatar, platform, namespace, content, link_id, alt_id FROM placed ORDER BY n \
            ON CONFLICT (avatar, platform, identity) DO UPDATE SET content = excluded.content, \
            link_id = excluded.link_id, alt_id = excluded.alt_id), \
        queued AS (INSERT INTO outbox (kind, ref) SELECT 1, link_id FROM placed ORDER BY n) \
        SELECT n, link_id FROM placed";
    type Row = (BigInt, BigInt);
}

/// Appends the links whose place and uuid are free, and writes what follows from them. The row's id of each.
pub(super) fn append(c: &mut PgConnection, links: &[Arc<NewLink>]) -> Result<Vec<Option<i64>>, DbError> {
    let texts =
        |column: fn(&NewLink) -> &str| -> Vec<&str> { links.iter().map(|link| column(link)).collect() };
    let numbers =
        |column: fn(&NewLink) -> i64| -> Vec<i64> { links.iter().map(|link| column(link)).collect() };
    let bytes =
        |column: fn(&NewLink) -> &[u8]| -> Vec<&[u8]> { links.iter().map(|link| column(link)).collect() };
    let signers: Vec<String> = links.iter().map(|link| link.avatar.to_uncompressed_hex()).collect();
    let prevs: Vec<Option<&[u8]>> = links.iter().map(|link| link.prev.as_deref()).collect();
    let restarts: Vec<bool> = links.iter().map(|link| link.restart).collect();
    let columns = (
        array::<Binary, _>(bytes(|link| link.avatar.as_bytes())),
        array::<BigInt, _>(numbers(|link| link.seq)),
        array::<Binary, _>(bytes(|link| link.uuid.as_bytes())),
        array::<Text, _>(texts(|link| link.identity.platform().as_str())),
        array::<Text, _>(texts(|link| &link.signed_identity)),
        array::<Text, _>(texts(|link| link.identity.as_str())),
        array::<Text, _>(texts(|link| link.patch.as_str())),
        array::<BigInt, _>(numbers(|link| link.created_at.seconds())),
        array::<Binary, _>(bytes(|link| &link.signature)),
        array::<Text, _>(texts(|link| &link.signature_payload)),
        array::<Text, _>(signers),
        array::<Nullable<Binary>, _>(prevs),
        array::<BigInt, _>(numbers(|link| link.stored_at)),
        array::<Bool, _>(restarts),
        array::<Text, _>(texts(|link| link.content.as_str())),
        array::<Text, _>(texts(|link| &link.alt_id)),
    );
    let rows: Vec<(i64, i64)> = Prepared::<AppendLinks, _>::new(columns).load(c)?;
    Ok(by_place(links.len(), rows))
}
