//! The OpenAPI document: whole, and true to the code. That every answer of every test is in it is checked with each answer.

use std::collections::BTreeSet;

use http::Method;
use nextid_testkit::on_both_databases;
use serde_json::Value;

use crate::support::described::DOCUMENT;
use crate::support::{App, Setup, schema};

/// Of the operator, for what would be off without one.
const TOKEN: &str = "a-token-of-the-operator";

/// Every operation of the document: path, method, operation.
fn operations() -> Vec<(String, String, Value)> {
    let mut all = Vec::new();
    for (path, item) in DOCUMENT["paths"].as_object().expect("paths") {
        for (method, operation) in item.as_object().expect("operations") {
            all.push((path.clone(), method.clone(), operation.clone()));
        }
    }
    all
}

/// Every `$ref` in a part of the document.
fn references(part: &Value, found: &mut Vec<String>) {
    match part {
        Value::Object(members) => {
            for (name, member) in members {
                match member.as_str() {
                    Some(target) if name == "$ref" => found.push(target.to_owned()),
                    _ => references(member, found),
                }
            }
        }
        Value::Array(items) => items.iter().for_each(|item| references(item, found)),
        _ => {}
    }
}

/// Whether an operation is answered with a stream that does not end, so that only its head is asked for.
fn is_endless(operation: &Value) -> bool {
    !operation["responses"]["200"]["content"]["text/event-stream"].is_null()
}

/// The routes of the service, each with the methods that it has.
const ROUTES: [(&str, &str); 7] = [
    ("/healthz", "get"),
    ("/v1/proof", "get"),
    ("/v1/proof", "post"),
    ("/v1/proof/exists", "get"),
    ("/v1/proof/payload", "post"),
    ("/v1/proofchain", "get"),
    ("/v1/proofchain/changes", "get"),
];

#[test]
fn every_reference_leads_somewhere() {
    let mut found = Vec::new();
    references(&DOCUMENT, &mut found);
    assert!(!found.is_empty());
    for target in found {
        assert!(DOCUMENT.pointer(target.trim_start_matches('#')).is_some(), "{target}");
    }
}

#[test]
fn every_operation_is_described() {
    let mut ids = BTreeSet::new();
    for (path, method, operation) in operations() {
        let what = format!("{method} {path}");
        assert!(ids.insert(operation["operationId"].as_str().expect("an id").to_owned()), "{what}");
        let said = operation["summary"].as_str().or(operation["description"].as_str()).unwrap_or_default();
        assert!(!said.is_empty(), "{what}");
        let responses = operation["responses"].as_object().expect("responses");
        assert!(responses.keys().any(|status| status.starts_with('2')), "{what}");
        for (status, response) in responses {
            assert!(response["description"].is_string(), "{what} {status}");
            if status.starts_with('2') {
                continue;
            }
            // What is not ready says so in the same form as what is.
            if operation["operationId"] == "readyz" {
                continue;
            }
            let codes = response["content"]["application/json"]["examples"].as_object().expect("examples");
            assert!(!codes.is_empty(), "{what} {status}");
            for (code, example) in codes {
                assert_eq!(example["value"]["code"], code.as_str());
            }
            assert!(response["content"]["application/problem+json"].is_object(), "{what} {status}");
        }
        for parameter in operation["parameters"].as_array().into_iter().flatten() {
            assert!(parameter["description"].is_string(), "{what}: {parameter}");
            let is_needed = parameter["required"] == true;
            assert!(!is_needed || !parameter["example"].is_null(), "{what}: {parameter}");
        }
        for text in [operation["description"].as_str(), operation["summary"].as_str()].into_iter().flatten() {
            assert!(!text.contains("[`"), "{what}: a link of the source code in {text}");
        }
    }
}

#[test]
fn every_field_says_what_it_is() {
    for (name, schema) in DOCUMENT["components"]["schemas"].as_object().expect("schemas") {
        for (field, property) in schema["properties"].as_object().into_iter().flatten() {
            let described = property["description"].is_string()
                || property["$ref"].is_string()
                || property["oneOf"].is_array()
                || property["allOf"].is_array();
            assert!(described, "{name}.{field}");
        }
        let said = schema["description"].as_str().unwrap_or_default();
        assert!(!said.contains("crate::"), "{name}: a path of the source code in {said}");
    }
}

on_both_databases! {
    /// What is served is the document, and its operations are the routes, each of them there.
    async fn it_is_served_and_names_every_route(db: TestDatabase) {
        // With everything that can be turned on.
        let app = Setup::new(&db).set("webhooks.admin_token", TOKEN).start().await;
        let served = app.read("/openapi.json").await;
        assert_eq!(served, *DOCUMENT);
        assert!(served["openapi"].as_str().unwrap().starts_with("3.1."));
        assert!(!served["info"]["version"].as_str().unwrap().is_empty());
        let named: BTreeSet<(String, String)> = operations()
            .into_iter()
            .map(|(path, method, operation)| (path, if is_endless(&operation) { "head".to_owned() } else { method }))
            .collect();
        for (path, method) in ROUTES {
            assert!(named.contains(&(path.to_owned(), method.to_owned())), "{method} {path} is not in the document");
        }
        for (path, method) in named {
            // A method that the document names is not refused as one that is not there.
            let method = Method::from_bytes(method.to_uppercase().as_bytes()).unwrap();
            let answer = app.send(method, &path, &[], "").await;
            assert!(!matches!(answer.status, 404 | 405), "{path}: {}", answer.text());
        }
    }

    /// The example of a submit is a genuine one: it is refused for its age only.
    async fn the_example_of_a_submit_is_genuine(db: TestDatabase) {
        let example = DOCUMENT["components"]["schemas"]["SubmitRequest"]["example"].clone();
        let app = App::start(&db).await;
        app.post("/v1/proof", &example).await.expect_error(400, "created_at_too_old");
        // A year is the most that can be configured, so the check of the signatures is asked for directly.
        let text = |pointer: &str| example.pointer(pointer).and_then(Value::as_str).expect("a text").to_owned();
        let avatar = nextid_core::Avatar::parse(&text("/public_key")).unwrap();
        let terms = crate::support::Terms {
            action: &text("/action"),
            platform: &text("/platform"),
            identity: &text("/identity"),
            created_at: text("/created_at").parse().unwrap(),
            uuid: &text("/uuid"),
            prev: None,
        };
        let payload = terms.sign_payload(&avatar);
        let bytes = nextid_core::signature_text::decode_base64_proof(&text("/extra/signature")).unwrap();
        nextid_core::Signature::from_slice(&bytes).unwrap().verify(&avatar, payload.as_bytes()).unwrap();
        let wallet = nextid_core::Identity::parse(nextid_core::Platform::Ethereum, &text("/identity")).unwrap();
        nextid_core::counter_signature::verify(&wallet, &text("/extra/wallet_signature"), &payload).unwrap();
    }

    /// The examples of requests are requests: their shape is read, and what is refused is not the shape.
    async fn examples_can_be_sent(db: TestDatabase) {
        let app = Setup::new(&db).set("webhooks.admin_token", TOKEN).start().await;
        let bearer = format!("Bearer {TOKEN}");
        let headers = [("Authorization", bearer.as_str()), ("Content-Type", "application/json")];
        for (path, method, operation) in operations() {
            if method == "get" {
                let (mut path, mut pairs) = (path, Vec::new());
                for parameter in operation["parameters"].as_array().into_iter().flatten() {
                    let (name, example) = (parameter["name"].as_str().expect("a name"), &parameter["example"]);
                    let text = example.as_str().map_or_else(|| example.to_string(), str::to_owned);
                    match parameter["in"].as_str().expect("a place") {
                        "path" => path = path.replace(&format!("{{{name}}}"), &text),
                        _ if example.is_null() => {}
                        _ => pairs.push(format!("{name}={text}")),
                    }
                }
                let target = format!("{path}?{}", pairs.join("&"));
                let method = if is_endless(&operation) { Method::HEAD } else { Method::GET };
                let answer = app.send(method, &target, &headers, "").await;
                assert!(matches!(answer.status, 200 | 404), "{path}: {}", answer.text());
                continue;
            }
            let content = &operation["requestBody"]["content"]["application/json"];
            let body = example_of(&content["schema"]);
            assert_eq!(schema::fits(&DOCUMENT, &content["schema"], &body), Ok(()), "{path}");
            let answer = app.send(Method::POST, &path, &headers, body.to_string()).await;
            if answer.status >= 400 {
                let code = answer.json()["code"].as_str().unwrap().to_owned();
                assert!(
                    !["bad_json", "bad_field", "missing_field", "too_deep"].contains(&code.as_str()),
                    "{path}: {body}: {}",
                    answer.text()
                );
            }
        }
    }
}

/// The example of a schema: its own, or put together from those of its fields.
fn example_of(schema: &Value) -> Value {
    let target = match schema["$ref"].as_str() {
        Some(reference) => DOCUMENT.pointer(reference.trim_start_matches('#')).expect("a schema"),
        None => schema,
    };
    if !target["example"].is_null() {
        return target["example"].clone();
    }
    let mut example = serde_json::Map::new();
    for (name, property) in target["properties"].as_object().into_iter().flatten() {
        if !property["example"].is_null() {
            example.insert(name.clone(), property["example"].clone());
        }
    }
    Value::Object(example)
}
