//! What can be wrong with a configuration. Every error is one line that names the key.

use std::fmt;
use std::path::PathBuf;

use thiserror::Error;

/// Where a value comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// Built in.
    Default,
    /// A configuration file.
    File(PathBuf),
    /// An environment variable.
    Variable(String),
    /// A file that holds one secret, named by a `…_file` key.
    SecretFile(PathBuf),
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Default => f.write_str("built in"),
            Self::File(path) | Self::SecretFile(path) => write!(f, "in {}", path.display()),
            Self::Variable(name) => write!(f, "from the variable {name}"),
        }
    }
}

/// Why a configuration cannot be used.
#[derive(Debug, Error)]
pub enum ConfigError {
    /// The configuration file cannot be read.
    #[error("the configuration file {} cannot be read: {source}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The configuration file is not TOML.
    #[error("the configuration file {} is not TOML: {why}", path.display())]
    Syntax {
        /// The file.
        path: PathBuf,
        /// What the parser says, in one line.
        why: String,
    },
    /// No such key.
    #[error("{key}: no such key ({origin}){}", suggestion(nearest.as_deref()))]
    UnknownKey {
        /// The key, or the variable, as given.
        key: String,
        /// Where it stands.
        origin: Origin,
        /// The key or variable that was probably meant.
        nearest: Option<String>,
    },
    /// The value is not what the key takes.
    #[error("{key}: expected {expected}, found {found} ({origin})")]
    BadValue {
        /// The key.
        key: String,
        /// What it takes.
        expected: String,
        /// What was given; secrets are not shown.
        found: String,
        /// Where it stands.
        origin: Origin,
    },
    /// A secret's file cannot be used.
    #[error("{key}_file: {} cannot be used: {why}", path.display())]
    SecretFile {
        /// The secret's key.
        key: String,
        /// The file.
        path: PathBuf,
        /// Why.
        why: String,
    },
    /// A secret is given both itself and by its file, in the same place.
    #[error("{key}: give either {key} or {key}_file, not both ({origin})")]
    TwoSources {
        /// The secret's key.
        key: String,
        /// Where both stand.
        origin: Origin,
    },
    /// Two keys contradict each other.
    #[error("{key}: {why}")]
    Contradiction {
        /// The key to change.
        key: &'static str,
        /// What is wrong.
        why: &'static str,
    },
    /// The merged values do not form a configuration; the checks above should have said why.
    #[error("the configuration cannot be used: {0}")]
    Unusable(String),
}

fn suggestion(nearest: Option<&str>) -> String {
    nearest.map(|nearest| format!("; did you mean {nearest}?")).unwrap_or_default()
}
