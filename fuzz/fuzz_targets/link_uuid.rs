//! The uuid of a link.
#![no_main]

use libfuzzer_sys::fuzz_target;
use nextid_core::LinkUuid;

fuzz_target!(|text: &str| {
    if let Ok(uuid) = LinkUuid::parse(text) {
        let shown = uuid.to_string();
        assert_eq!(LinkUuid::parse(&shown), Ok(uuid));
        assert_eq!(shown.len(), 36);
        assert_ne!(uuid.as_bytes(), &[0; 16]);
    }
});
