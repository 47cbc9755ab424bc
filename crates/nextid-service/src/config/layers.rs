//! The places that values come from, each as a flat map of keys.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use config::{FileFormat, Map, Source as _, Value, ValueKind};

use super::check::Raw;
use super::error::{ConfigError, Origin};
use super::keys::{DefaultValue, Kind};
use super::service::Service;
use super::table;

/// What prefixes the variables that set a key.
const PREFIX: &str = "NEXTID__";

/// Values of one place, with where exactly each stands.
pub(super) type Layer = BTreeMap<String, (Raw, Origin)>;

/// The environment, as the loader sees it.
pub(super) type Variables = BTreeMap<String, String>;

/// What is built in.
pub(super) fn defaults(service: Service, data_dir: &Path) -> Layer {
    let text = |spec: &super::keys::KeySpec| match spec.default {
        DefaultValue::DataDirectory => {
            Some(format!("sqlite://{}", data_dir.join(format!("{service}.db")).display()))
        }
        _ => spec.fixed_default(service).map(str::to_owned),
    };
    table::all().filter_map(|spec| Some((spec.key(), (Raw::Text(text(spec)?), Origin::Default)))).collect()
}

/// `$XDG_DATA_HOME/nextid`, or `~/.local/share/nextid`, or `/var/lib/nextid` where there is no home.
pub(super) fn data_dir(env: &Variables) -> PathBuf {
    let given = |name: &str| env.get(name).filter(|path| Path::new(path).is_absolute());
    match (given("XDG_DATA_HOME"), given("HOME")) {
        (Some(data), _) => Path::new(data).join("nextid"),
        (None, Some(home)) => Path::new(home).join(".local/share/nextid"),
        (None, None) => PathBuf::from("/var/lib/nextid"),
    }
}

/// A TOML file.
pub(super) fn file(path: &Path) -> Result<Layer, ConfigError> {
    let text = std::fs::read_to_string(path)
        .map_err(|source| ConfigError::Unreadable { path: path.to_owned(), source })?;
    let table = config::File::from_str(&text, FileFormat::Toml).collect().map_err(|error| {
        ConfigError::Syntax { path: path.to_owned(), why: in_one_line(&error.to_string()) }
    })?;
    let origin = Origin::File(path.to_owned());
    let mut layer = Layer::new();
    flatten("", table, &origin, &mut layer)?;
    with_secret_files(layer)
}

/// The parser quotes the line that is wrong, which may hold a secret: only its first and last lines are kept.
fn in_one_line(message: &str) -> String {
    let mut lines = message.lines().map(str::trim).filter(|line| !line.is_empty());
    let first = lines.next().unwrap_or_default();
    lines.next_back().map_or_else(|| first.to_owned(), |last| format!("{first}: {last}"))
}

fn flatten(
    prefix: &str,
    table: Map<String, Value>,
    origin: &Origin,
    layer: &mut Layer,
) -> Result<(), ConfigError> {
    for (name, value) in table {
        let key = if prefix.is_empty() { name } else { format!("{prefix}.{name}") };
        match value.kind {
            ValueKind::Table(inner) if table::is_section(&key) => flatten(&key, inner, origin, layer)?,
            _ if table::is_section(&key) => {
                return Err(ConfigError::BadValue {
                    key,
                    expected: "a table".to_owned(),
                    found: "a value".to_owned(),
                    origin: origin.clone(),
                });
            }
            _ if table::is_known(&key) => {
                layer.insert(key, (Raw::Typed(value), origin.clone()));
            }
            _ => {
                let nearest = table::nearest(&key);
                return Err(ConfigError::UnknownKey { key, origin: origin.clone(), nearest });
            }
        }
    }
    Ok(())
}

/// `DATABASE_URL` and `PORT`. `PORT` changes the port of the address that is in force so far.
pub(super) fn conventions(env: &Variables, listen: &str) -> Result<Layer, ConfigError> {
    let mut layer = Layer::new();
    if let Some(url) = env.get("DATABASE_URL") {
        let origin = Origin::Variable("DATABASE_URL".to_owned());
        layer.insert("database.url".to_owned(), (Raw::Text(url.clone()), origin));
    }
    if let Some(port) = env.get("PORT").map(|port| port.trim()).filter(|port| !port.is_empty()) {
        let origin = Origin::Variable("PORT".to_owned());
        let number: u16 = port.parse().map_err(|_| ConfigError::BadValue {
            key: "server.listen".to_owned(),
            expected: "a port from 0 to 65535".to_owned(),
            found: format!("{port:?}"),
            origin: origin.clone(),
        })?;
        let host = listen.rsplit_once(':').map_or(listen, |(host, _)| host);
        layer.insert("server.listen".to_owned(), (Raw::Text(format!("{host}:{number}")), origin));
    }
    Ok(layer)
}

/// `NEXTID__SECTION__KEY`. An empty variable is as good as none.
pub(super) fn environment(env: &Variables) -> Result<Layer, ConfigError> {
    let mut layer = Layer::new();
    for (name, value) in env {
        let Some(path) = name.strip_prefix(PREFIX) else {
            continue;
        };
        let key = path.to_lowercase().replace("__", ".");
        let origin = Origin::Variable(name.clone());
        if !table::is_known(&key) {
            let nearest = table::nearest(&key).map(|key| variable(&key));
            return Err(ConfigError::UnknownKey { key: name.clone(), origin, nearest });
        }
        if !value.trim().is_empty() {
            layer.insert(key, (Raw::Text(value.clone()), origin));
        }
    }
    with_secret_files(layer)
}

/// The variable that sets a key: `NEXTID__SERVER__LISTEN`.
pub(super) fn variable(key: &str) -> String {
    format!("{PREFIX}{}", key.to_uppercase().replace('.', "__"))
}

/// Replaces every `<key>_file` by the secret that the file holds.
fn with_secret_files(mut layer: Layer) -> Result<Layer, ConfigError> {
    for spec in table::all().filter(|spec| spec.kind.is_secret()) {
        let key = spec.key();
        let Some((raw, origin)) = layer.remove(&format!("{key}_file")) else {
            continue;
        };
        if layer.contains_key(&key) {
            return Err(ConfigError::TwoSources { key, origin });
        }
        let Some(path) = super::check::check(Kind::Text, &raw)
            .map_err(|misfit| ConfigError::BadValue {
                key: format!("{key}_file"),
                expected: "a path".to_owned(),
                found: misfit.found,
                origin,
            })?
            .and_then(|value| value.into_string().ok())
            .map(PathBuf::from)
        else {
            continue;
        };
        let unusable = |why: String| ConfigError::SecretFile { key: key.clone(), path: path.clone(), why };
        let secret = std::fs::read_to_string(&path).map_err(|error| unusable(error.to_string()))?;
        if secret.trim().is_empty() {
            return Err(unusable("it is empty".to_owned()));
        }
        layer.insert(key, (Raw::Text(secret.trim().to_owned()), Origin::SecretFile(path)));
    }
    Ok(layer)
}
