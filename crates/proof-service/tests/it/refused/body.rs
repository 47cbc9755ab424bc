//! Bodies that are not what a body should be.

use nextid_testkit::keys::key;
use nextid_testkit::on_both_databases;
use serde_json::{Value, json};

use crate::support::{App, Tally};

on_both_databases! {
    /// JSON that is not JSON, or is not an object.
    async fn what_is_no_json_object_is_refused(db: TestDatabase) {
        let app = App::start(&db).await;
        let good = app.wallet_draft(&key("alice"), &key("wallet")).await.body.to_string();
        let before = Tally::of(&db);
        let bad: Vec<Vec<u8>> = vec![
            Vec::new(),
            b" ".to_vec(),
            b"{".to_vec(),
            b"hello".to_vec(),
            b"[]".to_vec(),
            b"\"text\"".to_vec(),
            b"1".to_vec(),
            b"true".to_vec(),
            b"{\"action\": NaN}".to_vec(),
            b"{'action': 'create'}".to_vec(),
            b"{\"action\": \"create\",}".to_vec(),
            b"action=create&platform=github".to_vec(),
            b"\xff\xfe{\0}\0".to_vec(),
            b"{\"action\": \"\xff\"}".to_vec(),
            b"{\"a\": 1e400}".to_vec(),
            good.as_bytes()[..good.len() - 1].to_vec(),
            format!("{good}{good}").into_bytes(),
            format!("{good}x").into_bytes(),
            format!("\u{feff}{good}").into_bytes(),
        ];
        for path in ["/v1/proof", "/v1/proof/payload"] {
            for body in &bad {
                let answer = app.send(http::Method::POST, path, &[], body.clone()).await;
                answer.expect_error(400, "bad_json");
            }
            // Null is an empty object, as the field's servers have it.
            for empty in ["null", "{}", r#"{"ACTION": "create"}"#] {
                let error = app.post_text(path, empty).await.expect_error(400, "missing_field");
                assert_eq!(error["field"], "action");
            }
        }
        assert_eq!(Tally::of(&db), before);
        // White space around it, names that nobody knows, and a name given twice, of which the last counts.
        let twice = format!("\r\n\t {{\"action\": 7, \"unknown\": [{{}}], {} \n", &good[1..]);
        app.post_text("/v1/proof", &twice).await.expect_status(201);
    }

    /// Every field of another shape is named, with what it should be.
    async fn fields_of_another_shape_are_named(db: TestDatabase) {
        let app = App::start(&db).await;
        let draft = app.wallet_draft(&key("alice"), &key("wallet")).await;
        let before = Tally::of(&db);
        let shapes = [json!(1), json!(1.5), json!(-1), json!(true), json!([]), json!(["create"]), json!({})];
        for name in [
            "action", "platform", "identity", "public_key", "avatar", "persona", "uuid", "created_at", "proof_location",
            "prev", "previous",
        ] {
            for shape in &shapes {
                let error = app.refuse(&draft.clone().with(name, shape.clone()), 400, "bad_field").await;
                assert_eq!((&error["field"], &error["expected"]), (&json!(name), &json!("a string")), "{shape}");
            }
        }
        for shape in [json!(1), json!("x"), json!([]), json!(true)] {
            let error = app.refuse(&draft.clone().with("extra", shape), 400, "bad_field").await;
            assert_eq!(error["field"], "extra");
        }
        for name in ["signature", "wallet_signature", "target_signature"] {
            for shape in &shapes {
                let error = app.refuse(&draft.clone().extra(name, shape.clone()), 400, "bad_field").await;
                assert_eq!(error["field"], format!("extra.{name}"));
            }
        }
        for name in ["action", "platform", "identity", "public_key"] {
            for shape in &shapes {
                let body = draft.clone().with(name, shape.clone()).body;
                let error = app.post("/v1/proof/payload", &body).await.expect_error(400, "bad_field");
                assert_eq!(error["field"], name);
            }
        }
        assert_eq!(Tally::of(&db), before);
    }

    /// A field that has to be there and is not, is null or is empty.
    async fn missing_fields_are_named(db: TestDatabase) {
        let app = App::start(&db).await;
        let draft = app.wallet_draft(&key("alice"), &key("wallet")).await;
        let before = Tally::of(&db);
        for name in ["action", "platform", "identity", "public_key", "uuid", "created_at"] {
            for missing in [draft.clone().without(name), draft.clone().with(name, Value::Null), draft.clone().with(name, "")] {
                assert_eq!(app.refuse(&missing, 400, "missing_field").await["field"], name);
                if !["uuid", "created_at"].contains(&name) {
                    let error = app.post("/v1/proof/payload", &missing.body).await.expect_error(400, "missing_field");
                    assert_eq!(error["field"], name);
                }
            }
        }
        assert_eq!(Tally::of(&db), before);
    }
}
