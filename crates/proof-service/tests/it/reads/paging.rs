//! Pages of a search: they count bindings and list Avatars.

use nextid_testkit::keys::key;
use nextid_testkit::{TestDatabase, on_both_databases};
use serde_json::{Value, json};

use crate::support::{App, address_of};

/// What a binding is made of, besides Avatar, platform and identity.
const REST: &str = "alt_id, alt_id_folded, alt_name, alt_name_folded, proof_location, link_id, state, is_valid, \
                    invalid_reason, created_at, last_checked_at";

/// Copies this Avatar's one binding under the names `paged-<from>` to `paged-<to>`: quicker than as many submits.
fn multiply(db: &TestDatabase, identity: &str, from: u32, to: u32) {
    for number in from..to {
        db.execute(&format!(
            "INSERT INTO bindings (avatar, platform, identity, identity_folded, {REST}) SELECT avatar, 'github', \
             'paged-{number}', 'paged-{number}', {REST} FROM bindings WHERE identity = '{identity}'"
        ));
    }
}

fn pagination(body: &Value) -> (i64, i64, i64, i64) {
    let number = |name: &str| body["pagination"][name].as_i64().expect("a number");
    (number("total"), number("per"), number("current"), number("next"))
}

on_both_databases! {
    /// 45 matches of two Avatars: 40 on the first page, the rest on the second, nothing after it.
    async fn pages_count_bindings_and_list_avatars(db: TestDatabase) {
        let app = App::start(&db).await;
        for (name, from, to) in [("alice", 0, 40), ("bob", 40, 45)] {
            app.bind_wallet(&key(name), &key(name)).await;
            multiply(&db, &address_of(&key(name)), from, to);
        }
        let page = async |number: &str| {
            app.read(&format!("/v1/proof?identity=paged-&platform=github&page={number}&order=asc")).await
        };
        let body = page("1").await;
        assert_eq!((pagination(&body), body["ids"].as_array().unwrap().len()), ((45, 40, 1, 2), 1));
        assert_eq!(body["ids"][0]["proofs"].as_array().unwrap().len(), 41);
        let body = page("2").await;
        assert_eq!((pagination(&body), body["ids"].as_array().unwrap().len()), ((45, 40, 2, 0), 1));
        assert_eq!(body["ids"][0]["proofs"].as_array().unwrap().len(), 6);
        for far in ["3", "1000", "9223372036854775807"] {
            let body = page(far).await;
            assert_eq!((pagination(&body).0, pagination(&body).3, &body["ids"]), (45, 0, &json!([])), "{far}");
        }
        for first in ["0", "-1", "-9223372036854775808", ""] {
            assert_eq!(pagination(&page(first).await), (45, 40, 1, 2), "{first}");
        }
    }

    /// A fuzzy search is counted to ten thousand and then says so; an exact one is counted to the end.
    async fn a_fuzzy_total_is_counted_so_far(db: TestDatabase) {
        let app = App::start(&db).await;
        app.bind_wallet(&key("alice"), &key("wallet")).await;
        let numbers = "WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < 10001)";
        db.execute(&format!(
            "{numbers} INSERT INTO bindings (avatar, platform, identity, identity_folded, {REST}) \
             SELECT avatar, 'github', 'many-' || n, 'many-' || n, {REST} FROM bindings CROSS JOIN numbers"
        ));
        let body = app.read("/v1/proof?identity=many-").await;
        assert_eq!((&body["pagination"]["total"], &body["pagination"]["total_exact"]), (&10_000.into(), &false.into()));
        assert_eq!(body["pagination"]["next"], 2);
        // What is not counted is not shown: the last page is full, and there is nothing after it.
        for (page, next, sort, matched) in
            [(250, 0, "id", true), (251, 0, "id", false), (251, 0, "identity", false), (i64::MAX, 0, "id", false)]
        {
            let body = app.read(&format!("/v1/proof?identity=many-&page={page}&sort={sort}")).await;
            assert_eq!((pagination(&body).0, pagination(&body).3), (10_000, next), "{page}");
            assert_eq!(body["ids"].as_array().unwrap().len(), usize::from(matched), "{page}");
        }
        db.execute("DELETE FROM bindings WHERE identity = 'many-1'");
        let body = app.read("/v1/proof?identity=many-").await;
        assert_eq!((&body["pagination"]["total"], body["pagination"].get("total_exact")), (&10_000.into(), None));
        // All of them have the wallet's address as their own id, like the binding that they were copied from.
        db.execute("UPDATE bindings SET identity = 'many-0' WHERE platform = 'ethereum'");
        let body = app.read(&format!("/v1/proof?identity={}&exact=true", address_of(&key("wallet")))).await;
        assert_eq!((&body["pagination"]["total"], body["pagination"].get("total_exact")), (&10_001.into(), None));
    }
}
