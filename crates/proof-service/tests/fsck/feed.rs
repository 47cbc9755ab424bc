//! A feed that has not every link once, in the order of its chain.

use nextid_testkit::on_both_databases;

use crate::population::expect_each;

/// A change of a state that the service did not write. `{link}` is the link that it is about.
macro_rules! change {
    ($link:literal) => {
        concat!(
            "INSERT INTO state_changes (id, avatar, platform, identity, link_id, alt_id, alt_name, alt_name_before, state, \
             state_before, is_valid, is_valid_before, invalid_reason, changed_at) SELECT 1, avatar, platform, identity, ",
            $link,
            ", '', '', '', 'valid', 'valid', is_valid, is_valid, '', 0 FROM bindings WHERE platform = 'nextid'"
        )
    };
}

on_both_databases! {
    async fn a_feed_that_was_changed(db: TestDatabase) {
        expect_each(&db, &[
            ("DELETE FROM feed WHERE id = 3", &["feed_gap feed", "not_in_feed links 2"]),
            ("UPDATE feed SET id = id + 1", &["feed_gap feed"]),
            ("UPDATE feed SET ref = 999 WHERE id = 3", &["dangling feed", "not_in_feed links 2"]),
            ("UPDATE feed SET kind = 7 WHERE id = 3", &["unknown_kind feed", "not_in_feed links 2"]),
            ("UPDATE feed SET kind = 2 WHERE id = 3", &["dangling feed", "not_in_feed links 2"]),
            ("INSERT INTO feed (id, kind, ref) SELECT 7, 1, id FROM links WHERE seq = 2", &["numbered_twice links 2"]),
            ("UPDATE feed SET id = 100 WHERE id = 3; UPDATE feed SET id = 3 WHERE id = 4; UPDATE feed SET id = 4 WHERE id = 100",
             &["feed_order links 3"]),
        ])
        .await;
    }

    async fn an_outbox_that_was_changed(db: TestDatabase) {
        // The last two numbers are taken back; the link at place 4 waits again, and Bob's only one.
        const WAITS: &str = "DELETE FROM feed WHERE id > 4; INSERT INTO outbox (id, kind, ref) SELECT 10 + id, 1, id \
            FROM links WHERE seq = 4 OR id = (SELECT max(id) FROM links)";
        let twice = format!("{WAITS}; INSERT INTO outbox (id, kind, ref) SELECT 99, 1, id FROM links WHERE seq = 4");
        let dangling = format!("{WAITS}; INSERT INTO outbox (id, kind, ref) VALUES (99, 1, 999)");
        expect_each(&db, &[
            (WAITS, &[]),
            (&twice, &["waits_twice links 4"]),
            (&dangling, &["dangling outbox"]),
            ("INSERT INTO outbox (id, kind, ref) SELECT 99, 1, id FROM links WHERE seq = 2",
             &["waits_though_numbered outbox"]),
            ("DELETE FROM feed WHERE id = 4; INSERT INTO outbox (id, kind, ref) SELECT 99, 1, id FROM links WHERE seq = 3",
             &["feed_gap feed", "feed_order links 4"]),
            ("DELETE FROM feed WHERE id > 3; UPDATE links SET seq = seq WHERE seq = 0; \
              INSERT INTO outbox (id, kind, ref) SELECT 20 - seq, 1, id FROM links WHERE seq > 2; \
              INSERT INTO outbox (id, kind, ref) SELECT 30, 1, max(id) FROM links",
             &["feed_order links 4"]),
        ])
        .await;
    }

    /// Changes of states are in the feed as links are.
    async fn a_change_of_a_state_that_is_not_told(db: TestDatabase) {
        const TOLD: &str = concat!(change!("link_id"), "; INSERT INTO feed (id, kind, ref) VALUES (7, 2, 1)");
        const FOREIGN: &str = concat!(change!("999"), "; INSERT INTO outbox (id, kind, ref) VALUES (7, 2, 1)");
        const WAITING: &str = concat!(change!("link_id"), "; INSERT INTO outbox (id, kind, ref) VALUES (7, 2, 1)");
        let twice = format!("{WAITING}; INSERT INTO outbox (id, kind, ref) VALUES (8, 2, 1)");
        expect_each(&db, &[
            (TOLD, &[]),
            (change!("link_id"), &["not_in_feed state_changes"]),
            (FOREIGN, &["dangling state_changes"]),
            (WAITING, &[]),
            (&twice, &["waits_twice state_changes"]),
        ])
        .await;
    }
}
