//! All keys together.

use super::keys::KeySpec;
use super::platforms;
use super::sections::{
    DatabaseConfig, EventsConfig, LimitsConfig, LogConfig, MirrorConfig, NetConfig, PayloadConfig,
    ProofServiceConfig, RecheckConfig, ServerConfig, WebhooksConfig,
};

/// The sections in the order in which they are shown: name, what it is about, its keys.
pub(super) const SECTIONS: &[(&str, &[&str], &[KeySpec])] = &[
    ("server", ServerConfig::ABOUT, ServerConfig::KEYS),
    ("database", DatabaseConfig::ABOUT, DatabaseConfig::KEYS),
    ("payload", PayloadConfig::ABOUT, PayloadConfig::KEYS),
    ("net", NetConfig::ABOUT, NetConfig::KEYS),
    ("platforms", &[" Where the APIs of the platforms are, and the credentials for them."], platforms::KEYS),
    ("recheck", RecheckConfig::ABOUT, RecheckConfig::KEYS),
    ("proof_service", ProofServiceConfig::ABOUT, ProofServiceConfig::KEYS),
    ("webhooks", WebhooksConfig::ABOUT, WebhooksConfig::KEYS),
    ("mirror", MirrorConfig::ABOUT, MirrorConfig::KEYS),
    ("events", EventsConfig::ABOUT, EventsConfig::KEYS),
    ("limits", LimitsConfig::ABOUT, LimitsConfig::KEYS),
    ("log", LogConfig::ABOUT, LogConfig::KEYS),
];

/// How alike a key must be to be named as the one that was meant; 1 is equal.
const ALIKE: f64 = 0.6;

/// Every key.
pub(super) fn all() -> impl Iterator<Item = &'static KeySpec> {
    SECTIONS.iter().flat_map(|(_, _, keys)| keys.iter())
}

/// Every key as text, `<key>_file` included.
fn names() -> impl Iterator<Item = String> {
    all().flat_map(|spec| {
        let file = spec.kind.is_secret().then(|| format!("{}_file", spec.key()));
        std::iter::once(spec.key()).chain(file)
    })
}

/// Whether `key` is a key, or the `_file` of one.
pub(super) fn is_known(key: &str) -> bool {
    names().any(|name| name == key)
}

/// Whether `key` is a table of keys: `server`, `platforms`, `platforms.solana`.
pub(super) fn is_section(key: &str) -> bool {
    SECTIONS.iter().any(|(name, _, _)| *name == key)
        || key.strip_prefix("platforms.").is_some_and(|name| platforms::Platforms::NAMES.contains(&name))
}

/// The key, or the section, that is most like this unknown one.
pub(super) fn nearest(key: &str) -> Option<String> {
    let sections = SECTIONS.iter().map(|(name, _, _)| (*name).to_owned());
    let platforms = platforms::Platforms::NAMES.iter().map(|name| format!("platforms.{name}"));
    names()
        .chain(sections)
        .chain(platforms)
        .map(|name| (strsim::normalized_damerau_levenshtein(key, &name), name))
        .max_by(|(left, _), (right, _)| left.total_cmp(right))
        .filter(|(likeness, _)| *likeness >= ALIKE)
        .map(|(_, name)| name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_is_known_once() {
        let mut all: Vec<String> = names().collect();
        let count = all.len();
        all.sort();
        all.dedup();
        assert_eq!(all.len(), count);
        assert!(all.iter().all(|key| is_known(key)));
    }

    #[test]
    fn the_nearest_key_is_the_one_that_was_meant() {
        assert_eq!(nearest("server.listn").as_deref(), Some("server.listen"));
        assert_eq!(nearest("databse.url").as_deref(), Some("database.url"));
        assert_eq!(
            nearest("platforms.twiter.bearer_token").as_deref(),
            Some("platforms.twitter.bearer_token")
        );
        assert_eq!(nearest("platforms.twiter").as_deref(), Some("platforms.twitter"));
        assert_eq!(nearest("webhook.admin_token_file").as_deref(), Some("webhooks.admin_token_file"));
        assert_eq!(nearest("zzz"), None);
    }
}
