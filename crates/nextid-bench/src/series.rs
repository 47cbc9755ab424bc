//! Values of several rounds.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::cpu::Cpu;

/// What one measurement gave in each round.
#[derive(Debug, Clone, Default)]
pub struct Series {
    /// One value for each round, in the order of the rounds.
    pub values: Vec<f64>,
    /// Requests that failed, of all rounds.
    pub errors: u64,
    /// The first failure's words.
    pub first_error: Option<String>,
    /// Requests that were answered, of all rounds.
    pub requests: u64,
    /// Processor time of all rounds.
    pub cpu: Cpu,
}

/// Everything that was measured with one database, by name.
#[derive(Debug, Default)]
pub struct Results(BTreeMap<String, Series>);

impl Series {
    /// The median; none without values.
    pub fn median(&self) -> Option<f64> {
        median(&self.values)
    }

    /// The least and the greatest value.
    pub fn spread(&self) -> Option<(f64, f64)> {
        let least = self.values.iter().copied().reduce(f64::min)?;
        Some((least, self.values.iter().copied().reduce(f64::max)?))
    }

    /// The median of this over `floor`, round by round, since both were measured at nearly the same time.
    pub fn over(&self, floor: &Self) -> Option<f64> {
        let ratios: Vec<f64> =
            self.values.iter().zip(&floor.values).map(|(value, floor)| value / floor).collect();
        median(&ratios)
    }

    /// Microseconds of processor time of client, service and database for each answered request.
    pub fn cost(&self) -> Option<[f64; 3]> {
        let each = |time: Duration| time.as_secs_f64() * 1e6 / self.requests as f64;
        let Cpu { client, service, database } = self.cpu;
        (self.requests > 0).then(|| [each(client), each(service), each(database)])
    }
}

impl Results {
    /// Adds a round's value.
    pub fn value(&mut self, name: &str, value: f64) -> &mut Series {
        let series = self.0.entry(name.to_owned()).or_default();
        series.values.push(value);
        series
    }

    /// What was measured under this name.
    pub fn get(&self, name: &str) -> Option<&Series> {
        self.0.get(name)
    }

    /// Only what has a name that begins so.
    #[must_use]
    pub fn only(self, start: &str) -> Self {
        Self(self.0.into_iter().filter(|(name, _)| name.starts_with(start)).collect())
    }

    /// Everything, by name.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Series)> {
        self.0.iter().map(|(name, series)| (name.as_str(), series))
    }
}

fn median(values: &[f64]) -> Option<f64> {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let (half, odd) = (sorted.len() / 2, sorted.len() % 2 == 1);
    let upper = sorted.get(half).copied()?;
    if odd {
        return Some(upper);
    }
    Some(f64::midpoint(sorted.get(half.checked_sub(1)?).copied()?, upper))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn series(values: &[f64]) -> Series {
        Series { values: values.to_vec(), ..Series::default() }
    }

    #[test]
    fn medians_and_ratios() {
        assert_eq!(series(&[]).median(), None);
        assert_eq!(series(&[3.0, 1.0, 2.0]).median(), Some(2.0));
        assert_eq!(series(&[4.0, 1.0, 2.0, 3.0]).median(), Some(2.5));
        assert_eq!(series(&[4.0, 1.0]).spread(), Some((1.0, 4.0)));
        // Round by round: 2, 1 and 4, of which the median is 2. Median over median would be 3 / 1.
        assert_eq!(series(&[2.0, 3.0, 4.0]).over(&series(&[1.0, 3.0, 1.0])), Some(2.0));
        assert_eq!(series(&[1.0]).cost(), None);
    }
}
