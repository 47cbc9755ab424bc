//! `nextid prove`, `revoke` and `proofs` where signatures prove everything.
#![expect(clippy::indexing_slicing, reason = "the helpers of tests, which fail with them")]

use nextid_core::{EthAddress, SecretKey};
use nextid_testkit::keys;
use serde_json::{Value, json};

use crate::command::{Services, User};

fn hex_of(key: &SecretKey) -> String {
    hex::encode(*key.to_bytes())
}

fn address(key: &SecretKey) -> String {
    EthAddress::of(&key.avatar()).to_string()
}

fn proofs(user: &User) -> Value {
    user.run(&["--json", "proofs"]).ok().json()["avatars"].clone()
}

#[test]
fn a_wallet_is_bound_shown_and_revoked() {
    let services = Services::start();
    let (user, wallet) = (services.user("alice"), keys::key("wallet"));
    let (user, address) = (user.env("NEXTID_WALLET_KEY", hex_of(&wallet)), address(&wallet));

    let bound = user.run(&["--json", "prove", "ethereum", &address]).ok().json();
    assert_eq!(
        (&bound["step"], &bound["link"]["seq"], &bound["identity"]),
        (&json!("bound"), &json!(0), &json!(address))
    );
    let found = proofs(&user);
    assert_eq!(
        (&found[0]["proofs"][0]["identity"], &found[0]["proofs"][0]["is_valid"]),
        (&json!(address), &json!(true))
    );
    let text = user.run(&["proofs", &address, "--platform", "ethereum", "--exact"]).ok().out;
    assert!(text.contains(&format!("ethereum:{address}  valid, bound ")), "{text}");

    let revoked = user.run(&["--json", "revoke", "ethereum", &address]).ok().json();
    assert_eq!((&revoked["step"], &revoked["link"]["seq"]), (&json!("revoked"), &json!(1)));
    assert_eq!(
        proofs(&user).as_array().unwrap().iter().filter(|avatar| avatar["proofs"] != json!([])).count(),
        0
    );
    let error = user.run(&["revoke", "ethereum", &address]).failed(3);
    assert!(error.contains("not_bound") && error.contains("nextid proofs"), "{error}");
    let error: Value =
        serde_json::from_str(&user.run(&["--json", "revoke", "ethereum", &address]).failed(3)).unwrap();
    assert_eq!((&error["error"]["code"], &error["error"]["status"]), (&json!("not_bound"), &json!(409)));

    let avatar = keys::key("alice").avatar().to_hex();
    let report = user.run(&["--json", "chain", "verify", &avatar, "--only", "proof"]).ok().json();
    assert_eq!((&report["links"], &report["complete"]), (&json!(2), &json!(true)));
}

#[test]
fn a_wallet_may_sign_somewhere_else() {
    let services = Services::start();
    let (user, wallet) = (services.user("alice"), keys::key("wallet"));
    let mut prove = user.start(&["--json", "prove", "ethereum", &address(&wallet)]);
    let asked = prove.next_json();
    assert_eq!((&asked["step"], &asked["signer"]), (&json!("sign"), &json!(address(&wallet))));
    let signature = wallet.personal_sign(asked["sign_payload"].as_str().unwrap().as_bytes());
    prove.type_line(&format!("0x{}", hex::encode(signature.as_bytes())));
    assert_eq!(prove.next_json()["step"], "bound");
    assert_eq!(prove.end().0, 0);

    let error = user.run(&["prove", "ethereum", &address(&keys::key("other"))]);
    assert_eq!(error.status, 2, "nothing was typed: {}", error.err);
}

#[test]
fn a_signature_over_a_head_that_has_moved_is_refused_and_nothing_is_bound() {
    let services = Services::start();
    let (user, slow, fast) = (services.user("alice"), keys::key("slow"), keys::key("fast"));
    let mut prove = user.start(&["--json", "prove", "ethereum", &address(&slow)]);
    let asked = prove.next_json();
    let other = services.user("alice").env("NEXTID_WALLET_KEY", hex_of(&fast));
    other.run(&["prove", "ethereum", &address(&fast)]).ok();
    let signature = slow.personal_sign(asked["sign_payload"].as_str().unwrap().as_bytes());
    prove.type_line(&signature.to_base64());
    assert_eq!(prove.end(), (3, String::new()));
    assert_eq!(proofs(&user)[0]["proofs"].as_array().unwrap().len(), 1);
}

#[test]
fn a_solana_wallet_signs_somewhere_else() {
    let services = Services::start();
    let (user, wallet) = (services.user("alice"), keys::solana("wallet"));
    let mut prove = user.start(&["--json", "prove", "solana", &wallet.address()]);
    let asked = prove.next_json();
    prove.type_line(&wallet.sign_base58(asked["sign_payload"].as_str().unwrap().as_bytes()));
    assert_eq!(prove.next_json()["step"], "bound");
}

#[test]
fn the_wrong_wallet_is_refused() {
    let services = Services::start();
    let user = services.user("alice").env("NEXTID_WALLET_KEY", hex_of(&keys::key("other")));
    let error = user.run(&["prove", "ethereum", &address(&keys::key("wallet"))]).failed(3);
    assert!(error.contains("bad_wallet_signature"), "{error}");
    let error = user.run(&["prove", "ethereum", "0x12"]).failed(2);
    assert!(error.contains("is no identity on ethereum"), "{error}");
}

#[test]
fn a_wallet_revokes_its_own_binding_without_the_avatar() {
    let services = Services::start();
    let wallet = keys::key("wallet");
    services
        .user("alice")
        .env("NEXTID_WALLET_KEY", hex_of(&wallet))
        .run(&["prove", "ethereum", &address(&wallet)])
        .ok();
    let avatar = keys::key("alice").avatar().to_hex();
    let owner = services.known_to(User::new().env("NEXTID_WALLET_KEY", hex_of(&wallet)));
    let args = ["--json", "revoke", "ethereum", &address(&wallet), "--by-counterpart", "--avatar", &avatar];
    let revoked = owner.run(&args).ok().json();
    assert_eq!(revoked["link"]["signer"], address(&wallet));
    let error =
        owner.run(&["revoke", "github", "octocat", "--by-counterpart", "--avatar", &avatar]).failed(2);
    assert!(error.contains("no key that could sign"), "{error}");
}

#[test]
fn two_keys_of_one_person_become_aliases() {
    let services = Services::start();
    let user = services.known_to(User::new().env("NEXTID_PASSWORD", "p"));
    let first = user.run(&["--json", "avatar", "new"]).ok().json()["avatar"].clone();
    let second = user.run(&["--json", "avatar", "new", "--name", "second"]).ok().json()["avatar"].clone();
    user.run(&["prove", "nextid", second.as_str().unwrap()]).ok();
    let wallet = keys::key("wallet");
    let user = user.env("NEXTID_WALLET_KEY", hex_of(&wallet));
    user.run(&["prove", "ethereum", &address(&wallet)]).ok();
    let found = proofs(&user);
    let found = found.as_array().unwrap().iter().find(|avatar| avatar["avatar"] == first).unwrap();
    assert_eq!(found["alias"], json!([second]));
    let error = user.run(&["prove", "nextid", first.as_str().unwrap()]).failed(3);
    assert!(error.contains("alias of itself"), "{error}");
}
