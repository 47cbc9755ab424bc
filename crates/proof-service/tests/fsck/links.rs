//! Links that do not hold.

use nextid_testkit::on_both_databases;

use crate::population::{check, expect_each, populate};

/// The head of the longer chain is the link at place 4.
const HEAD: &str = "SELECT id FROM links WHERE seq = 4";

on_both_databases! {
    async fn what_is_sound_has_no_defects(db: TestDatabase) {
        populate(&db).await;
        let (defects, end) = check(&db).await;
        assert_eq!(defects, []);
        // Six links in the feed, and two subkeys.
        assert_eq!((end.done.links, end.done.chains, end.done.rows, end.percent()), (6, 2, 8, 100));
    }

    async fn an_empty_database_has_no_defects(db: TestDatabase) {
        drop(crate::support::App::start(&db).await);
        let (defects, end) = check(&db).await;
        assert_eq!((defects, end.done.links), (vec![], 0));
    }

    /// Whatever is changed in a link is seen: the signature does not fit it any more, or the next link does not.
    async fn a_link_that_was_changed(db: TestDatabase) {
        expect_each(&db, &[
            ("UPDATE links SET signature_payload = signature_payload || ' ' WHERE seq = 4", &["payload_differs links 4"]),
            ("UPDATE links SET identity = '0x0000000000000000000000000000000000000000' WHERE seq = 4",
             &["payload_differs links 4", "binding_extra bindings", "binding_missing bindings 4"]),
            ("UPDATE links SET identity = 'x' WHERE seq = 4",
             &["bad_field links 4", "binding_extra bindings", "binding_missing bindings 4"]),
            ("UPDATE links SET platform = 'myspace' WHERE seq = 4",
             &["bad_field links 4", "binding_extra bindings", "binding_missing bindings 4"]),
            ("UPDATE links SET action = 'delete' WHERE seq = 4", &["payload_differs links 4", "binding_extra bindings"]),
            ("UPDATE links SET signature = (SELECT signature FROM links WHERE seq = 3) WHERE seq = 4",
             &["signature links 4"]),
            ("UPDATE links SET signature = (SELECT signature FROM links WHERE seq = 4) WHERE seq = 2",
             &["counter_signature links 2", "wrong_prev links 3"]),
            ("UPDATE links SET signature = uuid WHERE seq = 4", &["signature links 4"]),
            ("UPDATE links SET prev = NULL WHERE seq = 3", &["wrong_prev links 3"]),
            ("UPDATE links SET prev = signature WHERE seq = 3", &["wrong_prev links 3"]),
            ("UPDATE links SET prev = signature WHERE seq = 0 AND platform = 'ethereum'",
             &["wrong_prev links 0", "wrong_prev links 0"]),
            ("UPDATE links SET created_at = created_at - 100 WHERE seq = 3", &["time_goes_back links 3"]),
            ("UPDATE links SET created_at = -1 WHERE seq = 4", &["bad_field links 4"]),
            ("UPDATE links SET signer = '0x02', extra = '{}' WHERE seq = 4", &["signer_may_not links 4"]),
            ("UPDATE links SET extra = '{}' WHERE seq = 4", &["counter_signature_missing links 4"]),
            ("UPDATE links SET extra = '[' WHERE seq = 4", &["bad_field links 4"]),
            ("UPDATE links SET extra = replace(extra, 'wallet_signature\":\"', 'wallet_signature\":\"A') WHERE seq = 4",
             &["counter_signature links 4"]),
            ("UPDATE links SET format = 'v2' WHERE seq = 4", &["bad_field links 4"]),
            ("UPDATE links SET format = 'kv_persona' WHERE seq = 4", &["wrong_format links 4"]),
            ("UPDATE links SET uuid = signature WHERE seq = 4", &["bad_field links 4"]),
        ])
        .await;
    }

    /// Places: taken twice, left out, missing; a uuid that was used before; a chain that is nobody's.
    async fn a_chain_that_was_changed(db: TestDatabase) {
        expect_each(&db, &[
            ("UPDATE links SET seq = 3 WHERE seq = 4", &["fork links 3"]),
            ("UPDATE links SET seq = 9 WHERE seq = 4", &["wrong_seq links 9"]),
            ("UPDATE links SET seq = -1 WHERE seq = 4",
             &["bad_field links -1", "wrong_seq links 0", "feed_order links 0"]),
            ("DELETE FROM feed WHERE ref = (SELECT id FROM links WHERE seq = 2); DELETE FROM links WHERE seq = 2",
             &["feed_gap feed", "wrong_seq links 3", "binding_missing bindings 0"]),
            ("UPDATE links SET uuid = (SELECT uuid FROM links WHERE seq = 1) WHERE seq = 4", &["uuid_reused links 4"]),
            ("UPDATE links SET avatar = uuid WHERE seq = 4",
             &["bad_field links 4", "binding_extra bindings", "binding_missing bindings 4"]),
        ])
        .await;
    }

    /// Where a chain is sound, and what it revokes was never bound: nobody but the Avatar itself can make such a link.
    async fn a_revocation_of_nothing(db: TestDatabase) {
        use nextid_core::signature_text::decode_base64_proof;
        use nextid_testkit::keys::key;

        use crate::support::{Draft, Terms, address_of};

        populate(&db).await;
        let tampering = nextid_testkit::tamper::Tampering::new(&db, &["links", "bindings", "feed"]);
        // The last place is free for a link that the service would not take.
        tampering.run(&format!(
            "DELETE FROM feed WHERE ref = ({HEAD}); DELETE FROM bindings WHERE link_id = ({HEAD}); \
             UPDATE feed SET id = 5 WHERE id = 6"
        ));
        let alice = key("alice");
        let head = head_before(&db, &alice).await;
        let identity = address_of(&key("stranger"));
        let terms = Terms {
            action: "delete",
            platform: "ethereum",
            identity: &identity,
            created_at: head.created_at,
            uuid: "353449e6-3a6f-4ac8-ae65-ba14bf466baf",
            prev: Some(&nextid_core::signature_text::encode_base64(&head.signature)),
        };
        let draft = Draft::offline(&alice, terms).signed();
        let mut signature = decode_base64_proof(draft.body["extra"]["signature"].as_str().unwrap()).unwrap();
        signature[64] %= 27;
        tampering.run(&format!(
            "UPDATE links SET action = 'delete', identity = '{identity}', created_at = {}, uuid = {}, signature = {}, \
             signature_payload = '{}', extra = '{{}}' WHERE seq = 4; \
             INSERT INTO feed (id, kind, ref) SELECT 6, 1, id FROM links WHERE seq = 4",
            head.created_at,
            blob(&db, &hex::decode("353449e63a6f4ac8ae65ba14bf466baf").unwrap()),
            blob(&db, &signature),
            draft.sign_payload,
        ));
        let (defects, _) = check(&db).await;
        let codes: Vec<_> = defects.iter().map(|defect| (defect.code, defect.seq)).collect();
        assert_eq!(codes, [("not_bound", Some(4))], "{defects:#?}");
    }
}

/// The link at place 3.
async fn head_before(
    db: &nextid_testkit::TestDatabase,
    key: &nextid_core::SecretKey,
) -> proof_service::store::StoredLink {
    use nextid_service::db::{Db, DbSettings};
    let store = proof_service::store::Store::new(Db::open(DbSettings::new(db.url())).await.unwrap());
    store.links_at(key.avatar(), 3..4).await.unwrap().remove(0)
}

/// Bytes as both databases spell them.
fn blob(db: &nextid_testkit::TestDatabase, bytes: &[u8]) -> String {
    match db.backend() {
        nextid_testkit::Backend::Sqlite => format!("x'{}'", hex::encode(bytes)),
        nextid_testkit::Backend::Postgres => format!("'\\x{}'::bytea", hex::encode(bytes)),
    }
}
