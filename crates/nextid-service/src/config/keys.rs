//! The table of all configuration keys. One definition makes the struct, the checks, and the annotated example.

use super::service::Service;

/// What a key's value must be. Ranges include both ends.
#[derive(Debug, Clone, Copy)]
pub enum Kind {
    /// Any text that is not empty.
    Text,
    /// A credential; may be given as `<key>_file`.
    Secret,
    /// `postgres://…` or `sqlite://…`; may be given as `<key>_file`.
    DatabaseUrl,
    /// An `http(s)` base URL.
    Url,
    /// An `http(s)` URL that may hold an access key; may be given as `<key>_file`.
    SecretUrl,
    /// `address:port`.
    Address,
    /// A whole number.
    Integer {
        /// The smallest allowed.
        min: u64,
        /// The largest allowed.
        max: u64,
    },
    /// `true` or `false`.
    Switch,
    /// One of these words.
    Choice(&'static [&'static str]),
    /// Host names or addresses; comma-separated in the environment.
    Hosts,
    /// A DNS resolver.
    Resolver,
    /// A filter of log lines: `info`, `warn,nextid=debug`.
    LogFilter,
}

impl Kind {
    /// Whether the value must not be printed, and may be read from a file of its own.
    pub fn is_secret(self) -> bool {
        matches!(self, Self::Secret | Self::DatabaseUrl | Self::SecretUrl)
    }
}

/// What a key is when nobody sets it.
#[derive(Debug, Clone, Copy)]
pub enum DefaultValue {
    /// It has no value.
    Absent,
    /// The same for both services.
    Text(&'static str),
    /// Another for each service.
    Each {
        /// proof-service's.
        proof: &'static str,
        /// kv-service's.
        kv: &'static str,
    },
    /// A SQLite file in the user's data directory.
    DataDirectory,
}

/// One key of the configuration.
#[derive(Debug, Clone, Copy)]
pub struct KeySpec {
    /// The table that it stands in: `server`, `platforms.github`.
    pub section: &'static str,
    /// Its name there: `listen`.
    pub name: &'static str,
    /// What it means, one line each.
    pub docs: &'static [&'static str],
    /// What its value must be.
    pub kind: Kind,
    /// Its value when nobody sets it.
    pub default: DefaultValue,
}

impl KeySpec {
    /// `server.listen`.
    pub fn key(&self) -> String {
        format!("{}.{}", self.section, self.name)
    }

    /// The default as text, where it does not depend on the machine.
    pub fn fixed_default(&self, service: Service) -> Option<&'static str> {
        match self.default {
            DefaultValue::Text(text) => Some(text),
            DefaultValue::Each { proof, kv } => Some(match service {
                Service::Proof => proof,
                Service::Kv => kv,
            }),
            DefaultValue::Absent | DefaultValue::DataDirectory => None,
        }
    }
}

/// Defines one section of the configuration: its struct, and its part of the key table.
macro_rules! section {
    (
        $(#[doc = $about:literal])*
        $name:ident in $section:literal {
            $( $(#[doc = $doc:literal])* $field:ident: $ty:ty => $kind:expr, $default:expr; )*
        }
    ) => {
        $(#[doc = $about])*
        #[derive(Debug, Clone, PartialEq, serde::Deserialize, serde::Serialize)]
        pub struct $name {
            $( $(#[doc = $doc])* pub $field: $ty, )*
        }

        impl $name {
            pub(in crate::config) const ABOUT: &'static [&'static str] = &[$($about),*];
            pub(in crate::config) const KEYS: &'static [$crate::config::keys::KeySpec] = &[
                $( $crate::config::keys::KeySpec {
                    section: $section,
                    name: stringify!($field),
                    docs: &[$($doc),*],
                    kind: $kind,
                    default: $default,
                } ),*
            ];
        }
    };
}
pub(super) use section;
