//! Which events a reader wants.

use nextid_core::{Avatar, Platform};

/// Which events a reader wants: those that fit all that is given.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct EventFilter {
    /// Only those about this Avatar.
    pub avatar: Option<Avatar>,
    /// Only those about identities on this platform.
    pub platform: Option<Platform>,
}

impl EventFilter {
    /// Whether a reader wants an event about this Avatar and platform.
    pub fn wants(&self, avatar: &Avatar, platform: Platform) -> bool {
        self.platform.is_none_or(|wanted| wanted == platform)
            && self.avatar.as_ref().is_none_or(|wanted| wanted == avatar)
    }
}
