//! Processor time and memory of processes, from /proc.

use std::time::Duration;

/// Clock ticks in a second: fixed at 100 for what Linux shows to programs.
const TICKS: u32 = 100;

/// Processor time of the three parties, at one moment or between two.
#[derive(Debug, Clone, Copy, Default)]
pub struct Cpu {
    /// This process.
    pub client: Duration,
    /// The service.
    pub service: Duration,
    /// PostgreSQL: its server and everything that it has started and still runs. With SQLite it is in the service's.
    pub database: Duration,
}

/// Whose time is taken.
#[derive(Debug, Clone, Copy, Default)]
pub struct Parties {
    /// The service's process.
    pub service: Option<u32>,
    /// PostgreSQL's first process.
    pub postmaster: Option<u32>,
}

impl Parties {
    /// What they have used so far.
    pub fn used(&self) -> Cpu {
        Cpu {
            client: of(std::process::id()),
            service: self.service.map(of).unwrap_or_default(),
            database: self.postmaster.map(of_family).unwrap_or_default(),
        }
    }
}

impl Cpu {
    /// What was used since `earlier`.
    #[must_use]
    pub fn since(&self, earlier: &Self) -> Self {
        Self {
            client: self.client.saturating_sub(earlier.client),
            service: self.service.saturating_sub(earlier.service),
            database: self.database.saturating_sub(earlier.database),
        }
    }
}

impl std::ops::Add for Cpu {
    type Output = Self;

    fn add(self, more: Self) -> Self {
        Self {
            client: self.client + more.client,
            service: self.service + more.service,
            database: self.database + more.database,
        }
    }
}

/// Parent and processor time of a process. The name before them may hold anything, so it is cut off at its last bracket.
fn stat(pid: u32) -> Option<(u32, Duration)> {
    let text = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    let (_, rest) = text.rsplit_once(')')?;
    let fields: Vec<&str> = rest.split_whitespace().collect();
    let parent = fields.get(1)?.parse().ok()?;
    let ticks: u32 = fields.get(11)?.parse::<u32>().ok()? + fields.get(12)?.parse::<u32>().ok()?;
    Some((parent, Duration::from_secs(1) * ticks / TICKS))
}

fn of(pid: u32) -> Duration {
    stat(pid).map_or(Duration::ZERO, |(_, used)| used)
}

fn of_family(parent: u32) -> Duration {
    let processes = std::fs::read_dir("/proc").into_iter().flatten().filter_map(|entry| {
        let pid: u32 = entry.ok()?.file_name().to_str()?.parse().ok()?;
        stat(pid)
    });
    processes.filter(|(its_parent, _)| *its_parent == parent).map(|(_, used)| used).sum::<Duration>()
        + of(parent)
}

/// The most memory that a process has had resident, in bytes.
pub fn peak_memory(pid: u32) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    Some(line.split_whitespace().next()?.parse::<u64>().ok()? * 1024)
}

/// The machine as it may be named: cores, and memory in whole GB.
pub fn machine() -> String {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let memory = std::fs::read_to_string("/proc/meminfo").unwrap_or_default();
    let kib: u64 = memory
        .lines()
        .find_map(|line| line.strip_prefix("MemTotal:")?.split_whitespace().next()?.parse().ok())
        .unwrap_or(0);
    format!("{cores} cores, {} GB of memory", (kib * 1024 + 500_000_000) / 1_000_000_000)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_process_uses_time_and_memory() {
        let parties = Parties { service: Some(std::process::id()), postmaster: None };
        let before = parties.used();
        let mut sum = 0_u64;
        while parties.used().since(&before).client == Duration::ZERO {
            sum = (0..100_000_u64).fold(sum, |sum, i| std::hint::black_box(sum ^ i));
        }
        assert!(peak_memory(std::process::id()).unwrap() > 100_000);
        assert!(machine().contains(" cores, "));
    }
}
