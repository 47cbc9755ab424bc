//! What the properties are tried on.

use nextid_core::{Platform, SecretKey};
use proptest::prelude::*;
use serde_json::{Map, Number, Value};

/// Any JSON number, any bits of a double included.
fn number() -> impl Strategy<Value = Value> {
    prop_oneof![
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<u64>()
            .prop_map(|bits| Number::from_f64(f64::from_bits(bits)).map_or(Value::Null, Value::Number)),
        any::<f32>().prop_map(|value| Number::from_f64(value.into()).map_or(Value::Null, Value::Number)),
        Just(Value::from(-0.0)),
    ]
}

/// Any JSON value, keys often equal, so that patches hit.
pub fn json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        2 => Just(Value::Null),
        1 => any::<bool>().prop_map(Value::from),
        2 => number(),
        2 => any::<String>().prop_map(Value::from),
    ];
    leaf.prop_recursive(5, 48, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Value::Array),
            fields(inner).prop_map(Value::Object),
        ]
    })
}

/// Any JSON object.
pub fn json_object() -> impl Strategy<Value = Value> {
    fields(json()).prop_map(Value::Object)
}

fn fields(value: impl Strategy<Value = Value>) -> impl Strategy<Value = Map<String, Value>> {
    let key = prop_oneof![4 => "[a-d]", 1 => any::<String>()];
    prop::collection::btree_map(key, value, 0..5).prop_map(|fields| fields.into_iter().collect())
}

pub fn platform() -> impl Strategy<Value = Platform> {
    prop::sample::select(Platform::ALL)
}

pub fn secret_key() -> impl Strategy<Value = SecretKey> {
    any::<[u8; 32]>().prop_filter_map("a private key", |bytes| SecretKey::from_bytes(&bytes).ok())
}

/// Texts that come close to identities of some platform.
pub fn like_an_identity() -> impl Strategy<Value = String> {
    prop_oneof![
        2 => any::<String>(),
        2 => "@{0,2}[a-zA-Z0-9_.-]{0,40}@?",
        1 => "@?[a-zA-Z0-9_.-]{1,12}@[a-zA-Z0-9-]{1,8}\\.[a-zA-Z]{2,5}(:[0-9]{1,5})?",
        2 => "[\\PC]{1,12}\\.(eth|ETH|bit|BIT|com)\\.?",
        2 => "\\p{L}{1,12}",
        1 => "\\p{L}{1,8}\\.\\p{L}{1,8}",
        1 => "7656119[0-9]{10}",
        1 => "[\\PC]{1,34}(#[0-9]{4})?",
        1 => "(0x)?[0-9a-fA-F]{40}",
        1 => any::<[u8; 32]>().prop_map(|bytes| bs58::encode(bytes).into_string()),
        1 => secret_key().prop_map(|key| key.avatar().to_hex()),
        1 => secret_key().prop_map(|key| key.avatar().to_uncompressed_hex()),
        1 => "[UWuw][0-9A-Za-z]{7,12}",
        1 => any::<[u8; 32]>().prop_map(|key| nextid_core::nostr::npub(&key)),
        1 => any::<[u8; 32]>().prop_map(hex::encode),
        1 => "did:(plc:[a-z2-7]{24}|web:[a-zA-Z0-9.-]{3,20})",
        1 => "https?://[\\PC]{1,12}\\.(com|org)/?",
    ]
}
