//! A chain over several pages.

use std::collections::BTreeSet;

use diesel::prelude::*;
use nextid_core::payload::ProofPayload;
use nextid_core::signature_text::encode_base64;
use nextid_core::{Action, Avatar, CreatedAt, LinkUuid, Platform, SecretKey};
use nextid_service::db::{Db, DbConnection, DbError, DbSettings};
use nextid_service::{feed, on_backend};
use nextid_testkit::keys::key;
use nextid_testkit::on_both_databases;
use nextid_testkit::tamper::Tampering;
use proof_service::store::MIGRATIONS;
use proof_service::store::schema::{bindings, links};

use crate::population::{TABLES, check};

/// More than two pages of links, and more than the verifier of core is given at a time.
const LINKS: i64 = 1100;
const IDENTITY: &str = "example.com";
const SECOND: i64 = 1_700_000_000;

on_both_databases! {
    /// What was used and bound a thousand links before is remembered, and a chain ends where the next one begins.
    async fn nothing_is_forgotten_between_pages(db: TestDatabase) {
        let settings = DbSettings::new(db.url());
        MIGRATIONS.run(&settings).await.unwrap();
        fill(&Db::open(settings).await.unwrap(), &key("long")).await;
        let (defects, end) = check(&db).await;
        assert_eq!((defects, end.done.links, end.done.chains), (vec![], LINKS.unsigned_abs(), 1));

        let tampering = Tampering::new(&db, &TABLES);
        for (sql, wanted) in [
            ("UPDATE links SET uuid = (SELECT uuid FROM links WHERE seq = 1) WHERE seq = 1099", "uuid_reused"),
            // On a page of its own, with nothing else wrong.
            ("UPDATE links SET prev = NULL WHERE seq = 1025", "wrong_prev"),
            ("UPDATE links SET seq = 499 WHERE seq = 500", "fork"),
            ("UPDATE bindings SET link_id = link_id - 1", "binding_differs"),
        ] {
            tampering.run(sql);
            let (defects, _) = check(&db).await;
            assert!(defects.iter().any(|defect| defect.code == wanted), "{sql}: {defects:?}");
            tampering.undo();
        }
    }

    /// All links wait for their numbers: what is wrong with each is told once, however many statements it takes.
    async fn a_long_outbox(db: TestDatabase) {
        let settings = DbSettings::new(db.url());
        MIGRATIONS.run(&settings).await.unwrap();
        fill(&Db::open(settings).await.unwrap(), &key("long")).await;
        let all = usize::try_from(LINKS).unwrap();
        let tampering = Tampering::new(&db, &TABLES);
        for (sql, code, count) in [
            ("DELETE FROM outbox", "not_in_feed", all),
            ("INSERT INTO outbox (id, kind, ref) SELECT id + 10000, kind, ref FROM outbox", "waits_twice", all),
            ("UPDATE outbox SET id = -id; UPDATE outbox SET id = id + 10000", "feed_order", all - 1),
            // The last one overtakes all others.
            ("INSERT INTO feed (id, kind, ref) SELECT 1, 1, max(id) FROM links; \
              DELETE FROM outbox WHERE ref = (SELECT max(id) FROM links)", "feed_order", 1),
        ] {
            tampering.run(sql);
            let (defects, _) = check(&db).await;
            let rows: BTreeSet<_> = defects.iter().map(|defect| defect.row).collect();
            assert_eq!((defects.len(), rows.len()), (count, count), "{sql}: {:?}", defects.first());
            assert!(defects.iter().all(|defect| defect.code == code), "{sql}: {:?}", defects.first());
            tampering.undo();
        }
    }
}

/// The rows are written as the service writes them, but all at once: over HTTP it would take a while.
async fn fill(db: &Db, key: &SecretKey) {
    let avatar = key.avatar();
    let mut prev: Option<Vec<u8>> = None;
    let mut rows = Vec::new();
    for seq in 0..LINKS {
        let uuid = LinkUuid::new(uuid::Uuid::new_v4()).unwrap();
        let payload = ProofPayload {
            action: Action::Create,
            avatar: &avatar,
            platform: Platform::Dns,
            identity: IDENTITY,
            created_at: CreatedAt::from_seconds(SECOND).unwrap(),
            uuid,
            prev: prev.as_deref().map(encode_base64).as_deref(),
        }
        .to_string();
        let signature = key.personal_sign(payload.as_bytes()).with_reduced_v().as_bytes().to_vec();
        rows.push((
            links::avatar.eq(avatar.as_bytes().to_vec()),
            links::seq.eq(seq),
            links::uuid.eq(uuid.as_bytes().to_vec()),
            links::action.eq("create"),
            links::platform.eq("dns"),
            links::identity.eq(IDENTITY),
            links::alt_id.eq(IDENTITY),
            links::proof_location.eq(""),
            links::created_at.eq(SECOND),
            links::signature.eq(signature.clone()),
            links::signature_payload.eq(payload),
            links::signer.eq(avatar.to_hex()),
            links::format.eq("v1"),
            links::prev.eq(prev.replace(signature)),
            links::extra.eq("{}"),
            links::stored_at.eq(SECOND),
        ));
    }
    db.write(move |conn| {
        let mut ids: Vec<i64> = Vec::new();
        for row in rows {
            ids.push(on_backend!(&mut *conn, c => diesel::insert_into(links::table)
                .values(row)
                .returning(links::id)
                .get_result(c))?);
        }
        bind(conn, &avatar, *ids.last().unwrap())?;
        feed::enqueue(conn, 1, &ids)
    })
    .await
    .unwrap();
}

fn bind(conn: &mut DbConnection, avatar: &Avatar, link_id: i64) -> Result<(), DbError> {
    let row = (
        bindings::avatar.eq(avatar.as_bytes().to_vec()),
        bindings::platform.eq("dns"),
        bindings::identity.eq(IDENTITY),
        bindings::identity_folded.eq(IDENTITY),
        bindings::alt_id.eq(IDENTITY),
        bindings::alt_id_folded.eq(IDENTITY),
        bindings::alt_name.eq(""),
        bindings::alt_name_folded.eq(""),
        bindings::proof_location.eq(""),
        bindings::link_id.eq(link_id),
        bindings::state.eq("valid"),
        bindings::is_valid.eq(true),
        bindings::invalid_reason.eq(""),
        bindings::created_at.eq(SECOND),
        bindings::last_checked_at.eq(SECOND),
    );
    on_backend!(conn, c => diesel::insert_into(bindings::table).values(row).execute(c))?;
    Ok(())
}
