//! Bindings that do not follow from the chains.

use nextid_testkit::on_both_databases;

use crate::population::expect_each;

on_both_databases! {
    async fn a_binding_that_was_changed(db: TestDatabase) {
        expect_each(&db, &[
            ("DELETE FROM bindings WHERE platform = 'nextid'", &["binding_missing bindings 1"]),
            ("UPDATE bindings SET identity = identity || '0' WHERE platform = 'nextid'",
             &["binding_missing bindings 1", "binding_extra bindings"]),
            ("UPDATE bindings SET avatar = (SELECT uuid FROM links WHERE seq = 1) WHERE platform = 'nextid'",
             &["binding_missing bindings 1", "binding_extra bindings"]),
            ("UPDATE bindings SET link_id = link_id + 100 WHERE platform = 'nextid'", &["binding_differs bindings 1"]),
            ("UPDATE bindings SET proof_location = 'x' WHERE platform = 'nextid'", &["binding_differs bindings 1"]),
            ("UPDATE bindings SET alt_id = 'x', alt_id_folded = 'x' WHERE platform = 'nextid'",
             &["binding_differs bindings 1"]),
            ("UPDATE bindings SET alt_id_folded = 'x' WHERE platform = 'nextid'", &["binding_differs bindings 1"]),
            ("UPDATE bindings SET alt_name_folded = 'x' WHERE platform = 'nextid'", &["binding_differs bindings 1"]),
            ("UPDATE bindings SET identity_folded = 'x' WHERE platform = 'nextid'", &["binding_differs bindings 1"]),
            ("UPDATE bindings SET state = 'fine' WHERE platform = 'nextid'", &["binding_differs bindings 1"]),
        ])
        .await;
    }

    /// A link without what follows from it, and what follows without the link.
    async fn a_link_that_is_half_applied(db: TestDatabase) {
        const HEAD: &str = "(SELECT id FROM links WHERE seq = 4)";
        let unapplied = format!("DELETE FROM bindings WHERE link_id = {HEAD}");
        // Bob's link was appended after it, and closes the gap.
        let unnumbered = format!("DELETE FROM feed WHERE ref = {HEAD}; UPDATE feed SET id = 5 WHERE id = 6");
        let unlinked = format!("{unnumbered}; DELETE FROM links WHERE seq = 4");
        expect_each(&db, &[
            (&unapplied, &["binding_missing bindings 4"]),
            (&unnumbered, &["not_in_feed links 4"]),
            (&unlinked, &["binding_extra bindings"]),
        ])
        .await;
    }
}
