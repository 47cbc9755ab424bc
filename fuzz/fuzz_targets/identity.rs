//! Identities; the first byte chooses the platform.
#![no_main]

use libfuzzer_sys::fuzz_target;
use nextid_core::{Identity, Platform};

fuzz_target!(|data: &[u8]| {
    let Some((first, rest)) = data.split_first() else {
        return;
    };
    let platform = Platform::ALL[usize::from(*first) % Platform::ALL.len()];
    let Ok(text) = std::str::from_utf8(rest) else {
        return;
    };
    if let Ok(identity) = Identity::parse(platform, text) {
        let again = Identity::parse(platform, identity.as_str());
        assert_eq!(again.as_ref().map(Identity::as_str), Ok(identity.as_str()));
        assert!(!identity.as_str().chars().any(char::is_control));
        let folded = identity.folded();
        assert_eq!(nextid_core::identity::fold(platform, &folded), folded);
    }
});
