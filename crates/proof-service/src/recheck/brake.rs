//! The brake against mass flips: a platform that answers 404 for everything has changed, not its users.

/// The seconds of an hour.
const HOUR: i64 = 3600;
/// Looks are counted by slots of so many seconds.
const SLOT: i64 = 300;
/// Seconds after which a slot is forgotten.
pub(crate) const FORGOTTEN_AFTER: i64 = 259_200;

/// When flipping pauses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Brake {
    /// More than so many hundredths of an hour's looks spoke against the proof …
    pub percent: i64,
    /// … of at least so many looks.
    pub min_looks: i64,
}

impl Default for Brake {
    fn default() -> Self {
        Self { percent: 20, min_looks: 20 }
    }
}

/// Looks at proofs of one platform that were called valid, as far as the platform answered.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    /// How many there were.
    pub looks: i64,
    /// How many of them spoke against the proof.
    pub negatives: i64,
}

/// The looks that the brake goes by.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct RecentLooks {
    /// Those of the last hour; where these are too few to tell anything, older ones with them until they do.
    pub latest: Tally,
    /// Those of the hour before. Second looks come an hour after the first ones: what was seen then counts still.
    pub hour_before: Tally,
}

impl Tally {
    /// Counts these too.
    pub fn add(&mut self, other: Self) {
        self.looks += other.looks;
        self.negatives += other.negatives;
    }
}

impl Brake {
    /// How many slots, newest first, are needed to tell: each has one look at least.
    pub(crate) fn slots_needed(&self) -> i64 {
        2 * HOUR / SLOT + 2 + self.min_looks
    }

    /// Sums up slots, newest first.
    pub(crate) fn sum(&self, slots: impl IntoIterator<Item = (i64, Tally)>, now: i64) -> RecentLooks {
        let mut recent = RecentLooks::default();
        for (slot, tally) in slots {
            let age = now - slot;
            if age < HOUR || recent.latest.looks < self.min_looks {
                recent.latest.add(tally);
            }
            if (HOUR..2 * HOUR + SLOT).contains(&age) {
                recent.hour_before.add(tally);
            }
        }
        recent
    }

    /// Whether flipping pauses.
    pub fn is_on(&self, looks: &RecentLooks) -> bool {
        self.trips(looks.latest) || self.trips(looks.hour_before)
    }

    fn trips(&self, tally: Tally) -> bool {
        tally.looks >= self.min_looks
            && tally.negatives.saturating_mul(100) > tally.looks.saturating_mul(self.percent)
    }
}

/// The slot that a second belongs to.
pub(crate) fn slot_of(now: i64) -> i64 {
    now - now.rem_euclid(SLOT)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: i64 = 1_700_000_100;

    #[test]
    fn more_than_a_fifth_of_enough_looks() {
        let brake = Brake::default();
        for (negatives, looks, on) in
            [(19, 19, false), (4, 20, false), (5, 20, true), (20, 100, false), (21, 100, true), (0, 0, false)]
        {
            for age in [0, 3599, 3600, 7199, 250_000] {
                let recent = brake.sum([(NOW - age, Tally { looks, negatives })], NOW);
                assert_eq!(brake.is_on(&recent), on, "{negatives} of {looks}, {age} seconds ago");
            }
        }
    }

    #[test]
    fn enough_looks_of_the_last_hour_count_alone() {
        let good = Tally { looks: 20, negatives: 0 };
        let bad = Tally { looks: 20, negatives: 20 };
        let brake = Brake::default();
        let on = |slots: &[(i64, Tally)]| brake.is_on(&brake.sum(slots.iter().copied(), NOW));
        assert!(!on(&[(NOW - 100, good), (NOW - 9000, bad)]));
        assert!(on(&[(NOW - 100, good), (NOW - 4000, bad)]), "the hour before counts still");
        let few = Tally { looks: 3, negatives: 0 };
        assert!(on(&[(NOW - 100, few), (NOW - 9000, bad)]), "too few to say that it is over");
        assert_eq!(slot_of(NOW) % 300, 0);
        assert_eq!(slot_of(slot_of(NOW) + 299), slot_of(NOW));
    }
}
