//! Puts the layers on top of each other.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use super::check;
use super::error::{ConfigError, Origin};
use super::layers::{self, Layer, Variables};
use super::service::Service;
use super::{Config, table};

/// The environment of this process. A variable that is not UTF-8 cannot be one of ours and is left out.
pub fn process_environment() -> impl Iterator<Item = (String, String)> {
    std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
}

impl Config {
    /// Loads the configuration of a service. `path` is the file that the operator names; without one,
    /// `/etc/nextid/<service>.toml` is read if it exists.
    ///
    /// # Errors
    /// The first thing that is wrong, naming the key and where it stands.
    pub fn load(
        service: Service,
        path: Option<&Path>,
        env: impl Iterator<Item = (String, String)>,
    ) -> Result<Self, ConfigError> {
        let usual = PathBuf::from(format!("/etc/nextid/{service}.toml"));
        let path = path.or_else(|| usual.exists().then_some(usual.as_path()));
        let env: Variables = env.collect();

        let mut merged = layers::defaults(service, &layers::data_dir(&env));
        if let Some(path) = path {
            overlay(&mut merged, layers::file(path)?)?;
        }
        let listen = listen_so_far(&merged);
        overlay(&mut merged, layers::conventions(&env, &listen)?)?;
        overlay(&mut merged, layers::environment(&env)?)?;
        build(merged)
    }

    /// The defaults alone, with SQLite in `data_dir`: nothing of the machine is read.
    ///
    /// # Errors
    /// When `data_dir` cannot be part of a URL.
    pub fn built_in(service: Service, data_dir: &Path) -> Result<Self, ConfigError> {
        build(layers::defaults(service, data_dir))
    }
}

/// Puts the values of `upper` in place of those of `merged`; what is empty there is passed over.
fn overlay(merged: &mut Layer, upper: Layer) -> Result<(), ConfigError> {
    for (key, (raw, origin)) in upper {
        if checked(&key, &raw, &origin)?.is_some() {
            merged.insert(key, (raw, origin));
        }
    }
    Ok(())
}

fn checked(key: &str, raw: &check::Raw, origin: &Origin) -> Result<Option<config::Value>, ConfigError> {
    let Some(spec) = table::all().find(|spec| spec.key() == key) else {
        let nearest = table::nearest(key);
        return Err(ConfigError::UnknownKey { key: key.to_owned(), origin: origin.clone(), nearest });
    };
    check::check(spec.kind, raw).map_err(|misfit| ConfigError::BadValue {
        key: key.to_owned(),
        expected: misfit.expected,
        found: misfit.found,
        origin: origin.clone(),
    })
}

fn listen_so_far(merged: &Layer) -> String {
    match merged.get("server.listen") {
        Some((check::Raw::Text(text), _)) => text.clone(),
        Some((check::Raw::Typed(value), _)) => value.clone().into_string().unwrap_or_default(),
        None => String::new(),
    }
}

fn build(merged: Layer) -> Result<Config, ConfigError> {
    let unusable = |error: config::ConfigError| ConfigError::Unusable(error.to_string());
    let mut builder = config::Config::builder();
    for section in ["platforms", "webhooks"] {
        let empty = config::Map::<String, config::Value>::new();
        builder = builder.set_default(section, empty).map_err(unusable)?;
    }
    for (key, (raw, origin)) in merged {
        if let Some(value) = checked(&key, &raw, &origin)? {
            builder = builder.set_override(key, value).map_err(unusable)?;
        }
    }
    let config: Config = builder.build().and_then(config::Config::try_deserialize).map_err(unusable)?;
    contradictions(&config)?;
    Ok(config)
}

fn contradictions(config: &Config) -> Result<(), ConfigError> {
    let same = |left: SocketAddr, right: SocketAddr| left.port() != 0 && left == right;
    if same(config.server.listen, config.server.admin_listen) {
        return Err(ConfigError::Contradiction {
            key: "server.admin_listen",
            why: "must differ from server.listen",
        });
    }
    if let Some(read_url) = &config.database.read_url
        && read_url.is_postgres() != config.database.url.is_postgres()
    {
        return Err(ConfigError::Contradiction {
            key: "database.read_url",
            why: "must be of the same kind as database.url",
        });
    }
    if config.mirror.adopt && config.mirror.of.is_some() {
        return Err(ConfigError::Contradiction {
            key: "mirror.adopt",
            why: "must be off while mirror.of is set",
        });
    }
    if config.limits.patch_bytes > config.limits.body_bytes {
        return Err(ConfigError::Contradiction {
            key: "limits.patch_bytes",
            why: "must not exceed limits.body_bytes",
        });
    }
    if config.limits.namespace_bytes > config.limits.avatar_bytes {
        return Err(ConfigError::Contradiction {
            key: "limits.namespace_bytes",
            why: "must not exceed limits.avatar_bytes",
        });
    }
    Ok(())
}

#[cfg(test)]
mod tests;
