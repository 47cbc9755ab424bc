//! `nextid up`

use nextid_core::EthAddress;
use nextid_testkit::keys;
use serde_json::json;

use crate::command::{Services, User};

const FREE_PORTS: [&str; 4] = ["--proof-listen", "127.0.0.1:0", "--kv-listen", "127.0.0.1:0"];

#[test]
fn it_stays_up_until_it_is_interrupted_and_keeps_what_it_took() {
    let user = User::new().env("NEXTID__LOG__FILTER", "warn");
    let wallet = keys::key("wallet");
    let address = EthAddress::of(&wallet.avatar()).to_string();
    let args: Vec<&str> = ["--json", "up"].into_iter().chain(FREE_PORTS).collect();

    let mut running = user.start(&args);
    let up = running.next_json();
    assert_eq!((&up["step"], &up["github_stand_in_url"]), (&json!("up"), &json!(null)));
    assert_eq!(up["data_dir"], user.home().join(".local/share/nextid").to_str().unwrap());
    let bound = User::with_key("alice")
        .env("NEXTID_WALLET_KEY", hex::encode(*wallet.to_bytes()))
        .env("NEXTID_PROOF_URL", up["proof_url"].as_str().unwrap())
        .run(&["--json", "prove", "ethereum", &address]);
    assert_eq!(bound.ok().json()["step"], "bound");
    running.interrupt();
    assert_eq!(running.end(), (0, String::new()));

    let mut running = user.start(&args);
    let up = running.next_json();
    let avatar = keys::key("alice").avatar().to_hex();
    let url = up["proof_url"].as_str().unwrap();
    let args = ["--json", "chain", "verify", &avatar, "--only", "proof", "--proof-url", url];
    let report = user.run(&args).ok().json();
    assert_eq!(report["bindings"][0]["identity"], address);
}

#[test]
fn an_address_that_is_taken_is_told() {
    let services = Services::start();
    let taken = services.proof_url.trim_start_matches("http://");
    let user = User::new().env("NEXTID__LOG__FILTER", "warn");
    let error = user.run(&["up", "--proof-listen", taken, "--kv-listen", "127.0.0.1:0"]).failed(1);
    assert!(error.contains(&format!("proof-service cannot be started: {taken} is taken")), "{error}");
    assert!(error.contains("--proof-listen"), "{error}");
}

#[test]
fn what_the_environment_says_about_the_services_is_checked() {
    let user = User::new().env("NEXTID__NET__TIMEOUT", "5");
    let error = user.run(&["up"]).failed(1);
    assert!(error.contains("NEXTID__NET__TIMEOUT"), "{error}");
}

#[test]
fn the_demo_stays_up_too() {
    let user = User::new();
    let args: Vec<&str> =
        ["--json", "up", "--demo", "--data-dir", "kept"].into_iter().chain(FREE_PORTS).collect();
    let mut running = user.start(&args);
    let up = running.next_json();
    while running.next_json()["step"] != "verified" {}
    let url = up["kv_url"].as_str().unwrap();
    let avatar = keys::key("alice").avatar().to_hex();
    user.run(&["kv", "get", "--avatar", &avatar, "--kv-url", url]).ok();
    running.interrupt();
    assert_eq!(running.end(), (0, String::new()));
    assert!(user.home().join("kept/proof-service.db").is_file(), "what is named is kept");
}
