//! What a link stores: enough that anybody can check it.

use nextid_core::signature_text::{decode_base64_proof, encode_base64};
use nextid_testkit::keys::key;
use nextid_testkit::on_both_databases;
use serde_json::{Value, json};

use crate::support::{App, Draft, address_of};

/// The order of secp256k1.
const ORDER: [u8; 32] = [
    0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xfe, 0xba,
    0xae, 0xdc, 0xe6, 0xaf, 0x48, 0xa0, 0x3b, 0xbf, 0xd2, 0x5e, 0x8c, 0xd0, 0x36, 0x41, 0x41,
];

/// The other signature that is as good: s in the upper half, v flipped.
fn high_s(signature: &[u8]) -> Vec<u8> {
    let mut high = signature.to_vec();
    let mut borrow = 0_i16;
    for (place, order) in ORDER.iter().enumerate().rev() {
        let digit = i16::from(*order) - i16::from(signature[32 + place]) - borrow;
        borrow = i16::from(digit < 0);
        high[32 + place] = u8::try_from(digit.rem_euclid(256)).unwrap();
    }
    high[64] = match signature[64] {
        27 => 28,
        28 => 27,
        0 => 1,
        _ => 0,
    };
    high
}

/// The bytes of a signature of the draft.
fn signature(draft: &Draft, field: &str) -> Vec<u8> {
    decode_base64_proof(draft.body["extra"][field].as_str().expect("a signature")).expect("base64")
}

/// The draft with this byte as v of its Avatar's signature.
fn with_v(draft: &Draft, change: impl Fn(u8) -> u8) -> Draft {
    let mut bytes = signature(draft, "signature");
    bytes[64] = change(bytes[64]);
    draft.clone().extra("signature", encode_base64(&bytes))
}

on_both_databases! {
    /// The fields of the contract and of the link object, and nothing else.
    async fn a_link_has_every_field(db: TestDatabase) {
        let app = App::start(&db).await;
        let (alice, wallet) = (key("alice"), key("wallet"));
        let draft = app.wallet_draft(&alice, &wallet).await;
        let link = app.accept(&draft.clone().at("https://example.com/ünïcode?a=1&b=<x>")).await;
        let mut names: Vec<&str> = link.as_object().unwrap().keys().map(String::as_str).collect();
        names.sort_unstable();
        assert_eq!(names, [
            "action", "alt_id", "arweave_id", "avatar", "created_at", "extra", "format", "identity", "platform", "prev",
            "proof_location", "seq", "signature", "signature_payload", "signer", "uuid",
        ]);
        for (field, value) in [
            ("action", json!("create")),
            ("platform", json!("ethereum")),
            ("identity", json!(address_of(&wallet))),
            ("proof_location", json!("https://example.com/ünïcode?a=1&b=<x>")),
            ("signature_payload", json!(draft.sign_payload)),
            ("uuid", draft.body["uuid"].clone()),
            ("created_at", draft.body["created_at"].clone()),
            ("signer", json!(alice.avatar().to_hex())),
            ("format", json!("v1")),
            ("prev", Value::Null),
            ("seq", json!(0)),
            ("arweave_id", json!("")),
        ] {
            assert_eq!(link[field], value, "{field}");
        }
        let next = app.bind_wallet(&alice, &key("other")).await;
        assert_eq!((&next["prev"], &next["seq"]), (&link["signature"], &json!(1)));
    }

    /// v is 27 or 28 in what wallets send, 0 or 1 in what is stored, in `prev`, and in the next payload.
    async fn v_is_reduced(db: TestDatabase) {
        let app = App::start(&db).await;
        let (alice, wallet) = (key("alice"), key("wallet"));
        let draft = app.wallet_draft(&alice, &wallet).await;
        let posted = signature(&draft, "signature");
        assert!(posted[64] >= 27);
        let link = app.accept(&draft).await;
        let stored = decode_base64_proof(link["signature"].as_str().unwrap()).unwrap();
        assert_eq!((&stored[..64], stored[64]), (&posted[..64], posted[64] - 27));
        let next = app.wallet_draft(&alice, &key("other")).await;
        assert!(next.sign_payload.contains(link["signature"].as_str().unwrap()), "{}", next.sign_payload);

        let reduced = with_v(&next, |v| v - 27);
        let link = app.accept(&reduced).await;
        assert_eq!(link["signature"], reduced.body["extra"]["signature"]);
        let revocation = app.draft(&alice, "delete", "ethereum", &address_of(&wallet)).await.by_wallet(&wallet);
        let link = app.accept(&revocation).await;
        assert!(decode_base64_proof(link["signature"].as_str().unwrap()).unwrap()[64] <= 1);
        app.verified(&alice.avatar()).await;
    }

    /// A high s is as good as a low one, for the Avatar and for the wallet, and is stored as it came.
    async fn a_high_s_is_accepted(db: TestDatabase) {
        let app = App::start(&db).await;
        let (alice, wallet) = (key("alice"), key("wallet"));
        let draft = app.wallet_draft(&alice, &wallet).await;
        let high = high_s(&signature(&draft, "signature"));
        let wallet_high = high_s(&signature(&draft, "wallet_signature"));
        let draft = draft
            .extra("signature", encode_base64(&high))
            .extra("wallet_signature", encode_base64(&wallet_high));
        let link = app.accept(&draft).await;
        let stored = decode_base64_proof(link["signature"].as_str().unwrap()).unwrap();
        assert_eq!((&stored[..64], stored[64]), (&high[..64], high[64] - 27));
        assert_eq!(link["extra"]["wallet_signature"], draft.body["extra"]["wallet_signature"]);
        app.verified(&alice.avatar()).await;
        // The same submit with the other form of the signature is the same submit.
        let low = app.accept(&draft.signed()).await;
        assert_eq!((&low["replayed"], &low["signature"]), (&json!(true), &link["signature"]));
    }

    /// The spellings of base64 that Go takes: line breaks anywhere, unused bits of any value.
    async fn base64_is_read_as_the_field_writes_it(db: TestDatabase) {
        let app = App::start(&db).await;
        let (alice, wallet) = (key("alice"), key("wallet"));
        let draft = app.wallet_draft(&alice, &wallet).await;
        let text = draft.body["extra"]["signature"].as_str().unwrap().to_owned();
        let broken = format!("{}\r\n{}\n", &text[..40], &text[40..]);
        for bad in [text.trim_end_matches('=').to_owned(), format!(" {text}"), text.replace('=', "=="), format!("{text}A")] {
            app.refuse(&draft.clone().extra("signature", bad), 400, "bad_signature_encoding").await;
        }
        app.accept(&draft.extra("signature", broken)).await;
        app.verified(&alice.avatar()).await;
    }
}
