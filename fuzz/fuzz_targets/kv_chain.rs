//! KVChains as JSON: a list of links, verified as the chain of the Avatar that the first one names.
#![no_main]

use libfuzzer_sys::fuzz_target;
use nextid_core::Avatar;
use nextid_core::link::KvLink;
use nextid_core::verify::{Anchor, verify_kv_chain};

fuzz_target!(|data: &[u8]| {
    let Ok(links) = serde_json::from_slice::<Vec<KvLink>>(data) else {
        return;
    };
    let Some(avatar) = links.first().and_then(|link| Avatar::parse(&link.avatar).ok()) else {
        return;
    };
    if let Ok(state) = verify_kv_chain(&avatar, Anchor::Genesis, &links) {
        assert!(state.contents.values().all(serde_json::Value::is_object));
        let text = serde_json::to_vec(&links).expect("links can be written");
        let again: Vec<KvLink> = serde_json::from_slice(&text).expect("and read");
        assert_eq!(verify_kv_chain(&avatar, Anchor::Genesis, again), Ok(state));
    }
});
