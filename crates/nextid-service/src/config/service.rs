//! Which of the two services this is.

use std::fmt;

/// One of the two services. It decides defaults only: both accept the whole configuration.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Service {
    /// proof-service: bindings.
    Proof,
    /// kv-service: data under bindings.
    Kv,
}

impl Service {
    /// `proof-service` or `kv-service`: the name of the binary, of its files and of its metrics.
    pub fn name(self) -> &'static str {
        match self {
            Self::Proof => "proof-service",
            Self::Kv => "kv-service",
        }
    }
}

impl fmt::Display for Service {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
