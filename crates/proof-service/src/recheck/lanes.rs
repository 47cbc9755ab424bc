//! Who gets the free places: each platform has a lane, so that a slow one does not keep the others waiting.

use std::time::Duration;

use nextid_core::Platform;

use super::schedule::seconds;
use crate::store::recheck::Wanted;

/// The lanes of the platforms that can be asked.
#[derive(Debug)]
pub(super) struct Lanes {
    lanes: Vec<Lane>,
    width: usize,
    /// Whose turn it is to get the first place.
    turn: usize,
}

#[derive(Debug)]
struct Lane {
    platform: Platform,
    busy: usize,
    has_due: bool,
    paused_until: i64,
}

impl Lanes {
    pub(super) fn new(platforms: impl IntoIterator<Item = Platform>, width: usize) -> Self {
        let lane = |platform| Lane { platform, busy: 0, has_due: false, paused_until: 0 };
        Self { lanes: platforms.into_iter().map(lane).collect(), width: width.max(1), turn: 0 }
    }

    pub(super) fn platforms(&self) -> Vec<Platform> {
        self.lanes.iter().map(|lane| lane.platform).collect()
    }

    pub(super) fn set_due(&mut self, platform: Platform, has_due: bool) {
        if let Some(lane) = self.lane(platform) {
            lane.has_due = has_due;
        }
    }

    /// Whether a lane has work that it may begin now.
    pub(super) fn have_work(&self, now: i64) -> bool {
        self.lanes.iter().any(|lane| lane.is_open(now))
    }

    /// Shares out the free places, one at a time and in turn.
    pub(super) fn wanted(&mut self, free: usize, now: i64) -> Vec<Wanted> {
        let mut wanted: Vec<Wanted> =
            self.lanes.iter().map(|lane| Wanted { platform: lane.platform, count: 0 }).collect();
        let count = self.lanes.len();
        let mut left = free;
        let mut passed_over = 0;
        while left > 0 && passed_over < count {
            self.turn = (self.turn + 1) % count;
            let place = self.lanes.get(self.turn).zip(wanted.get_mut(self.turn));
            match place {
                Some((lane, wanted)) if lane.is_open(now) && lane.busy + wanted.count < self.width => {
                    wanted.count += 1;
                    left -= 1;
                    passed_over = 0;
                }
                _ => passed_over += 1,
            }
        }
        wanted.retain(|wanted| wanted.count > 0);
        wanted
    }

    /// Notes how many of the wanted proofs there were: fewer mean that no more are due.
    pub(super) fn claimed(&mut self, wanted: &Wanted, got: usize) {
        if let Some(lane) = self.lane(wanted.platform) {
            lane.busy += got;
            lane.has_due = got >= wanted.count;
        }
    }

    /// Notes the end of a look. A platform that asks to be left alone is; one whose accounts live on many servers goes on
    /// with the others, since the client knows which of them asked.
    pub(super) fn finished(&mut self, platform: Platform, retry_after: Option<Duration>, now: i64) {
        if let Some(lane) = self.lane(platform) {
            lane.busy = lane.busy.saturating_sub(1);
            if retry_after.is_some() && has_one_server(platform) {
                lane.paused_until = lane.paused_until.max(now + seconds(retry_after));
            }
        }
    }

    fn lane(&mut self, platform: Platform) -> Option<&mut Lane> {
        self.lanes.iter_mut().find(|lane| lane.platform == platform)
    }
}

impl Lane {
    fn is_open(&self, now: i64) -> bool {
        self.has_due && now >= self.paused_until
    }
}

/// Elsewhere users choose the servers that are asked.
fn has_one_server(platform: Platform) -> bool {
    use Platform::{Activitypub, Bluesky, Ens, Nostr, Website};
    !matches!(platform, Activitypub | Bluesky | Ens | Nostr | Website)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lanes() -> Lanes {
        let mut lanes = Lanes::new([Platform::Github, Platform::Dns, Platform::Activitypub], 4);
        for platform in lanes.platforms() {
            lanes.set_due(platform, true);
        }
        lanes
    }

    fn counts(wanted: &[Wanted]) -> Vec<(Platform, usize)> {
        let mut counts: Vec<_> = wanted.iter().map(|wanted| (wanted.platform, wanted.count)).collect();
        counts.sort();
        counts
    }

    #[test]
    fn places_are_shared_and_lanes_have_a_width() {
        use Platform::{Activitypub, Dns, Github};
        let mut lanes = lanes();
        assert_eq!(counts(&lanes.wanted(6, 0)), [(Github, 2), (Dns, 2), (Activitypub, 2)]);
        assert_eq!(counts(&lanes.wanted(100, 0)), [(Github, 4), (Dns, 4), (Activitypub, 4)]);
        lanes.claimed(&Wanted { platform: Github, count: 4 }, 4);
        lanes.claimed(&Wanted { platform: Dns, count: 4 }, 1);
        assert_eq!(counts(&lanes.wanted(100, 0)), [(Activitypub, 4)], "one is full, one has no more");
        lanes.finished(Github, None, 0);
        assert_eq!(counts(&lanes.wanted(100, 0)), [(Github, 1), (Activitypub, 4)]);
        assert_eq!(lanes.wanted(0, 0), []);
        assert_eq!(Lanes::new([], 4).wanted(5, 0), []);
    }

    #[test]
    fn a_platform_that_asks_for_it_is_left_alone() {
        let mut lanes = lanes();
        let wait = Some(Duration::from_secs(30));
        lanes.finished(Platform::Github, wait, 100);
        lanes.finished(Platform::Activitypub, wait, 100);
        let open = |lanes: &mut Lanes, now| -> Vec<Platform> {
            counts(&lanes.wanted(100, now)).into_iter().map(|(platform, _)| platform).collect()
        };
        assert_eq!(open(&mut lanes, 130), [Platform::Dns, Platform::Activitypub]);
        assert_eq!(open(&mut lanes, 131).len(), 3);
    }
}
