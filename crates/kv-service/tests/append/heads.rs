//! What the read of a head costs the database.

use nextid_testkit::on_both_databases;

use crate::support::stores;

on_both_databases! {
    async fn a_head_is_one_probe_of_the_index(db: TestDatabase) {
        let [_store] = stores(&db).await;
        nextid_testkit::heads::assert_one_probe(&db);
    }
}
