//! What a run was, and what it found.

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use crate::host::Backend;
use crate::verify::Findings;

/// How many of a kind are named.
const NAMED: usize = 20;

/// The report of a run on one database.
#[derive(Debug)]
pub struct Report {
    /// On which.
    pub backend: Backend,
    /// What repeats the schedule.
    pub seed: u64,
    /// How long it was written.
    pub took: Duration,
    /// What was broken, and how often.
    pub faults: BTreeMap<&'static str, u64>,
    /// What was left out, and why.
    pub left_out: Vec<String>,
    /// What was answered, and how often.
    pub answers: BTreeMap<String, u64>,
    /// What was found at the end.
    pub findings: Findings,
}

impl Report {
    /// Whether everything held.
    pub fn is_clean(&self) -> bool {
        self.findings.is_clean()
    }

    /// How many submits were answered 201.
    pub fn accepted(&self) -> u64 {
        self.answers.get("submit 201").copied().unwrap_or(0)
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { backend, seed, findings, .. } = self;
        writeln!(f, "{backend}: seed {seed}, {} s", self.took.as_secs())?;
        let total: u64 = self.faults.values().sum();
        writeln!(f, "  faults: {total}")?;
        for (name, count) in &self.faults {
            writeln!(f, "    {count:>7}  {name}")?;
        }
        for what in &self.left_out {
            writeln!(f, "    left out: {what}")?;
        }
        let total: u64 = self.answers.values().sum();
        writeln!(f, "  requests: {total}")?;
        for (answer, count) in &self.answers {
            writeln!(f, "    {count:>7}  {answer}")?;
        }
        for (service, count) in &findings.links {
            writeln!(f, "  links of {}: {count}", service.name())?;
        }
        let (there, not_there) = (findings.unknown_there, findings.unknown_not_there);
        writeln!(f, "  outcomes nobody was told: {there} are there, {not_there} are not")?;
        for (name, list) in [
            ("lost", &findings.lost),
            ("forks", &findings.forks),
            ("half applied", &findings.half_applied),
            ("otherwise wrong", &findings.wrong),
        ] {
            writeln!(f, "  {name}: {}", list.len())?;
            for words in list.iter().take(NAMED) {
                writeln!(f, "    {words}")?;
            }
        }
        Ok(())
    }
}
