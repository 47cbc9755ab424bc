//! What the read of a head costs the database.

use nextid_testkit::{Backend, on_both_databases};

use crate::support::stores;

on_both_databases! {
    /// PostgreSQL does not go to the links for it: they need not fit in memory.
    async fn a_head_is_one_probe_of_the_index(db: TestDatabase) {
        let [_store] = stores(&db).await;
        let bytes = match db.backend() {
            Backend::Postgres => "'\\x02'",
            Backend::Sqlite => "x'02'",
        };
        let plan = db.plan(&format!(
            "SELECT seq, uuid, created_at, signature FROM links WHERE avatar = {bytes} ORDER BY seq DESC LIMIT 1"
        ));
        let wanted = match db.backend() {
            Backend::Postgres => "Index Only Scan Backward using links_place on links",
            Backend::Sqlite => "SEARCH links USING INDEX sqlite_autoindex_links_1 (avatar=?)",
        };
        assert!(plan.contains(wanted), "{plan}");
    }
}
