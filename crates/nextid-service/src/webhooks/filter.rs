//! Which events an endpoint is told.

use nextid_core::{Avatar, Platform};

use super::message::{kind_of, type_of};
use crate::events::{Event, EventKind};

/// What an endpoint wants to hear. What is not said is not restricted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    /// Kinds of events; all if empty.
    pub kinds: Vec<EventKind>,
    /// Whose events.
    pub avatar: Option<Avatar>,
    /// The events of which platform.
    pub platform: Option<Platform>,
}

impl Filter {
    /// Whether an event passes.
    pub fn passes(&self, event: &Event) -> bool {
        (self.kinds.is_empty() || self.kinds.contains(&event.kind))
            && self.avatar.is_none_or(|avatar| avatar == event.avatar)
            && self.platform.is_none_or(|platform| platform == event.platform)
    }

    /// Whether everything passes.
    pub fn is_open(&self) -> bool {
        *self == Self::default()
    }

    /// The types, as they are stored: separated by commas.
    pub fn types(&self) -> String {
        self.kinds.iter().map(|kind| type_of(*kind)).collect::<Vec<_>>().join(",")
    }

    /// Reads what is stored. A type or platform that this program does not know passes nothing, rather than everything.
    pub(super) fn stored(types: &str, avatar: Option<&[u8]>, platform: Option<&str>) -> Option<Self> {
        let kinds = types.split(',').filter(|name| !name.is_empty()).map(kind_of);
        Some(Self {
            kinds: kinds.collect::<Option<_>>()?,
            avatar: match avatar {
                Some(bytes) => Some(Avatar::from_sec1(bytes).ok()?),
                None => None,
            },
            platform: match platform {
                Some(name) => Some(name.parse().ok()?),
                None => None,
            },
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALICE: &str = "0x02e3511304b78237a0c2a66c7aae5be20cd9104d1b452161529bb3a23cccbf55c9";
    const BOB: &str = "0x03666b700aeb6a6429f13cbb263e1bc566cd975a118b61bc796204109c1b351d19";

    fn event(kind: EventKind, avatar: &str, platform: Platform) -> Event {
        let avatar = Avatar::parse(avatar).unwrap();
        Event { id: 1, kind, avatar, platform, identity: String::new(), body: "{}".into() }
    }

    #[test]
    fn every_part_has_to_pass() {
        let filter = Filter {
            kinds: vec![EventKind::Link],
            avatar: Some(Avatar::parse(ALICE).unwrap()),
            platform: Some(Platform::Github),
        };
        assert!(filter.passes(&event(EventKind::Link, ALICE, Platform::Github)));
        assert!(!filter.passes(&event(EventKind::State, ALICE, Platform::Github)));
        assert!(!filter.passes(&event(EventKind::Link, BOB, Platform::Github)));
        assert!(!filter.passes(&event(EventKind::Link, ALICE, Platform::Dns)));
        assert!(Filter::default().passes(&event(EventKind::State, BOB, Platform::Dns)));
    }

    #[test]
    fn what_is_stored_is_read() {
        let filter = Filter {
            kinds: vec![EventKind::Link, EventKind::State],
            avatar: Some(Avatar::parse(ALICE).unwrap()),
            platform: Some(Platform::Github),
        };
        let avatar = filter.avatar.unwrap();
        assert_eq!(filter.types(), "link.created,proof.state_changed");
        assert_eq!(
            Filter::stored(&filter.types(), Some(avatar.as_bytes()), Some("github")),
            Some(filter.clone())
        );
        assert!(!filter.is_open());
        assert_eq!(Filter::stored("", None, None), Some(Filter::default()));
        assert_eq!(Filter::stored("link.created,link.eaten", None, None), None);
        assert_eq!(Filter::stored("", Some(&[1, 2]), None), None);
        assert_eq!(Filter::stored("", None, Some("geocities")), None);
    }
}
