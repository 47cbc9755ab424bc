//! Whole answers, as a client sees them; what differs in every run is left out.

use insta::{Settings, assert_json_snapshot};
use nextid_testkit::keys::key;
use nextid_testkit::on_both_databases;

use crate::support::platforms::github;
use crate::support::{App, Setup};

/// Leaves out what differs in every run.
fn settings() -> Settings {
    let mut settings = Settings::clone_current();
    for (field, name) in [
        (".**.uuid", "[uuid]"),
        (".**.created_at", "[seconds]"),
        (".**.last_checked_at", "[seconds]"),
        (".**.activated_at", "[seconds]"),
        (".**.signature", "[signature]"),
        (".**.wallet_signature", "[signature]"),
        (".**.target_signature", "[signature]"),
        (".**.prev", "[signature]"),
        (".**.proof_location", "[gist]"),
        (".**.signature_payload", "[payload]"),
        (".**.sign_payload", "[payload]"),
        (".**.request_id", "[id]"),
        (".**.epoch", "[epoch]"),
    ] {
        settings.add_redaction(field, name);
    }
    settings.set_snapshot_path("../snapshots");
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.set_sort_maps(true);
    settings
}

on_both_databases! {
    /// An account and a wallet, found together; the same on both databases.
    async fn of_an_avatar_with_two_bindings(db: TestDatabase) {
        let github = github();
        let app = Setup::new(&db).github(&github).start().await;
        let alice = key("alice");
        app.bind_github(&alice, &github, "octocat").await;
        let link = app.bind_wallet(&alice, &key("wallet")).await;
        app.bind_alias(&alice, &key("bob")).await;
        let found = app.read("/v1/proof?platform=github&identity=octocat").await;
        let chain = app.read(&format!("/v1/proofchain?avatar={}", alice.avatar())).await;
        settings().bind(|| {
            assert_json_snapshot!("accepted_link", link);
            assert_json_snapshot!("found_avatar", found);
            assert_json_snapshot!("chain_page", chain);
        });
    }

    /// Errors that carry data.
    async fn of_errors(db: TestDatabase) {
        let app = App::start(&db).await;
        let (alice, wallet) = (key("alice"), key("wallet"));
        let draft = app.wallet_draft(&alice, &wallet).await;
        let swapped = app.refuse(&draft.clone().by_wallet(&key("other")), 400, "bad_wallet_signature").await;
        app.accept(&draft).await;
        let stale = app.wallet_draft(&alice, &key("other")).await.with("prev", "");
        let conflict = app.refuse(&stale, 409, "chain_conflict").await;
        let missing = app.get("/v1/proof/exists?platform=github").await.expect_error(400, "missing_field");
        settings().bind(|| {
            assert_json_snapshot!("bad_wallet_signature", swapped);
            assert_json_snapshot!("chain_conflict", conflict);
            assert_json_snapshot!("missing_field", missing);
        });
    }
}
