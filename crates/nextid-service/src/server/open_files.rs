//! Every connection is an open file, and a process starts with few of them allowed: often 1024, of which a crowd of
//! connections would leave none for the database.

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// Files that are kept for everything but clients: the database, platforms, the log.
const RESERVED: u64 = 256;

/// Raises the limit of this process so that `wanted` connections fit, as far as it may, and says how many fit.
pub(super) fn for_connections(wanted: u64) -> u64 {
    let limit = getrlimit(Resource::Nofile);
    let needed = wanted.saturating_add(RESERVED);
    let current = limit.current.unwrap_or(u64::MAX);
    if current >= needed {
        return wanted;
    }
    let raised = limit.maximum.map_or(needed, |maximum| maximum.min(needed));
    let new = Rlimit { current: Some(raised), maximum: limit.maximum };
    let now = if setrlimit(Resource::Nofile, new).is_ok() { raised } else { current };
    now.saturating_sub(RESERVED).clamp(1, wanted)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_fits_is_never_more_than_wanted_and_never_nothing() {
        assert_eq!(for_connections(1), 1);
        let many = for_connections(u64::MAX);
        assert!(many >= 1);
        assert!(getrlimit(Resource::Nofile).current.is_none_or(|current| current >= 256));
    }
}
