//! Keys, ids and events of Nostr.

use nextid_core::nostr::{Event, EventError, npub, parse_event_id, parse_key};

use crate::support::unhex;

const ID: &str = "4cd665db042864ee600ee976d6cfcc7c5ce743859462f94a347cd970d88a5f3b";

/// Events that others made: a note, and an answer to another one.
const NOTE: &str = r#"{"id":"c7a702e6158744ca03508bbb4c90f9dbb0d6e88fefbfaa511d5ab24b4e3c48ad",
    "pubkey":"cfa87f35acbde29ba1ab3ee42de527b2cad33ac487e80cf2d6405ea0042c8fef","created_at":1760740551,"kind":1,
    "tags":[],"content":"hello world",
    "sig":"83b71e15649c9e9da362c175f988c36404cabf357a976d869102a74451cfb8af486f6088b5631033b4927bd46cad7a0d90d7f624aefc0ac260364aa65c36071a"}"#;
const REPLY: &str = r#"{"id":"c0a2c2bdec5139129ee37ecbdc8b7b6f51a15ac5ac6b4e60c1692a62cc115778","created_at":1721259387,
    "sig":"6c1913f3b83ef648989a4f0d59c99f7c1fc144395141cff9f9ff9970c195d10fa993d628a2695ca83dc2e47324c54c03471bb26bda2ba7e680be0f1536c85c80",
    "pubkey":"460c25e682fda7832b52d1f22d3d22b3176d972f60dcdc3212ed8c92ef85065c","tags":[
    ["e","c8b4b5268edc80b6e8af3288f6e3a73a991f908287fa3848e3054b7bbb140897","","root"],
    ["p","04c960497af618ae18f5147b3e5c309ef3d8a6251768a1c0820e02c93768cc3b"],
    ["p","99bb5591c9116600f845107d31f9b59e2f7c7e09a1ff802e84f1d43da557ca64","","mention"]],"kind":1,
    "content":"You should thank nostr:nprofile1qqsfnw64j8y3zesqlpz3qlf3lx6eutmu0cy6rluq96z0r4pa54tu5eqpz9mhxue69uhkummnw3ezuamfdejj7qg4waehxw309aex2mrp0yhxgctdw4eju6t09uq3qamnwvaz7tmwdaehgu3wd4hk6tcdt5dav He did all of this. :)"}"#;

fn event(json: &str) -> Event {
    serde_json::from_str(json).unwrap()
}

#[test]
fn events_of_others_verify() {
    for (json, is_reply) in [(NOTE, false), (REPLY, true)] {
        let event = event(json);
        assert_eq!(event.verify(), Ok(()));
        assert_eq!(event.is_reply(), is_reply);
        let again: Event = serde_json::from_value(serde_json::to_value(&event).unwrap()).unwrap();
        assert_eq!(again, event);
    }
}

#[test]
fn every_field_is_signed() {
    let genuine = event(NOTE);
    let answer = event(REPLY);
    for changed in [
        Event { content: "hello world!".to_owned(), ..genuine.clone() },
        Event { created_at: genuine.created_at + 1, ..genuine.clone() },
        Event { kind: 0, ..genuine.clone() },
        Event { tags: vec![Vec::new()], ..genuine.clone() },
        Event { pubkey: answer.pubkey.clone(), ..genuine.clone() },
        Event { pubkey: genuine.pubkey.to_uppercase(), ..genuine.clone() },
        Event { id: genuine.id.to_uppercase(), ..genuine.clone() },
        Event { id: answer.id.clone(), ..genuine.clone() },
        Event { id: String::new(), ..genuine.clone() },
    ] {
        assert_eq!(changed.verify(), Err(EventError::Id), "{changed:?}");
    }
    // Who makes the id fit has no signature that does.
    let fitting = |event: Event| Event { id: hex::encode(event.hash()), ..event };
    for (changed, error) in [
        (Event { content: "hello world!".to_owned(), ..genuine.clone() }, EventError::Signature),
        (Event { pubkey: answer.pubkey, ..genuine.clone() }, EventError::Signature),
        (Event { pubkey: genuine.pubkey.to_uppercase(), ..genuine.clone() }, EventError::Key),
        (Event { pubkey: "f".repeat(64), ..genuine.clone() }, EventError::Key),
        (Event { pubkey: String::new(), ..genuine.clone() }, EventError::Key),
        (Event { sig: answer.sig, ..genuine.clone() }, EventError::Signature),
        (Event { sig: "0".repeat(128), ..genuine.clone() }, EventError::Signature),
        (Event { sig: "f".repeat(128), ..genuine.clone() }, EventError::Signature),
        (Event { sig: genuine.sig[2..].to_owned(), ..genuine.clone() }, EventError::Signature),
        (Event { sig: String::new(), ..genuine }, EventError::Signature),
    ] {
        let changed = fitting(changed);
        assert_eq!(changed.verify(), Err(error), "{changed:?}");
        assert!(!error.to_string().is_empty());
    }
}

/// The serialisation, by a hash that was made elsewhere of the text that NIP-01 prescribes.
#[test]
fn texts_are_escaped_as_prescribed() {
    use sha2::Digest;
    let event = Event {
        content: "a\"\\\n\r\t\u{8}\u{c}/é🎭\u{7f}\u{2028}<&>".to_owned(),
        tags: vec![vec!["t".to_owned()]],
        ..event(NOTE)
    };
    let prescribed = format!(
        r#"[0,"{}",1760740551,1,[["t"]],"a\"\\\n\r\t\b\f/é🎭{}{}<&>"]"#,
        event.pubkey, '\u{7f}', '\u{2028}'
    );
    assert_eq!(event.hash(), <[u8; 32]>::from(sha2::Sha256::digest(prescribed)));
}

#[test]
fn what_is_a_reply() {
    let with = |tags: &[&[&str]]| {
        let tags = tags.iter().map(|tag| tag.iter().map(|text| (*text).to_owned()).collect()).collect();
        Event { tags, ..event(NOTE) }.is_reply()
    };
    assert!(with(&[&["p", ID], &["e", ID]]));
    assert!(with(&[&["e", ID, "", "reply"]]));
    assert!(with(&[&["e"]]));
    assert!(!with(&[&["e", ID, "", "mention"], &["q", ID], &["p", ID], &[]]));
}

#[test]
fn keys_of_the_specification() {
    for (text, hex) in [
        (
            "npub10elfcs4fr0l0r8af98jlmgdh9c8tcxjvz9qkw038js35mp4dma8qzvjptg",
            "7e7e9c42a91bfef19fa929e5fda1b72e0ebc1a4c1141673e2794234d86addf4e",
        ),
        (
            "npub180cvv07tjdrrgpa0j7j7tmnyl2yr6yr7l8j4s3evf6u64th6gkwsyjh6w6",
            "3bf0c63fcb93463407af97a5e5ee64fa883d107ef9e558472c4eb9aaaefa459d",
        ),
    ] {
        let key = parse_key(text).unwrap();
        assert_eq!(hex::encode(key), hex);
        assert_eq!(npub(&key), text);
        assert_eq!(parse_key(hex), Some(key));
    }
}

#[test]
fn names_of_an_event() {
    let nevent = |entries: &[u8]| {
        bech32::encode::<bech32::Bech32>(bech32::Hrp::parse("nevent").unwrap(), entries).unwrap()
    };
    let id = unhex(ID);
    let plain = [&[0, 32], id.as_slice()].concat();
    let relay = b"\x01\x0dwss://r.x.com";
    let author = [&[2, 32], id.as_slice()].concat();
    for text in [
        ID.to_owned(),
        ID.to_uppercase(),
        format!("nostr:{ID}"),
        "note1fntxtkcy9pjwucqwa9mddn7v03wwwsu9j330jj350nvhpky2tuaspk6nqc".to_owned(),
        "nostr:note1fntxtkcy9pjwucqwa9mddn7v03wwwsu9j330jj350nvhpky2tuaspk6nqc".to_owned(),
        nevent(&plain),
        nevent(&[relay.as_slice(), &author, &plain].concat()),
        nevent(&[plain.as_slice(), relay, relay, relay, &[3, 4, 0, 0, 0, 1]].concat()),
    ] {
        assert_eq!(parse_event_id(&text).map(hex::encode).as_deref(), Some(ID), "{text}");
    }
    for text in [
        String::new(),
        ID[1..].to_owned(),
        format!("0x{ID}"),
        format!("note1{ID}"),
        "npub180cvv07tjdrrgpa0j7j7tmnyl2yr6yr7l8j4s3evf6u64th6gkwsyjh6w6".to_owned(),
        "note1fntxtkcy9pjwucqwa9mddn7v03wwwsu9j330jj350nvhpky2tuaspk6nqd".to_owned(),
        nevent(&[]),
        nevent(&[0]),
        nevent(&author),
        nevent(&plain[..20]),
        nevent(&[0, 2, 1, 1]),
        nevent(&[relay.as_slice(), &[1, 255, 0]].concat()),
        format!("nevent1{}", "q".repeat(2_000)),
    ] {
        assert_eq!(parse_event_id(&text), None, "{text}");
    }
}
