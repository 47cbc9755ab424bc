//! When a proof is looked at next. No clock and no chance: the same binding and the same second give the same answer.

use std::time::Duration;

use nextid_core::Identity;

/// How often proofs are looked at. All times are seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Schedule {
    /// From one look to the next.
    pub interval: i64,
    /// At least this long from a look that speaks against a proof to the one that decides.
    pub second_look: i64,
}

impl Default for Schedule {
    fn default() -> Self {
        Self { interval: 259_200, second_look: 3600 }
    }
}

/// A binding's place in the rotation: it differs from binding to binding, and never changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Phase(u64);

impl Phase {
    /// Of the binding of an identity to an Avatar's 33 bytes. By FNV-1a, with SplitMix64's last step so that similar names
    /// lie far apart.
    pub fn of(avatar: &[u8], platform: &str, identity: &str) -> Self {
        let bytes = avatar.iter().chain(platform.as_bytes()).chain(b"\0").chain(identity.as_bytes());
        let hash = bytes.fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
            (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
        });
        let hash = (hash ^ (hash >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let hash = (hash ^ (hash >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        Self(hash ^ (hash >> 31))
    }

    /// The place in a rotation of this length, from 0.
    fn within(self, length: i64) -> i64 {
        let length = u64::try_from(length.max(1)).unwrap_or(1);
        i64::try_from(self.0 % length).unwrap_or(0)
    }
}

impl Schedule {
    /// When a new binding gets its first turn; none where nothing is published that could be looked at.
    pub fn first(&self, avatar: &[u8], identity: &Identity, now: i64) -> Option<i64> {
        let platform = identity.platform();
        let phase = Phase::of(avatar, platform.as_str(), identity.as_str());
        platform.needs_post().then(|| self.regular(phase, now))
    }

    /// The next turn after a look that settled everything: an interval from now, give or take a half, and from then on
    /// exactly an interval apart. So turns lie evenly however many bindings were made, or were overdue, at one time.
    pub fn regular(&self, phase: Phase, now: i64) -> i64 {
        let earliest = now + self.interval / 2;
        let ahead = (phase.within(self.interval) - earliest).rem_euclid(self.interval.max(1));
        earliest + ahead
    }

    /// When to look again at a proof that the look at `since` spoke against. If the second look did not decide because of
    /// the brake, further ones follow ever more rarely and ever farther apart from each other, until they are part of the
    /// rotation: they must not become what keeps the brake on.
    pub fn second(&self, phase: Phase, since: i64, now: i64) -> i64 {
        let earliest = since + self.second_look;
        if earliest > now {
            return earliest + self.spread(phase);
        }
        let passed = now - since;
        if passed > self.interval / 2 {
            self.regular(phase, now)
        } else {
            now + passed + phase.within(passed)
        }
    }

    /// When to try again after `failures` looks in a row that did not reach the platform, or when the platform said:
    /// each time twice as long, and never longer than an interval.
    pub fn retry(&self, phase: Phase, now: i64, failures: i64, retry_after: Option<Duration>) -> i64 {
        let doublings = u32::try_from((failures - 1).clamp(0, 20)).unwrap_or(0);
        let wait = self.second_look.saturating_mul(1_i64 << doublings).min(self.interval);
        now + wait.max(seconds(retry_after)) + self.spread(phase)
    }

    /// A little more for each, so that what failed together does not come back together.
    fn spread(&self, phase: Phase) -> i64 {
        phase.within(self.second_look / 6)
    }
}

/// Rounded up, so that who waits that long is not too early.
pub(super) fn seconds(duration: Option<Duration>) -> i64 {
    duration.map_or(0, |wait| i64::try_from(wait.as_secs()).unwrap_or(i64::MAX / 4).saturating_add(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    const SCHEDULE: Schedule = Schedule { interval: 259_200, second_look: 3600 };
    const NOW: i64 = 1_700_000_000;

    fn phase(number: u32) -> Phase {
        Phase::of(&[2; 33], "github", &format!("user-{number}"))
    }

    #[test]
    fn turns_are_spread_evenly_and_an_interval_apart() {
        let mut hours = [0_u32; 72];
        for number in 0..72_000 {
            let first = SCHEDULE.regular(phase(number), NOW);
            assert!((NOW + 129_600..NOW + 388_800).contains(&first));
            assert_eq!(SCHEDULE.regular(phase(number), first), first + 259_200);
            assert_eq!(SCHEDULE.regular(phase(number), first + 100_000), first + 259_200);
            hours[usize::try_from((first - NOW - 129_600) / 3600).unwrap()] += 1;
        }
        assert!(hours.iter().all(|count| (850..1150).contains(count)), "{hours:?}");
    }

    #[test]
    fn a_second_look_is_never_early() {
        for number in 0..100 {
            let due = SCHEDULE.second(phase(number), NOW, NOW);
            assert!((NOW + 3600..NOW + 4200).contains(&due));
            assert_eq!(SCHEDULE.second(phase(number), NOW, NOW + 60), due, "a forced look changes nothing");
            let after = |now| SCHEDULE.second(phase(number), NOW, now) - now;
            assert!((3600..7200).contains(&after(NOW + 3600)));
            assert!((36_000..72_000).contains(&after(NOW + 36_000)));
            assert!((129_600..388_800).contains(&after(NOW + 200_000)));
        }
    }

    #[test]
    fn failures_are_repeated_ever_more_rarely() {
        let wait = |failures, after| {
            SCHEDULE.retry(phase(1), NOW, failures, after) - NOW - SCHEDULE.spread(phase(1))
        };
        assert_eq!((wait(1, None), wait(2, None), wait(4, None)), (3600, 7200, 28_800));
        assert_eq!(wait(60, None), 259_200);
        assert_eq!(wait(1, Some(Duration::from_millis(5_000_500))), 5001);
        assert_eq!(wait(1, Some(Duration::from_secs(5))), 3600);
    }

    #[test]
    fn wallets_have_no_turn() {
        let wallet = nextid_core::SecretKey::from_bytes(&[7; 32]).unwrap().avatar();
        let alias = Identity::parse(nextid_core::Platform::Nextid, &wallet.to_hex()).unwrap();
        assert_eq!(SCHEDULE.first(&[2; 33], &alias, NOW), None);
        let account = Identity::parse(nextid_core::Platform::Github, "octocat").unwrap();
        assert!(SCHEDULE.first(&[2; 33], &account, NOW).is_some());
    }
}
