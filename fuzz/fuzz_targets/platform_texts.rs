//! Texts: posts as people and platforms mangle them, TXT records, and the places that clients name.
#![no_main]

use libfuzzer_sys::fuzz_target;
use nextid_platforms::farcaster::CastHash;
use nextid_platforms::txt_proof::TxtProof;
use nextid_platforms::{bluesky, discord, post, slack, telegram, tiktok};

fuzz_target!(|data: &[u8]| {
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    for text in [text, &post::unescaped(text), &post::html_text(text)] {
        let tidied = post::tidied(text);
        assert_eq!(post::tidied(&tidied), tidied);
        if let Some(found) = post::labelled(&tidied, "Sig: ") {
            assert!(!found.is_empty() && tidied.contains(found));
        }
    }
    if let Some(proof) = TxtProof::parse(text) {
        assert!(text.contains(proof.signature));
    }
    let _ = (discord::Place::parse(text), slack::Place::parse(text), telegram::Place::parse(text));
    let _ = (tiktok::Video::parse(text, "alice"), bluesky::Place::parse(text), CastHash::parse(text));
});
