//! What is shown of subkeys.

use nextid_core::{Avatar, Signature, signature_text};
use nextid_testkit::keys::key;
use nextid_testkit::on_both_databases;
use serde_json::{Value, json};

use crate::support::{App, P256, Setup, Subkey, now};

on_both_databases! {
    /// By Avatar, in any spelling and under either name: all of its subkeys, the oldest first, with what verifies them.
    async fn of_an_avatar(db: TestDatabase) {
        let app = App::start(&db).await;
        let subkeys = [Subkey::secp256k1("alice", "b"), Subkey::passkey("alice"), Subkey::secp256k1("alice", "a")];
        let before = now();
        for subkey in &subkeys {
            app.certify(subkey).await.expect_status(200);
        }
        app.certify(&Subkey::passkey("bob")).await.expect_status(200);
        let alice = key("alice").avatar();
        let shown = app.subkeys(&format!("avatar={alice}")).await;
        assert_eq!(shown.len(), 3);
        for (shown, subkey) in shown.iter().zip(&subkeys) {
            let mut expected = subkey.body();
            expected["name"] = "my phone".into();
            expected["sign_payload"] = subkey.create_payload().into();
            expected["signature"] = shown["signature"].clone();
            expected["created_at"] = shown["created_at"].clone();
            assert_eq!(*shown, expected);
            assert!((before..=now()).contains(&shown["created_at"].as_i64().expect("a number")));
            assert!(verifies(shown, &alice));
        }
        for query in [
            format!("persona={alice}"),
            format!("avatar={}", alice.to_uncompressed_hex()),
            format!("avatar={}", alice.to_hex()[2..].to_uppercase()),
            format!("avatar={alice}&algorithm=rs256&public_key=zz"),
        ] {
            assert_eq!(app.subkeys(&query).await, shown, "{query}");
        }
        assert!(app.subkeys(&format!("avatar={}", key("carol").avatar())).await.is_empty());
    }

    /// By key, in any spelling: everybody who certified it, up to the limit.
    async fn of_a_key(db: TestDatabase) {
        let app = Setup::new(&db).set("limits.subkeys", 3).start().await;
        for owner in ["alice", "bob"] {
            app.certify(&Subkey::passkey(owner)).await.expect_status(200);
        }
        app.certify(&Subkey::secp256k1("alice", "phone")).await.expect_status(200);
        let found = app.subkeys(&format!("algorithm=es256&public_key={P256}")).await;
        let avatars: Vec<&Value> = found.iter().map(|subkey| &subkey["avatar"]).collect();
        assert_eq!(avatars, [&json!(key("alice").avatar().to_hex()), &json!(key("bob").avatar().to_hex())]);
        assert_eq!(app.subkeys(&format!("algorithm=es256&public_key=0x{}", P256.to_uppercase())).await, found);
        let phone = key("phone").avatar();
        for spelling in [phone.to_hex(), phone.to_uncompressed_hex(), phone.to_uncompressed_hex()[4..].to_owned()] {
            let found = app.subkeys(&format!("algorithm=secp256k1&public_key={spelling}")).await;
            assert_eq!((found.len(), &found[0]["public_key"]), (1, &json!(phone.to_hex())));
        }
        assert!(app.subkeys(&format!("algorithm=secp256k1&public_key={}", key("laptop").avatar())).await.is_empty());
        for owner in ["carol", "dave"] {
            app.certify(&Subkey::passkey(owner)).await.expect_status(200);
        }
        assert_eq!(app.subkeys(&format!("algorithm=es256&public_key={P256}")).await.len(), 3);
    }

    /// What a query can have wrong.
    async fn queries_that_are_wrong(db: TestDatabase) {
        let app = App::start(&db).await;
        let (alice, bob) = (key("alice").avatar(), key("bob").avatar());
        for (query, code, field) in [
            (String::new(), "missing_field", "avatar"),
            ("avatar=&persona=".to_owned(), "missing_field", "avatar"),
            ("algorithm=es256".to_owned(), "missing_field", "public_key"),
            (format!("public_key={P256}"), "missing_field", "algorithm"),
            ("avatar=zz".to_owned(), "bad_public_key", "avatar"),
            (format!("avatar={alice}&persona={bob}"), "bad_field", "persona"),
            (format!("algorithm=rs256&public_key={P256}"), "bad_field", "algorithm"),
            (format!("algorithm=secp256k1&public_key={P256}"), "bad_public_key", "public_key"),
            ("avatar=%zz".to_owned(), "bad_field", "avatar"),
        ] {
            let error = app.get(&format!("/v1/subkey?{query}")).await.expect_error(400, code);
            assert_eq!(error["field"], field, "{query}");
        }
    }
}

/// Whether what is shown can be checked without the service.
fn verifies(shown: &Value, avatar: &Avatar) -> bool {
    let text = |name: &str| shown[name].as_str().expect("a text");
    let bytes = signature_text::decode_base64_proof(text("signature")).expect("base64");
    let signature = Signature::from_slice(&bytes).expect("a signature");
    signature.verify(avatar, text("sign_payload").as_bytes()).is_ok()
}
