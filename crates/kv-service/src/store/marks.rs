//! What readers see of namespaces besides the links: which of them lost their binding, or their account.

use super::namespace::Standing;

/// Tells two states of the same namespaces apart, without saying which namespaces are concerned.
///
/// Among states of one generation, neither number alone would do: when a namespace joins those without a binding, `latest`
/// becomes an id that was never there before, and when one leaves them, there is one less.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Marks {
    /// Which reading of the feed tells it.
    pub generation: i64,
    /// How many namespaces are not as their links leave them.
    pub count: i64,
    /// The latest item of the feed that made one so.
    pub latest: i64,
}

impl Marks {
    /// Takes in how one namespace stands, and which item of the feed says so.
    pub(super) fn add(&mut self, generation: i64, standing: Standing, feed_id: Option<i64>) {
        if standing != Standing::InForce {
            self.generation = generation;
            self.count += 1;
            self.latest = self.latest.max(feed_id.unwrap_or(0));
        }
    }
}
