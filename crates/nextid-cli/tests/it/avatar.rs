//! `nextid avatar`

use std::os::unix::fs::PermissionsExt as _;

use nextid_core::Avatar;
use nextid_testkit::keys;

use crate::command::User;

#[test]
fn a_new_avatar_is_shown_and_its_key_opens() {
    let user = User::new().env("NEXTID_PASSWORD", "correct horse");
    let made = user.run(&["--json", "avatar", "new"]).ok().json();
    let shown = user.run(&["avatar", "show", "--check", "--json"]).ok().json();
    assert_eq!(made, shown);
    let avatar = Avatar::parse(shown["avatar"].as_str().unwrap()).unwrap();
    assert_eq!(shown["uncompressed"], avatar.to_uncompressed_hex());
    assert_eq!(shown["checked"], true);

    let path = user.home().join(".local/share/nextid/keys/default.json");
    assert_eq!(shown["keystore"], path.to_str().unwrap());
    assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    let text = user.run(&["avatar", "show"]).ok().out;
    assert!(text.starts_with(&format!("{avatar}\n")), "{text}");
    assert!(!text.contains('\x1b'), "no colours where no terminal is: {text}");
}

#[test]
fn the_public_key_needs_no_password_but_the_private_one_does() {
    let user = User::new();
    let password = user.file("password", "correct horse\n");
    let user = user.env("NEXTID_PASSWORD_FILE", password.to_str().unwrap());
    user.run(&["avatar", "new", "--name", "work"]).ok();
    let keystore = user.home().join(".local/share/nextid/keys/work.json");
    let stranger = User::new();
    let show = ["avatar", "show", "--keystore", keystore.to_str().unwrap()];
    stranger.run(&show).ok();
    let check: Vec<&str> = show.iter().copied().chain(["--check"]).collect();
    let error = stranger.run(&check).failed(5);
    assert!(error.contains("a password is needed") && error.contains("NEXTID_PASSWORD_FILE"), "{error}");
    let wrong = User::new().env("NEXTID_PASSWORD", "incorrect horse");
    let error = wrong.run(&check).failed(5);
    assert!(error.contains("work.json: the password does not open it"), "{error}");
}

#[test]
fn an_existing_key_is_never_replaced() {
    let user = User::new().env("NEXTID_PASSWORD", "p");
    let first = user.run(&["--json", "avatar", "new"]).ok().json();
    let error = user.run(&["avatar", "new"]).failed(5);
    assert!(error.contains("there is a key at") && error.contains("--name"), "{error}");
    assert_eq!(user.run(&["--json", "avatar", "show"]).ok().json()["avatar"], first["avatar"]);
    let second = user.run(&["--json", "avatar", "new", "--name", "second"]).ok().json();
    assert_ne!(second["avatar"], first["avatar"]);
}

#[test]
fn a_key_may_come_from_the_environment() {
    let shown = User::with_key("alice").run(&["--json", "avatar", "show", "--check"]).ok().json();
    assert_eq!(shown["avatar"], keys::key("alice").avatar().to_hex());
    assert!(shown["keystore"].is_null());
    let error = User::new().env("NEXTID_AVATAR_KEY", "12").run(&["avatar", "show"]).failed(5);
    assert!(error.contains("NEXTID_AVATAR_KEY is no private key"), "{error}");
    assert!(!error.contains("\"12\""), "{error}");
}

#[test]
fn no_key_is_told_with_what_to_do() {
    let error = User::new().run(&["avatar", "show"]).failed(5);
    assert!(error.contains("there is no key at") && error.contains("nextid avatar new"), "{error}");
    let json: serde_json::Value =
        serde_json::from_str(&User::new().run(&["--json", "avatar", "show"]).failed(5)).unwrap();
    assert_eq!(json["error"]["exit_status"], 5);
    assert!(json["error"]["remedy"].as_str().unwrap().contains("nextid avatar new"));
}

#[test]
fn a_data_directory_can_be_named() {
    let user = User::new().env("NEXTID_PASSWORD", "p");
    user.run(&["avatar", "new", "--data-dir", "here"]).ok();
    assert!(user.home().join("here/keys/default.json").is_file());
    assert!(!user.home().join(".local").exists());
}

#[test]
fn what_makes_no_sense_ends_with_2_and_the_help_explains_every_status() {
    for args in
        [&["avatar", "new", "--name", "../x"][..], &["prove", "myspace", "tom"], &["fly"], &["up", "--once"]]
    {
        assert_eq!(User::new().run(args).status, 2, "{args:?}");
    }
    let help = User::new().run(&["--help"]).ok().out;
    for part in ["Exit status:", "  6  a chain does not hold", "NEXTID_AVATAR_KEY", "NO_COLOR"] {
        assert!(help.contains(part), "{part}");
    }
}
