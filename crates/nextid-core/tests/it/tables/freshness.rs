//! How fresh a submitted `created_at` has to be, to the second.

use nextid_core::created_at::FreshnessError;
use nextid_core::{CreatedAt, Freshness};

const NOW: i64 = 1_700_000_000;
const LIMITS: Freshness = Freshness { max_age_secs: 259_200, max_skew_secs: 300 };

fn at(seconds: i64) -> CreatedAt {
    CreatedAt::from_seconds(seconds).unwrap()
}

fn check(created_at: i64, head: Option<i64>) -> Result<(), FreshnessError> {
    LIMITS.check(at(created_at), at(NOW), head.map(at))
}

#[test]
fn without_a_head() {
    assert_eq!(check(NOW, None), Ok(()));
    assert_eq!(check(NOW + 300, None), Ok(()));
    assert_eq!(check(NOW + 301, None), Err(FreshnessError::InFuture { latest: NOW + 300 }));
    assert_eq!(check(NOW - 259_200, None), Ok(()));
    let earliest = NOW - 259_200;
    assert_eq!(check(NOW - 259_201, None), Err(FreshnessError::TooOld { earliest }));
    assert_eq!(check(0, None), Err(FreshnessError::TooOld { earliest }));
}

#[test]
fn not_before_the_head() {
    let head = NOW - 100;
    assert_eq!(check(head, Some(head)), Ok(()));
    assert_eq!(check(head + 1, Some(head)), Ok(()));
    assert_eq!(check(head - 1, Some(head)), Err(FreshnessError::BeforeHead { head }));
    // An old head allows nothing older than without it.
    let old = NOW - 300_000;
    assert_eq!(check(old, Some(old)), Err(FreshnessError::TooOld { earliest: NOW - 259_200 }));
}

/// A replica with a faster clock accepted the head: the same second is taken, nothing beyond.
#[test]
fn a_head_that_lies_ahead_may_be_equalled() {
    let head = NOW + 1000;
    assert_eq!(check(head, Some(head)), Ok(()));
    assert_eq!(check(head + 1, Some(head)), Err(FreshnessError::InFuture { latest: head }));
    assert_eq!(check(head - 1, Some(head)), Err(FreshnessError::BeforeHead { head }));
    // A head within the allowance narrows nothing.
    assert_eq!(check(NOW + 300, Some(NOW + 299)), Ok(()));
}

#[test]
fn limits_of_any_size() {
    let strict = Freshness { max_age_secs: 0, max_skew_secs: 0 };
    assert_eq!(strict.check(at(NOW), at(NOW), None), Ok(()));
    assert!(strict.check(at(NOW - 1), at(NOW), None).is_err());
    assert!(strict.check(at(NOW + 1), at(NOW), None).is_err());
    let boundless = Freshness { max_age_secs: i64::MAX, max_skew_secs: i64::MAX };
    assert_eq!(boundless.check(at(0), at(NOW), None), Ok(()));
    assert_eq!(boundless.check(at(253_402_300_799), at(NOW), None), Ok(()));
    assert_eq!(strict.check(at(0), at(0), None), Ok(()), "the clock at its beginning");
}
