//! What platforms answer; the first byte chooses the reader. What can be read is judged.
#![no_main]

use libfuzzer_sys::fuzz_target;
use nextid_fuzz::{READERS, judge};

fuzz_target!(|data: &[u8]| {
    let Some((first, body)) = data.split_first() else {
        return;
    };
    let (_, read) = READERS[usize::from(*first) % READERS.len()];
    let shown = read(body);
    assert_eq!(read(body), shown);
    for (platform, evidence) in shown {
        // It is recorded, and judged again later.
        let recorded = serde_json::to_vec(&evidence).expect("evidence can be written");
        assert_eq!(
            serde_json::from_slice::<nextid_platforms::Evidence>(&recorded).expect("and read"),
            evidence
        );
        let _ = judge(platform, None, &evidence);
    }
});
