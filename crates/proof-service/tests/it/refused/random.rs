//! Requests that nobody thought of: generated, the same in every run.

use nextid_testkit::keys::key;
use nextid_testkit::on_both_databases;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use serde_json::{Value, json};

use crate::support::{App, Tally, address_of};

/// Requests of each kind.
const REQUESTS: usize = 150;

/// Fields without which a submit is not the same.
const FIELDS: [&str; 7] = ["action", "platform", "identity", "public_key", "uuid", "created_at", "extra"];

/// Parameters of all reads.
const PARAMETERS: [&str; 10] =
    ["identity", "platform", "page", "exact", "sort", "order", "avatar", "public_key", "last_id", "count"];

/// Any JSON of a few levels; texts are often such as mean something.
fn any_json() -> impl Strategy<Value = Value> {
    let text = prop_oneof![
        Just("create".to_owned()),
        Just("delete".to_owned()),
        Just("github".to_owned()),
        Just("nextid".to_owned()),
        Just(key("alice").avatar().to_hex()),
        Just(address_of(&key("wallet"))),
        Just("353449e6-3a6f-4ac8-ae65-ba14bf466baf".to_owned()),
        any::<String>(),
        "[a-z0-9@#%._-]{1,20}",
    ];
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        text.prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 16, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map(any::<String>(), inner, 0..4).prop_map(|members| json!(members)),
        ]
    })
}

/// One value, and the next one each time it is asked.
fn next<T: std::fmt::Debug>(runner: &mut TestRunner, strategy: &impl Strategy<Value = T>) -> T {
    strategy.new_tree(runner).expect("a value").current()
}

on_both_databases! {
    /// Good submits with one to three fields exchanged for anything.
    async fn bodies_make_no_failure_and_no_link(db: TestDatabase) {
        let app = App::start(&db).await;
        let mut runner = TestRunner::deterministic();
        let good = app.wallet_draft(&key("alice"), &key("wallet")).await;
        let change = (prop::sample::select(&FIELDS[..]), any_json());
        let changes = prop::collection::vec(change, 1..4);
        for _ in 0..REQUESTS {
            let mut body = good.body.clone();
            for (field, value) in next(&mut runner, &changes) {
                // Anything but itself.
                body[field] = if value == body[field] { json!("other") } else { value };
            }
            let answer = app.post("/v1/proof", &body).await;
            assert!(matches!(answer.status, 400 | 409 | 503), "{body}: {}", answer.text());
            let answer = app.post("/v1/proof/payload", &body).await;
            assert!(matches!(answer.status, 200 | 400 | 409), "{body}: {}", answer.text());
        }
        assert_eq!(Tally::of(&db).links, 0);
        app.accept(&good).await;
    }

    /// Reads with anything in their parameters.
    async fn queries_make_no_failure(db: TestDatabase) {
        let app = App::start(&db).await;
        app.bind_wallet(&key("alice"), &key("wallet")).await;
        let mut runner = TestRunner::deterministic();
        let text = prop_oneof![any::<String>(), "[0-9-]{1,20}", "[%a-f0-9_,]{1,12}"];
        let pairs = prop::collection::vec((prop::sample::select(&PARAMETERS[..]), text), 0..5);
        for _ in 0..REQUESTS {
            let query: Vec<String> = next(&mut runner, &pairs)
                .into_iter()
                .map(|(name, text)| {
                    let encoded: String = text.bytes().map(|byte| format!("%{byte:02X}")).collect();
                    format!("{name}={encoded}")
                })
                .collect();
            for path in ["/v1/proof", "/v1/proof/exists", "/v1/proofchain", "/v1/proofchain/changes"] {
                let answer = app.get(&format!("{path}?{}", query.join("&"))).await;
                assert!(matches!(answer.status, 200 | 400 | 404), "{path} {query:?}: {}", answer.text());
            }
        }
    }
}
