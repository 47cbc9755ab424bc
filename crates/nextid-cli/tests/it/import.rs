//! `nextid import`: exports that a service's database takes over.
#![expect(clippy::indexing_slicing, reason = "the helpers of tests, which fail with them")]
#![expect(clippy::unwrap_used, reason = "the helpers of tests, which fail with them")]

use nextid_testkit::on_both_databases;
use serde_json::json;

use crate::command::User;

fn vector(name: &str) -> String {
    format!("{}/../../docs/vectors/{name}", env!("CARGO_MANIFEST_DIR"))
}

on_both_databases! {
    /// Into an empty database, once more, and from standard input; then another chain for the same places.
    async fn chains_are_taken_over(db: TestDatabase) {
        let user = User::new();
        let file = vector("valid/02-accounts.jsonl");
        let import = |file: &str| user.run(&["--json", "import", file, "--to", db.url()]);
        let report = import(&file).ok().json();
        let links = report["links"].as_u64().unwrap();
        assert_eq!((&report["added"], &report["known"], &report["step"]), (&links.into(), &json!(0), &json!("imported")));
        let text = std::fs::read_to_string(&file).unwrap();
        let again = user.run_with_input(&["--json", "import", "-", "--to", db.url()], &text).ok().json();
        assert_eq!((&again["added"], &again["known"]), (&json!(0), &links.into()));

        let error = import(&vector("valid/03-wallets-and-alias.jsonl")).failed(7);
        assert!(error.contains("seq 0") && error.contains("\"line\":2"), "{error}");
        for name in ["invalid/02-gap.jsonl", "invalid/09-truncated.jsonl"] {
            let error = import(&vector(name)).failed(6);
            assert!(error.contains("\"line\":3"), "{error}");
        }
        assert_eq!(db.count("links"), i64::try_from(links).unwrap(), "nothing more is stored");
    }
}

#[test]
fn what_does_not_belong_into_a_database_is_refused() {
    let user = User::new();
    let (proof, kv) = (vector("valid/02-accounts.jsonl"), vector("valid/09-kv-namespaces.jsonl"));
    user.run(&["import", &kv, "--to", "sqlite://kv.db"]).ok();
    user.run(&["import", &kv, "--to", "sqlite://kv.db", "--service", "kv"]).ok();
    let error = user.run(&["import", &proof, "--to", "sqlite://kv.db"]).failed(1);
    assert!(error.contains("kv-service"), "{error}");
    let error = user.run(&["import", &kv, "--to", "sqlite://new.db", "--service", "proof"]).failed(1);
    assert!(error.contains("a chain of kv-service; proof-service is wanted"), "{error}");
    let both =
        format!("{}\n{}", std::fs::read_to_string(&proof).unwrap(), std::fs::read_to_string(&kv).unwrap());
    let both = user.file("both.jsonl", &both);
    user.run(&["import", both.to_str().unwrap(), "--to", "sqlite://new.db"]).failed(1);
    assert!(!user.home().join("new.db").exists(), "it is not even made");
    user.run(&["import", "nowhere.jsonl", "--to", "sqlite://new.db"]).failed(1);
    // The URL may hold a password: it can come from the environment.
    let user = user.env("NEXTID_TO", "sqlite://env.db");
    user.run(&["import", &kv]).ok();
    assert!(user.home().join("env.db").exists());
}
