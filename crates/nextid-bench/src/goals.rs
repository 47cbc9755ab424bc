//! What is to be reached.

use crate::series::Results;

/// One line of the table.
#[derive(Debug, Clone, Copy)]
pub struct Goal {
    /// What is measured.
    pub title: &'static str,
    /// The name of its series.
    pub name: &'static str,
    /// What gate and target are about: the value over that of another series, whose name and title these are; none if
    /// they are about the value itself.
    pub over: Option<(&'static str, &'static str)>,
    /// The unit of the value.
    pub unit: &'static str,
    /// What must be reached.
    pub gate: f64,
    /// What should be reached.
    pub target: f64,
    /// Whether more is better.
    pub more: bool,
}

/// What was reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// The target.
    Target,
    /// The gate.
    Gate,
    /// Neither.
    Missed,
}

impl Verdict {
    /// For the table.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Target => "target",
            Self::Gate => "gate",
            Self::Missed => "**missed**",
        }
    }
}

impl Goal {
    const fn ratio(
        title: &'static str,
        name: &'static str,
        over: (&'static str, &'static str),
        gate: f64,
        target: f64,
    ) -> Self {
        Self { title, name, over: Some(over), unit: "/s", gate, target, more: true }
    }

    const fn least(
        title: &'static str,
        name: &'static str,
        unit: &'static str,
        gate: f64,
        target: f64,
    ) -> Self {
        Self { title, name, over: None, unit, gate, target, more: false }
    }

    const fn most(
        title: &'static str,
        name: &'static str,
        unit: &'static str,
        gate: f64,
        target: f64,
    ) -> Self {
        Self { title, name, over: None, unit, gate, target, more: true }
    }

    /// What gate and target are compared with.
    pub fn reached(&self, results: &Results) -> Option<f64> {
        let series = results.get(self.name)?;
        match self.over {
            None => series.median(),
            Some((floor, _)) => series.over(results.get(floor)?),
        }
    }

    /// Whether that is enough.
    pub fn verdict(&self, reached: f64) -> Verdict {
        let enough = |wanted: f64| if self.more { reached >= wanted } else { reached <= wanted };
        if enough(self.target) {
            Verdict::Target
        } else if enough(self.gate) {
            Verdict::Gate
        } else {
            Verdict::Missed
        }
    }
}

const APPEND: (&str, &str) = ("floor append", "one-statement append");
const POINT: (&str, &str) = ("floor point read", "prepared point read");

/// All lines of the table, in its order.
pub const GOALS: &[Goal] = &[
    Goal::ratio("`POST /v1/kv`, 64 clients", "submit", APPEND, 0.5, 1.2),
    Goal::ratio("`GET /v1/kv`, 64 clients", "read", POINT, 0.3, 0.8),
    Goal::ratio("`GET /v1/proof/exists`, 64 clients", "exists", POINT, 0.3, 0.8),
    Goal::ratio("`POST /v1/kv/payload`, 64 clients", "payload", ("read", "`GET /v1/kv`"), 0.8, 0.9),
    Goal::ratio(
        "`POST /v1/proof/payload`, 64 clients",
        "proof payload",
        ("exists", "`GET /v1/proof/exists`"),
        0.8,
        0.9,
    ),
    Goal::ratio("Ethereum binding, 64 clients", "bind", ("submit", "`POST /v1/kv`"), 0.6, 0.8),
    Goal::least("`POST /v1/kv`, 8 clients, p99", "submit p99", "ms", 6.0, 3.0),
    Goal::least("`GET /v1/kv`, 8 clients, p99", "read p99", "ms", 2.0, 0.6),
    Goal::least("`GET /v1/proof/exists`, 8 clients, p99", "exists p99", "ms", 2.0, 0.6),
    Goal::ratio("large: `POST /v1/kv`", "large submit", ("submit", "small"), 0.85, 0.95),
    Goal::ratio("large: `GET /v1/kv`", "large read", ("read", "small"), 0.85, 0.95),
    Goal::ratio("large: `GET /v1/proof/exists`", "large exists", ("exists", "small"), 0.85, 0.95),
    Goal::ratio("large: `POST /v1/kv/payload`", "large payload", ("payload", "small"), 0.85, 0.95),
    Goal::ratio("large: Ethereum binding", "large bind", ("bind", "small"), 0.85, 0.95),
    Goal::least("most resident memory, kv-service", "memory kv", "MB", 30.0, 20.0),
    Goal::least("most resident memory, proof-service", "memory proof", "MB", 30.0, 20.0),
    Goal::least("cold start, kv-service", "start kv", "ms", 50.0, 25.0),
    Goal::least("cold start, proof-service", "start proof", "ms", 50.0, 25.0),
    Goal::least("program, kv-service", "size kv", "MB", 12.0, 8.0),
    Goal::least("program, proof-service", "size proof", "MB", 12.0, 8.0),
    Goal::most("feed to one reader", "feed", "links/s", 50_000.0, 150_000.0),
    Goal::least("events to 1,000 subscribers, lag p99", "events", "ms", 250.0, 50.0),
    Goal::most("`verify_kv_chain`, one core", "verify kv", "links/s", 12_000.0, 28_000.0),
    Goal::most("`verify_proof_chain`, one core", "verify proof", "links/s", 12_000.0, 28_000.0),
    Goal::least("large: fuzzy search, p99", "search p99", "ms", 30.0, 8.0),
];

/// What nothing was set for: title, name, unit.
pub const BESIDES: &[(&str, &str, &str)] = &[
    ("most resident memory, kv-service, with 1,000 subscribers", "memory with subscribers kv", "MB"),
    ("large: most resident memory, kv-service", "large memory kv", "MB"),
    ("large: most resident memory, proof-service", "large memory proof", "MB"),
];

/// What the machine does without us: title, name, unit.
pub const FLOORS: &[(&str, &str, &str)] = &[
    ("one-statement append, 8 clients", "floor append", "/s"),
    ("prepared point read, 32 clients", "floor point read", "/s"),
    ("hello-world on actix-web, 64 clients", "floor hello", "/s"),
    ("recovery of a key, one core", "floor recovery", "/s"),
    ("8 KiB forced to the disk", "floor fsync", "/s"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn verdicts_know_which_way_is_better() {
        let more = Goal::most("", "a", "", 10.0, 20.0);
        assert_eq!(
            [9.0, 10.0, 20.0].map(|value| more.verdict(value)),
            [Verdict::Missed, Verdict::Gate, Verdict::Target]
        );
        let less = Goal::least("", "a", "", 20.0, 10.0);
        assert_eq!(
            [21.0, 20.0, 10.0].map(|value| less.verdict(value)),
            [Verdict::Missed, Verdict::Gate, Verdict::Target]
        );
        let mut results = Results::default();
        results.value("a", 6.0);
        results.value("b", 4.0);
        let ratio = Goal::ratio("", "a", ("b", ""), 1.0, 2.0);
        assert_eq!(ratio.reached(&results), Some(1.5));
        assert_eq!(ratio.verdict(1.5), Verdict::Gate);
        assert_eq!(Goal::ratio("", "a", ("c", ""), 1.0, 2.0).reached(&results), None);
    }

    #[test]
    fn every_gate_is_easier_than_its_target() {
        for goal in GOALS {
            assert_eq!(goal.gate < goal.target, goal.more, "{}", goal.title);
        }
    }
}
