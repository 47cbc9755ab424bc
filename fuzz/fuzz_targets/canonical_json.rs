//! The canonical spelling of JSON, and merge patches: the input is a patch, and the one after a line end another.
#![no_main]

use libfuzzer_sys::fuzz_target;
use nextid_core::CanonicalJson;
use nextid_core::canonical_json::check_depth;
use nextid_core::merge_patch::merge_patch;
use serde_json::Value;

fuzz_target!(|data: &[u8]| {
    let mut content = Value::Object(serde_json::Map::new());
    for line in data.split(|byte| *byte == b'\n') {
        let Ok(patch) = serde_json::from_slice::<Value>(line) else {
            continue;
        };
        let _ = check_depth(&patch, 64);
        let text = CanonicalJson::of(&patch);
        let again: Value = serde_json::from_str(text.as_str()).expect("what is written can be read");
        assert_eq!(CanonicalJson::of(&again), text);

        merge_patch(&mut content, &patch);
        let once = content.clone();
        merge_patch(&mut content, &patch);
        assert_eq!(content, once, "applied twice");
    }
});
