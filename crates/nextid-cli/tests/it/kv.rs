//! `nextid kv`

use nextid_core::EthAddress;
use nextid_testkit::keys;
use serde_json::json;

use crate::command::{Services, User};

#[test]
fn data_is_written_from_everywhere_and_read_by_everybody() {
    let services = Services::start();
    let user = services.user("alice");
    let avatar = keys::key("alice").avatar();
    let written = user.run(&["--json", "kv", "set", r#"{"a":1,"b":{"c":2}}"#]).ok().json();
    assert_eq!((&written["content"], &written["link"]["seq"]), (&json!({"a": 1, "b": {"c": 2}}), &json!(0)));
    let file = user.file("patch.json", r#"{"a":null}"#);
    user.run(&["kv", "set", "--file", file.to_str().unwrap()]).ok();
    let text = user.run_with_input(&["kv", "set", "-"], r#"{"b":{"d":"ä"}}"#).ok().out;
    assert!(text.starts_with(&format!("Published under nextid:{avatar}:\n")), "{text}");

    let own = user.run(&["--json", "kv", "get"]).ok().json();
    assert_eq!(own["proofs"][0]["content"], json!({"b": {"c": 2, "d": "ä"}}));
    let stranger = services.known_to(User::new());
    let args = ["--json", "kv", "get", "--avatar", &avatar.to_uncompressed_hex()];
    assert_eq!(stranger.run(&args).ok().json(), own);
    let nobody = stranger.run(&["kv", "get", "--avatar", &keys::key("bob").avatar().to_hex()]).ok();
    assert_eq!(nobody.out, "Nothing is published.\n");
}

#[test]
fn data_under_a_binding_is_found_by_the_identity() {
    let services = Services::start();
    let wallet = keys::key("wallet");
    let address = EthAddress::of(&wallet.avatar()).to_string();
    let user = services.user("alice").env("NEXTID_WALLET_KEY", hex::encode(*wallet.to_bytes()));
    let set = ["kv", "set", r#"{"a":1}"#, "--platform", "ethereum", "--identity", &address];
    let error = user.run(&set).failed(3);
    assert!(error.contains("not_bound_for_kv") && error.contains("nextid prove"), "{error}");
    user.run(&["prove", "ethereum", &address]).ok();
    user.run(&set).ok();
    let found =
        services.known_to(User::new()).run(&["--json", "kv", "get", "ethereum", &address]).ok().json();
    assert_eq!(found["values"][0]["content"], json!({"a": 1}));
    let own = user.run(&[
        "--json",
        "kv",
        "get",
        "ethereum",
        &address,
        "--avatar",
        &keys::key("alice").avatar().to_hex(),
    ]);
    assert_eq!(own.ok().json()["proofs"][0]["identity"], address);
}

#[test]
fn a_patch_that_is_none_is_refused_before_anything_is_asked() {
    let user = User::with_key("alice");
    for patch in ["[1]", "null", "{", "7"] {
        let error = user.run(&["kv", "set", patch]).failed(2);
        assert!(error.contains("the patch is not"), "{error}");
    }
    assert_eq!(user.run_with_input(&["kv", "set"], "").status, 2);
    assert!(
        user.run(&["kv", "set", "--file", "nowhere.json"]).failed(1).contains("nowhere.json cannot be read")
    );
}
