//! What is refused, whole.

use nextid_core::Avatar;
use nextid_service::import::{ImportError, scan};
use nextid_testkit::keys::key;
use nextid_testkit::on_both_databases;
use serde_json::Value;

use super::support::{another, file, import_text, store, vector};
use crate::support::{App, Tally};

/// Every published chain that does not hold is refused at the line that the index names.
#[test]
fn published_chains_that_do_not_hold_are_refused() {
    let index: Value = serde_json::from_str(&std::fs::read_to_string(vector("index.json")).unwrap()).unwrap();
    let invalid = index["invalid"].as_array().unwrap();
    assert_eq!(invalid.len(), 20);
    for vector_of in invalid {
        let error = scan(&vector(vector_of["file"].as_str().unwrap())).unwrap_err();
        assert_eq!(error.line(), vector_of["line"].as_u64(), "{vector_of}: {error}");
        let ImportError::Broken(error) = error else { panic!("{vector_of}: {error}") };
        assert_eq!(error.defect.code(), vector_of["defect"], "{vector_of}");
    }
}

/// Lines are counted over the whole file.
#[test]
fn the_line_is_that_of_the_file() {
    let good = std::fs::read_to_string(vector("valid/03-wallets-and-alias.jsonl")).unwrap();
    let bad = std::fs::read_to_string(vector("invalid/02-gap.jsonl")).unwrap();
    let lines = good.lines().count() as u64;
    let error = scan(file(&format!("{good}\n{bad}")).path()).unwrap_err();
    assert_eq!(error.line(), Some(lines + 1 + 3), "{error}");
    // One that ends too early is named where the next begins.
    let cut: Vec<&str> = good.lines().take(2).collect();
    let error = scan(file(&format!("{}\n{good}", cut.join("\n"))).path()).unwrap_err();
    assert_eq!(error.line(), Some(2), "{error}");
    assert!(matches!(scan(file("\n\n").path()).unwrap_err(), ImportError::Broken(_)));
    assert!(matches!(scan(std::path::Path::new("/nowhere")).unwrap_err(), ImportError::Read { .. }));
}

on_both_databases! {
    /// Two links for one place: both are named, and nothing of the chain is stored.
    async fn a_fork_is_refused(db: TestDatabase) {
        let other = another(&db);
        let alice = key("alice");
        let (here, there) = (App::start(&db).await, App::start(&other).await);
        let common = here.bind_wallet(&alice, &key("common")).await;
        let beside = store(&db).await;
        import_text(&store(&other).await, &here.export(&alice.avatar()).await).await.unwrap();
        let own = here.bind_wallet(&alice, &key("here")).await;
        let foreign = there.bind_wallet(&alice, &key("there")).await;
        there.bind_wallet(&alice, &key("further")).await;

        let before = Tally::of(&db);
        let error = import_text(&beside, &there.export(&alice.avatar()).await).await.unwrap_err();
        let text = error.to_string();
        for link in [&own, &foreign] {
            assert!(text.contains(link["uuid"].as_str().unwrap()), "{text}");
            assert!(text.contains(link["signature"].as_str().unwrap()), "{text}");
        }
        assert!(!text.contains(common["uuid"].as_str().unwrap()), "{text}");
        let ImportError::Conflict { line, conflict } = error else { panic!("{text}") };
        assert_eq!((line, conflict.seq, conflict.column), (3, 1, "signature"));
        assert_eq!(Tally::of(&db), before);
        // In a file of several, what stands before it is taken over, and it is not.
        there.bind_wallet(&key("bob"), &key("wallet")).await;
        let both = format!(
            "{}{}",
            there.export(&key("bob").avatar()).await,
            there.export(&alice.avatar()).await
        );
        import_text(&beside, &both).await.unwrap_err();
        assert_eq!(here.chain(&key("bob").avatar()).await.len(), 1);
        assert_eq!(here.chain(&alice.avatar()).await.len(), 2);
    }

    /// What is not signed counts as well: one place has one link, with everything in it.
    async fn a_link_that_differs_in_what_is_not_signed_is_refused(db: TestDatabase) {
        let name = "valid/02-accounts.jsonl";
        let text = std::fs::read_to_string(vector(name)).unwrap();
        let beside = store(&db).await;
        import_text(&beside, &text).await.unwrap();
        let before = Tally::of(&db);
        let mut lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        lines[1]["alt_id"] = "somebody-else".into();
        let changed: Vec<String> = lines.iter().map(Value::to_string).collect();
        let error = import_text(&beside, &changed.join("\n")).await.unwrap_err();
        let ImportError::Conflict { conflict, .. } = &error else { panic!("{error}") };
        assert_eq!(conflict.column, "alt_id");
        assert_eq!(Tally::of(&db), before);
    }

    /// What could not be given out again as it is, is not taken in.
    async fn what_cannot_be_kept_is_refused(db: TestDatabase) {
        let text = std::fs::read_to_string(vector("valid/02-accounts.jsonl")).unwrap();
        let mut lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        lines[2]["proof_location"] = "a\u{0}b".into();
        let changed: Vec<String> = lines.iter().map(Value::to_string).collect();
        let beside = store(&db).await;
        let error = import_text(&beside, &changed.join("\n")).await.unwrap_err();
        assert!(matches!(error, ImportError::Unkept { line: 3, field: "proof_location", .. }), "{error}");
        let avatar: Avatar = lines[0]["avatar"].as_str().unwrap().parse().unwrap();
        assert_eq!(beside.chain_page(avatar, 0, 10).await.unwrap().1, 0, "nothing of the chain is stored");
    }

    /// Between the two readings the file may change: then nothing is stored.
    async fn a_file_that_changes_is_refused(db: TestDatabase) {
        let beside = store(&db).await;
        let text = std::fs::read_to_string(vector("valid/02-accounts.jsonl")).unwrap();
        let file = file(&text);
        let chain = scan(file.path()).unwrap().remove(0);
        std::fs::write(file.path(), text.replace("location-", "another-")).unwrap();
        let error = beside.import(&chain, super::support::NOW).await.unwrap_err();
        assert!(matches!(error, ImportError::Changed), "{error}");
        assert_eq!(db.count("links"), 0);
        std::fs::write(file.path(), text.lines().next().unwrap()).unwrap();
        assert!(matches!(beside.import(&chain, 0).await.unwrap_err(), ImportError::Changed));
    }

    /// A submit and an import of the same chain at the same time: one of them has the place, and the chain is whole.
    async fn a_submit_may_come_first(db: TestDatabase) {
        let other = another(&db);
        let alice = key("alice");
        let (here, there) = (App::start(&db).await, App::start(&other).await);
        let draft = here.wallet_draft(&alice, &key("wallet")).await;
        there.accept(&draft).await;
        let export = there.export(&alice.avatar()).await;
        let beside = store(&db).await;
        let (submitted, imported) = tokio::join!(here.submit(&draft), import_text(&beside, &export));
        submitted.expect_status(201);
        let imported = imported.unwrap();
        assert_eq!(imported[0].added + imported[0].known, 1);
        assert_eq!(here.export(&alice.avatar()).await, export);
    }
}
