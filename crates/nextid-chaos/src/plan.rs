//! What is broken when: all of it follows from the seed.

use std::time::Duration;

use rand::rngs::StdRng;
use rand::{Rng as _, SeedableRng as _};

/// Which service.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Service {
    /// proof-service.
    Proof,
    /// kv-service.
    Kv,
}

impl Service {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Proof, Self::Kv];

    /// The name of its program.
    pub fn name(self) -> &'static str {
        match self {
            Self::Proof => "proof-service",
            Self::Kv => "kv-service",
        }
    }
}

/// What breaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// `kill -9` of a replica, which is started again.
    KillReplica(Service, usize),
    /// SIGTERM to one replica after the other, each when the one before is ready again.
    RollingRestart(Service),
    /// `pg_ctl stop -m immediate`, and after so long a start.
    CrashDatabase(Duration),
    /// `kill -9` of one of the server's sessions, after which the server restarts itself.
    KillSession,
    /// Every connection to the database breaks.
    CutDatabase,
    /// Nothing gets through to the database for so long, and nothing breaks.
    StallDatabase(Duration),
    /// Every connection of clients to a service breaks.
    CutClients(Service),
    /// The disk of the database is full for so long.
    FillDisk(Duration),
}

impl Fault {
    /// What the report counts it as.
    pub fn name(self) -> &'static str {
        match self {
            Self::KillReplica(..) => "kill -9 of a replica",
            Self::RollingRestart(_) => "rolling restart",
            Self::CrashDatabase(_) => "stop -m immediate of the database",
            Self::KillSession => "kill -9 of a database session",
            Self::CutDatabase => "connections to the database cut",
            Self::StallDatabase(_) => "connections to the database stalled",
            Self::CutClients(_) => "connections of clients cut",
            Self::FillDisk(_) => "disk full",
        }
    }
}

/// What can be broken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Breakable {
    /// There is a database server, and a proxy before it.
    pub server: bool,
    /// The disk of the database is one that can be filled.
    pub disk: bool,
}

/// The faults of a run and when they begin, counted from its start. The last fifth of the run is left in peace, so that it ends
/// with writes that go well.
pub fn schedule(seed: u64, length: Duration, breakable: Breakable) -> Vec<(Duration, Fault)> {
    let mut random = StdRng::seed_from_u64(seed);
    let end = length.mul_f64(0.8);
    let mut faults = Vec::new();
    let mut at = Duration::from_millis(random.random_range(500..1500));
    while at < end {
        let fault = fault(&mut random, breakable);
        faults.push((at, fault));
        at += Duration::from_millis(random.random_range(600..4000));
    }
    faults
}

fn fault(random: &mut StdRng, breakable: Breakable) -> Fault {
    let millis = |random: &mut StdRng, range| Duration::from_millis(random.random_range(range));
    loop {
        let service = if random.random() { Service::Proof } else { Service::Kv };
        let fault = match random.random_range(0..100) {
            0..30 => Fault::KillReplica(service, random.random_range(0..2)),
            30..42 => Fault::RollingRestart(service),
            42..52 => Fault::CrashDatabase(millis(random, 200..3000)),
            52..60 => Fault::KillSession,
            60..74 => Fault::CutDatabase,
            74..80 => Fault::StallDatabase(millis(random, 200..4000)),
            80..90 => Fault::CutClients(service),
            _ => Fault::FillDisk(millis(random, 500..4000)),
        };
        let possible = match fault {
            Fault::KillReplica(..) | Fault::RollingRestart(_) | Fault::CutClients(_) => true,
            Fault::CrashDatabase(_) | Fault::KillSession | Fault::CutDatabase | Fault::StallDatabase(_) => {
                breakable.server
            }
            Fault::FillDisk(_) => breakable.disk,
        };
        if possible {
            return fault;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: Breakable = Breakable { server: true, disk: true };

    #[test]
    fn a_seed_is_a_schedule() {
        let length = Duration::from_secs(600);
        let one = schedule(1, length, ALL);
        assert_eq!(one, schedule(1, length, ALL));
        assert_ne!(one, schedule(2, length, ALL));
        assert!(one.is_sorted_by_key(|(at, _)| *at) && one.iter().all(|(at, _)| *at < length));
        // A longer run begins as a shorter one does.
        let longer = schedule(1, length * 2, ALL);
        assert_eq!(longer[..one.len()], one);
    }

    #[test]
    fn everything_breaks_that_can() {
        let names = |breakable| {
            let faults = schedule(7, Duration::from_secs(1200), breakable);
            faults.iter().map(|(_, fault)| fault.name()).collect::<std::collections::BTreeSet<_>>()
        };
        assert_eq!(names(ALL).len(), 8);
        assert_eq!(names(Breakable { server: false, disk: true }).len(), 4);
        assert!(!names(Breakable { server: true, disk: false }).contains("disk full"));
    }
}
