//! `nextid demo` and `nextid up --demo`

use nextid_testkit::github::GithubStandIn;
use serde_json::{Value, json};

use crate::command::{Services, User};

const FREE_PORTS: [&str; 4] = ["--proof-listen", "127.0.0.1:0", "--kv-listen", "127.0.0.1:0"];

fn steps(lines: &[Value]) -> Vec<&str> {
    lines.iter().map(|line| line["step"].as_str().unwrap_or_default()).collect()
}

#[test]
fn up_demo_once_shows_the_four_flows_and_both_chains_hold() {
    let user = User::new();
    let mut args = vec!["--json", "up", "--demo", "--once"];
    args.extend(FREE_PORTS);
    let lines = user.run(&args).ok().lines();
    let wanted = ["up", "cast", "bind_application", "bind_wallet", "revoke", "write", "write", "verified"];
    assert_eq!(steps(&lines), wanted);
    assert!(lines[0]["github_stand_in_url"].as_str().unwrap().starts_with("http://127.0.0.1:"));
    assert_eq!(lines[2]["skipped"], false);
    for step in &lines[2..7] {
        assert!(step["sign_payload"].as_str().unwrap().contains("uuid"), "{step}");
    }
    assert_eq!(lines[6]["content"], json!({"com.example": {"theme": "light"}}));

    let (proof, kv) = (&lines[7]["proof_chain"], &lines[7]["kv_chain"]);
    assert_eq!(
        (&proof["holds"], &proof["complete"], &proof["links"]),
        (&json!(true), &json!(true), &json!(3))
    );
    assert_eq!(proof["bindings"].as_array().unwrap().len(), 1, "one of two was revoked: {proof}");
    assert_eq!(proof["bindings"][0]["evidence"], "counter_signature");
    assert_eq!((&kv["holds"], &kv["complete"], &kv["links"]), (&json!(true), &json!(true), &json!(2)));
    assert_eq!(kv["contents"][0]["content"], json!({"com.example": {"theme": "light"}}));

    let data = lines[0]["data_dir"].as_str().unwrap();
    assert!(!std::path::Path::new(data).exists(), "{data} is left behind");
    assert!(!user.home().join(".local").exists(), "the demo keeps nothing");
}

#[test]
fn the_demo_says_in_words_what_it_does_and_what_is_not_real() {
    let mut args = vec!["up", "--demo", "--once"];
    args.extend(FREE_PORTS);
    let out = User::new().run(&args).ok().out;
    for part in [
        "a stand-in on this machine, NOT GitHub",
        "What this proves:",
        "String to sign: {\"action\":\"create\"",
        "Signed by the wallet:",
        "All four flows work, and both chains hold.",
    ] {
        assert!(out.contains(part), "{part}\n{out}");
    }
}

#[test]
fn without_a_stand_in_the_application_is_explained_and_the_rest_works() {
    let services = Services::start();
    let user = services.known_to(User::new());
    let lines = user.run(&["--json", "demo"]).ok().lines();
    assert_eq!(
        steps(&lines),
        ["cast", "bind_application", "bind_wallet", "revoke", "write", "write", "verified"]
    );
    assert_eq!(lines[1]["skipped"], true);
    assert!(lines[1]["post"].as_str().unwrap().contains("sign_payload"));
    assert_eq!(lines[6]["proof_chain"]["links"], 2);
    assert_eq!(lines[6]["kv_chain"]["contents"][0]["platform"], "nextid");
    let text = user.run(&["demo"]).ok().out;
    assert!(text.contains("nextid prove github LOGIN"), "{text}");
}

#[test]
fn a_stand_in_elsewhere_can_be_named() {
    let github = GithubStandIn::start().unwrap();
    let services = Services::with_github(github.base_url());
    let user = services.known_to(User::new());
    let lines = user.run(&["--json", "demo", "--github-url", github.base_url()]).ok().lines();
    assert_eq!(lines[1]["skipped"], false);
    assert_eq!(lines[6]["proof_chain"]["links"], 3);
}

#[test]
fn nothing_is_published_on_what_is_no_stand_in() {
    let services = Services::start();
    // Any server that does not say that it is one.
    let error = services.known_to(User::new()).run(&["demo", "--github-url", &services.kv_url]).failed(2);
    assert!(error.contains("is no stand-in for GitHub"), "{error}");
}
