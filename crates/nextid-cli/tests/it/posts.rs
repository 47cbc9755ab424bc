//! `nextid prove` where something has to be published.

use nextid_testkit::github::{Gist, GithubStandIn};
use serde_json::json;

use crate::command::Services;

#[test]
fn a_gist_is_asked_for_and_looked_at() {
    let github = GithubStandIn::start().unwrap();
    let services = Services::with_github(github.base_url());
    let user = services.user("alice");
    let mut prove = user.start(&["--json", "prove", "github", "OctoCat"]);
    let asked = prove.next_json();
    assert_eq!((&asked["step"], &asked["identity"]), (&json!("publish"), &json!("octocat")));
    assert_eq!(asked["expects"], "address or id of the gist");
    let name = format!("{}.json", asked["avatar"].as_str().unwrap());
    assert!(asked["instruction"].as_str().unwrap().contains(&name), "{asked}");

    let id = github.publish(Gist::new("octocat").file(name, asked["post"].as_str().unwrap()));
    prove.type_line(&format!("https://gist.github.com/octocat/{id}"));
    let bound = prove.next_json();
    assert_eq!((&bound["step"], &bound["link"]["proof_location"]), (&json!("bound"), &json!(id)));
    assert_eq!(bound["sign_payload"], asked["sign_payload"]);
    assert_eq!(prove.end().0, 0);

    let text = user.run(&["proofs"]).ok().out;
    assert!(text.contains("github:octocat (1000001)  valid"), "{text}");
}

#[test]
fn a_gist_that_is_not_there_yet_is_waited_for() {
    let github = GithubStandIn::start().unwrap();
    let services = Services::with_github(github.base_url());
    let user = services.user("alice");
    let mut prove = user.start(&["--json", "prove", "github", "octocat", "--wait", "60"]);
    let asked = prove.next_json();
    let name = format!("{}.json", asked["avatar"].as_str().unwrap());
    let gist = Gist::new("octocat").file(name, asked["post"].as_str().unwrap());
    prove.type_line(&gist.id);
    while github.requests().is_empty() {
        std::thread::yield_now();
    }
    github.publish(gist);
    assert_eq!(prove.next_json()["step"], "bound");
    assert!(github.requests().len() >= 2, "it was looked for twice");
}

#[test]
fn a_gist_that_never_comes_ends_the_wait() {
    let github = GithubStandIn::start().unwrap();
    let services = Services::with_github(github.base_url());
    let user = services.user("alice");
    let ended = user
        .run_with_input(&["prove", "github", "octocat", "--wait", "0"], "0123456789abcdef0123456789abcdef\n");
    assert_eq!(ended.status, 3);
    assert!(ended.out.contains("named 0x"), "{}", ended.out);
    assert!(ended.err.contains("proof_missing") && ended.err.contains("try again"), "{}", ended.err);
    let ended = user.run(&["prove", "github", "octocat"]);
    assert_eq!(ended.status, 2, "no location was typed: {}", ended.err);
}

#[test]
fn a_language_that_there_is_none_of_is_told() {
    let services = Services::start();
    let error = services.user("alice").run(&["prove", "twitter", "@yeiwb", "--lang", "tlh"]).failed(2);
    assert!(error.contains("default, en_US, zh_CN"), "{error}");
}
