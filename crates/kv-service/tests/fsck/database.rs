//! Links that do not hold, contents that do not follow from them, a feed that does not show them.

use nextid_testkit::on_both_databases;

use crate::population::{check, expect_each, populate};

on_both_databases! {
    async fn what_is_sound_has_no_defects(db: TestDatabase) {
        populate(&db).await;
        let (defects, end) = check(&db).await;
        assert_eq!(defects, []);
        assert_eq!((end.done.links, end.done.chains, end.done.rows), (4, 2, 4));
    }

    async fn a_link_that_was_changed(db: TestDatabase) {
        expect_each(&db, &[
            ("UPDATE links SET patch = '{\"a\":1}' WHERE seq = 1",
             &["payload_differs links 1", "namespace_differs namespaces 1"]),
            // The same value, in other words.
            ("UPDATE links SET patch = '{\"x\": 1}' WHERE seq = 1", &["bad_field links 1"]),
            ("UPDATE links SET patch = '{' WHERE seq = 1", &["bad_field links 1", "namespace_differs namespaces 1"]),
            ("UPDATE links SET patch = '[]' WHERE seq = 1", &["bad_field links 1", "namespace_differs namespaces 1"]),
            ("UPDATE links SET namespace = 'other' WHERE seq = 1",
             &["bad_field links 1", "namespace_missing namespaces 1", "namespace_extra namespaces"]),
            ("UPDATE links SET identity = 'other', namespace = 'other' WHERE seq = 1",
             &["payload_differs links 1", "namespace_missing namespaces 1", "namespace_extra namespaces"]),
            ("UPDATE links SET restart = true WHERE seq = 2", &["bad_field links 2", "namespace_differs namespaces 2"]),
            ("UPDATE links SET signature_payload = signature_payload || ' ' WHERE seq = 2", &["payload_differs links 2"]),
            ("UPDATE links SET signature = (SELECT signature FROM links WHERE seq = 1) WHERE seq = 2",
             &["signature links 2"]),
            ("UPDATE links SET signature = uuid WHERE seq = 1", &["signature links 1", "wrong_prev links 2"]),
            ("UPDATE links SET prev = NULL WHERE seq = 2", &["wrong_prev links 2"]),
            ("UPDATE links SET created_at = created_at - 100 WHERE seq = 2", &["time_goes_back links 2"]),
            ("UPDATE links SET signer = 'nobody' WHERE seq = 2", &["signer_may_not links 2"]),
            ("UPDATE links SET format = 'legacy_2021' WHERE seq = 2", &["wrong_format links 2"]),
            ("UPDATE links SET format = 'v2' WHERE seq = 2", &["bad_field links 2"]),
            ("UPDATE links SET uuid = signature WHERE seq = 2", &["bad_field links 2"]),
            ("UPDATE links SET uuid = (SELECT uuid FROM links WHERE seq = 1) WHERE seq = 2", &["uuid_reused links 2"]),
            ("UPDATE links SET seq = 1 WHERE seq = 2", &["fork links 1"]),
            ("UPDATE links SET seq = 7 WHERE seq = 2", &["wrong_seq links 7"]),
        ])
        .await;
    }

    async fn a_content_that_was_changed(db: TestDatabase) {
        expect_each(&db, &[
            ("UPDATE namespaces SET content = '{\"x\":2}' WHERE platform = 'github'", &["namespace_differs namespaces 1"]),
            ("UPDATE namespaces SET content = '{\"x\": 1}' WHERE platform = 'github'", &["namespace_differs namespaces 1"]),
            ("UPDATE namespaces SET link_id = link_id + 1 WHERE platform = 'github'", &["namespace_differs namespaces 1"]),
            ("DELETE FROM namespaces WHERE platform = 'github'", &["namespace_missing namespaces 1"]),
            ("UPDATE namespaces SET identity = 'x' WHERE platform = 'github'",
             &["namespace_missing namespaces 1", "namespace_extra namespaces"]),
            // Of somebody who has no chain.
            ("UPDATE namespaces SET avatar = (SELECT uuid FROM links WHERE seq = 1) WHERE platform = 'github'",
             &["namespace_missing namespaces 1", "namespace_extra namespaces"]),
        ])
        .await;
    }

    async fn a_feed_that_was_changed(db: TestDatabase) {
        expect_each(&db, &[
            ("DELETE FROM feed WHERE id = 2", &["feed_gap feed", "not_in_feed links 1"]),
            ("UPDATE feed SET kind = 2 WHERE id = 2", &["unknown_kind feed", "not_in_feed links 1"]),
            ("UPDATE feed SET ref = 99 WHERE id = 2", &["dangling feed", "not_in_feed links 1"]),
            ("UPDATE feed SET id = 9 WHERE id = 2; UPDATE feed SET id = 2 WHERE id = 3; UPDATE feed SET id = 3 WHERE id = 9",
             &["feed_order links 2"]),
        ])
        .await;
    }
}
