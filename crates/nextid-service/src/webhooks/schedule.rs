//! When a message is sent again, and when it is given up. Times are passed in, in milliseconds.

use std::time::Duration;

/// The longest waits after the first, second, … failure in a row; after the last of them it stays.
const STEPS_SECS: [i64; 8] = [5, 30, 120, 600, 1800, 3600, 10_800, 21_600];

/// How long a message is tried: three days.
pub const WINDOW: i64 = 3 * 86_400 * 1000;

/// Nothing is sent again sooner.
const SHORTEST: i64 = 1000;

/// An endpoint may ask for as much.
const LONGEST_RETRY_AFTER: i64 = 21_600 * 1000;

/// How long to wait after the `failures`th failure in a row (from 1): a part of the step that `roll`, from 0 to 1, picks
/// ("full jitter"), so that endpoints of one host that failed together do not come back together. `Retry-After` is heeded.
pub fn delay(failures: i64, roll: f64, retry_after: Option<Duration>) -> i64 {
    let index = usize::try_from(failures.saturating_sub(1)).unwrap_or(0);
    let step = STEPS_SECS.get(index).or(STEPS_SECS.last()).copied().unwrap_or_default();
    let waits = Duration::try_from_secs_f64(roll.clamp(0.0, 1.0)).unwrap_or_default();
    let part = i64::try_from(waits.as_micros()).unwrap_or(0).saturating_mul(step) / 1000;
    let asked = retry_after.map_or(0, |wait| i64::try_from(wait.as_millis()).unwrap_or(i64::MAX));
    part.max(SHORTEST).max(asked.min(LONGEST_RETRY_AFTER))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_to_six_hours_and_stay_there() {
        let longest: Vec<i64> = (1..=10).map(|failures| delay(failures, 1.0, None) / 1000).collect();
        assert_eq!(longest, [5, 30, 120, 600, 1800, 3600, 10_800, 21_600, 21_600, 21_600]);
        assert_eq!(delay(i64::MAX, 1.0, None), 21_600_000);
    }

    #[test]
    fn the_roll_picks_a_part() {
        assert_eq!(delay(3, 0.5, None), 60_000);
        assert_eq!(delay(3, 0.25, None), 30_000);
        for roll in [0.0, -1.0, f64::NAN] {
            assert_eq!(delay(3, roll, None), 1000, "{roll}");
        }
        assert_eq!(delay(3, 7.0, None), 120_000);
    }

    #[test]
    fn retry_after_is_heeded_within_bounds() {
        let wait = |secs| delay(1, 1.0, Some(Duration::from_secs(secs)));
        assert_eq!((wait(0), wait(3), wait(60)), (5000, 5000, 60_000));
        assert_eq!((wait(86_400), wait(u64::MAX)), (21_600_000, 21_600_000));
    }
}
