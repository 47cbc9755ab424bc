//! The second of a link, and its freshness: the last 32 bytes are the clock, the head and the two limits, what stands
//! before them is the text.
#![no_main]

use libfuzzer_sys::fuzz_target;
use nextid_core::{CreatedAt, Freshness};

fuzz_target!(|data: &[u8]| {
    let Some((text, numbers)) = data.split_last_chunk::<32>() else {
        return;
    };
    let (numbers, _) = numbers.as_chunks::<8>();
    let [now, head, max_age_secs, max_skew_secs] =
        [0, 1, 2, 3].map(|index| i64::from_le_bytes(numbers[index]));
    let Ok(created_at) = std::str::from_utf8(text).unwrap_or("").parse::<CreatedAt>() else {
        return;
    };
    assert_eq!(created_at.to_string().parse(), Ok(created_at));
    let Ok(now) = CreatedAt::from_seconds(now) else {
        return;
    };
    let head = CreatedAt::from_seconds(head).ok();
    let freshness = Freshness { max_age_secs, max_skew_secs };
    if freshness.check(created_at, now, head).is_ok() {
        assert!(head.is_none_or(|head| created_at >= head));
    }
});
