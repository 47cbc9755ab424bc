//! What the tests share in which fifty clients want one place of a chain: how many rounds, and who comes when.
#![expect(clippy::expect_used, reason = "a number of rounds that is none has to be mended")]

use std::time::Duration;

/// How many there are.
pub const RIVALS: usize = 50;

/// How often it is tried: `short` times, or as often as `NEXTID_TEST_ROUNDS` says. `scripts/rivals` sets a thousand.
pub fn rounds(short: i64) -> i64 {
    std::env::var("NEXTID_TEST_ROUNDS").map_or(short, |rounds| rounds.parse().expect("a number of rounds"))
}

/// Numbers that look random, and are the same in every run.
#[derive(Debug)]
pub struct Chances(u64);

impl Chances {
    /// The same seed, the same numbers.
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// One of 0, 1, 2 and so on, below `end`.
    pub fn below(&mut self, end: u32) -> u32 {
        // Linear congruential, Knuth. The upper half is the better one.
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        u32::try_from(((self.0 >> 32) * u64::from(end)) >> 32).expect("less than the end")
    }

    /// How long a client waits before it submits. One in four comes at once; the others within the time that some submits
    /// take.
    pub fn delay(&mut self) -> Duration {
        match self.below(4) {
            0 => Duration::ZERO,
            _ => Duration::from_micros(self.below(20_000).into()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_numbers_come_and_none_beyond() {
        let mut chances = Chances::new(1);
        let mut seen = [0_u32; 4];
        for _ in 0..1000 {
            *seen.get_mut(usize::try_from(chances.below(4)).unwrap()).unwrap() += 1;
        }
        assert!(seen.iter().all(|count| (200..300).contains(count)), "{seen:?}");
        assert_eq!(Chances::new(7).delay(), Chances::new(7).delay());
        assert!((0..1000).all(|_| chances.delay() < Duration::from_millis(20)));
    }
}
