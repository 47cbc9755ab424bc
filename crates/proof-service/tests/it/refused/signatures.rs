//! Signatures that are none, not by the right key, or not over the right payload.

use nextid_core::signature_text::{decode_base64_proof, encode_base64};
use nextid_testkit::keys::{key, solana};
use nextid_testkit::on_both_databases;
use serde_json::{Value, json};

use crate::support::{App, Draft, Tally, address_of};

/// A change of a signature's bytes.
type Change<'a> = &'a dyn Fn(&mut Vec<u8>);

/// The draft with one of its signatures changed.
fn changed(draft: &Draft, field: &str, change: Change<'_>) -> Draft {
    let mut bytes =
        decode_base64_proof(draft.body["extra"][field].as_str().expect("a signature")).expect("base64");
    change(&mut bytes);
    draft.clone().extra(field, encode_base64(&bytes))
}

on_both_databases! {
    /// Not base64, of 64 or 66 bytes, with v 2 or 29: no signature at all, in either field.
    async fn what_is_no_signature_is_refused(db: TestDatabase) {
        let app = App::start(&db).await;
        let draft = app.wallet_draft(&key("alice"), &key("wallet")).await;
        for field in ["signature", "wallet_signature"] {
            let named = format!("extra.{field}");
            for text in ["!", "hello", "0x00", "=", "AAAA", "ï»¿", "\0", "AA==AA=="] {
                let error = app.refuse(&draft.clone().extra(field, text), 400, "bad_signature_encoding").await;
                assert_eq!(error["field"], named, "{text:?}");
            }
            let hexadecimal = hex::encode(decode_base64_proof(draft.body["extra"][field].as_str().unwrap()).unwrap());
            app.refuse(&draft.clone().extra(field, hexadecimal), 400, "bad_signature_encoding").await;
            let changes: [Change<'_>; 6] = [
                &|bytes| bytes.truncate(64),
                &|bytes| bytes.push(0),
                &|bytes| bytes[64] = 2,
                &|bytes| bytes[64] = 29,
                &|bytes| bytes[64] = 26,
                &|bytes| bytes[64] = 255,
            ];
            for change in changes {
                let error = app.refuse(&changed(&draft, field, change), 400, "bad_signature_encoding").await;
                assert_eq!(error["field"], named);
            }
        }
        assert_eq!(Tally::of(&db).links, 0);
    }

    /// By another key, over another payload, with r or s that no signature has, with the other v.
    async fn a_signature_that_does_not_fit_is_refused(db: TestDatabase) {
        let app = App::start(&db).await;
        let (alice, wallet, mallory) = (key("alice"), key("wallet"), key("mallory"));
        let draft = app.wallet_draft(&alice, &wallet).await;
        let other = app.wallet_draft(&alice, &wallet).await;
        for (field, code) in [("signature", "bad_signature"), ("wallet_signature", "bad_wallet_signature")] {
            let by_other = mallory.personal_sign(draft.sign_payload.as_bytes()).to_base64();
            app.refuse(&draft.clone().extra(field, by_other), 400, code).await;
            app.refuse(&draft.clone().extra(field, other.body["extra"][field].clone()), 400, code).await;
            let changes: [Change<'_>; 5] = [
                &|bytes| bytes[64] = 55 - bytes[64],
                &|bytes| bytes[..32].fill(0),
                &|bytes| bytes[32..64].fill(0),
                &|bytes| bytes[..64].fill(0xff),
                &|bytes| bytes[10] ^= 1,
            ];
            for change in changes {
                app.refuse(&changed(&draft, field, change), 400, code).await;
            }
        }
        // The wallet's and the Avatar's signature swapped.
        let swapped = draft
            .clone()
            .extra("signature", draft.body["extra"]["wallet_signature"].clone())
            .extra("wallet_signature", draft.body["extra"]["signature"].clone());
        app.refuse(&swapped, 400, "bad_signature").await;
        // By the right key, over the same JSON spelt in another way.
        let spaced = draft.sign_payload.replace(',', ", ");
        let signature = alice.personal_sign(spaced.as_bytes()).to_base64();
        app.refuse(&draft.clone().extra("signature", signature), 400, "bad_signature").await;
        assert_eq!(Tally::of(&db).links, 0);
        app.accept(&draft).await;
    }

    /// What was signed is what counts: no field can be exchanged for another after signing.
    async fn no_signed_field_can_be_exchanged(db: TestDatabase) {
        let app = App::start(&db).await;
        let (alice, wallet) = (key("alice"), key("wallet"));
        let draft = app.wallet_draft(&alice, &wallet).await;
        let next = (draft.text("created_at").parse::<i64>().unwrap() + 1).to_string();
        for (field, value, code) in [
            ("uuid", "353449e6-3a6f-4ac8-ae65-ba14bf466baf", "bad_signature"),
            ("created_at", &next, "bad_signature"),
            ("identity", &address_of(&key("other")), "bad_signature"),
            ("public_key", &key("mallory").avatar().to_hex(), "bad_signature"),
            ("action", "delete", "bad_signature"),
        ] {
            app.refuse(&draft.clone().with(field, value), 400, code).await;
        }
        assert_eq!(Tally::of(&db).links, 0);
    }

    /// Signatures that are needed and missing are named.
    async fn missing_signatures_are_named(db: TestDatabase) {
        let app = App::start(&db).await;
        let (alice, wallet) = (key("alice"), key("wallet"));
        let draft = app.draft(&alice, "create", "ethereum", &address_of(&wallet)).await;
        for missing in [draft.clone(), draft.clone().without("extra"), draft.clone().with("extra", Value::Null)] {
            assert_eq!(app.refuse(&missing, 400, "signature_missing").await["field"], "extra.signature");
        }
        for empty in [json!(""), Value::Null] {
            let missing = draft.clone().signed().extra("wallet_signature", empty);
            let error = app.refuse(&missing, 400, "wallet_signature_missing").await;
            assert_eq!(error["field"], "extra.wallet_signature");
        }
        app.refuse(&draft.clone().by_wallet(&wallet), 400, "signature_missing").await;
        assert_eq!(Tally::of(&db).links, 0);
    }

    /// Solana's signatures are base58 of 64 bytes, by the wallet and over the payload as it is.
    async fn solana_signatures_are_checked(db: TestDatabase) {
        let app = App::start(&db).await;
        let (alice, wallet) = (key("alice"), solana("wallet"));
        let draft = app.draft(&alice, "create", "solana", &wallet.address()).await.signed();
        let good = wallet.sign(draft.sign_payload.as_bytes());
        for text in ["!", "0OIl", "1", &"1".repeat(200), &encode_base64(&good), &hex::encode(good)] {
            let error = app.refuse(&draft.clone().extra("wallet_signature", text), 400, "bad_signature_encoding").await;
            assert_eq!(error["field"], "extra.wallet_signature", "{text}");
        }
        app.refuse(&draft.clone().by_solana(&solana("mallory")), 400, "bad_wallet_signature").await;
        let prefixed = format!("\x19Ethereum Signed Message:\n{}{}", draft.sign_payload.len(), draft.sign_payload);
        let signature = wallet.sign_base58(prefixed.as_bytes());
        app.refuse(&draft.clone().extra("wallet_signature", signature), 400, "bad_wallet_signature").await;
        app.refuse(&draft.clone().by_wallet(&key("wallet")), 400, "bad_signature_encoding").await;
        assert_eq!(Tally::of(&db).links, 0);
        app.accept(&draft.by_solana(&wallet)).await;
    }
}
