//! The order of a search.

use nextid_testkit::keys::key;
use nextid_testkit::on_both_databases;

use crate::support::platforms::github;
use crate::support::{App, Setup};

/// The sort keys, and the logins in ascending order of each.
const ORDERS: [(&str, [&str; 3]); 11] = [
    ("", ["bravo", "alpha", "charlie"]),
    ("id", ["bravo", "alpha", "charlie"]),
    ("nonsense", ["bravo", "alpha", "charlie"]),
    ("last_arweave_id", ["bravo", "alpha", "charlie"]),
    ("created_at", ["charlie", "bravo", "alpha"]),
    ("last_checked_at", ["alpha", "charlie", "bravo"]),
    ("proof_chain_id", ["bravo", "alpha", "charlie"]),
    ("platform", ["bravo", "alpha", "charlie"]),
    ("identity", ["alpha", "bravo", "charlie"]),
    // Texts by their bytes on both databases: capitals, underscore, small letters.
    ("alt_id", ["charlie", "bravo", "alpha"]),
    ("activated_at", ["alpha", "charlie", "bravo"]),
];

async fn found(app: &App, query: &str) -> Vec<String> {
    let body = app.read(&format!("/v1/proof?identity={}&{query}", "bravo,alpha,charlie")).await;
    let ids = body["ids"].as_array().expect("a list");
    ids.iter().map(|id| id["proofs"][0]["identity"].as_str().expect("a text").to_owned()).collect()
}

on_both_databases! {
    /// By every key, in both directions; descending unless asked otherwise.
    async fn matches_are_sorted(db: TestDatabase) {
        let github = github();
        let app = Setup::new(&db).github(&github).start().await;
        for login in ["bravo", "alpha", "charlie"] {
            app.bind_github(&key(login), &github, login).await;
        }
        let seconds = [("bravo", 200, 900, "Zed", 3000), ("alpha", 300, 700, "a_b", 1000), ("charlie", 100, 800, "Beta", 2000)];
        for (login, created, checked, alt_id, activated) in seconds {
            db.execute(&format!(
                "UPDATE links SET created_at = {activated} WHERE identity = '{login}'; \
                 UPDATE bindings SET created_at = {created}, last_checked_at = {checked}, alt_id = '{alt_id}' \
                 WHERE identity = '{login}'"
            ));
        }
        for (sort, mut ascending) in ORDERS {
            assert_eq!(found(&app, &format!("sort={sort}&order=asc")).await, ascending, "{sort}");
            ascending.reverse();
            for order in ["&order=desc", "", "&order=", "&order=sideways"] {
                assert_eq!(found(&app, &format!("sort={sort}{order}")).await, ascending, "{sort}{order}");
            }
        }
    }
}
