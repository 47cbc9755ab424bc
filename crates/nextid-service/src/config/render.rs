//! Prints the configuration in force, as TOML, without its secrets.

use std::fmt::Write as _;

use serde_json::Value;

use super::{Config, table};

impl Config {
    /// The configuration in force as TOML. Secrets, and passwords inside URLs, are masked.
    pub fn render_toml(&self) -> String {
        let values = serde_json::to_value(self).unwrap_or_default();
        let mut out = String::new();
        let mut section = "";
        for spec in table::all() {
            let pointer = format!("/{}/{}", spec.section.replace('.', "/"), spec.name);
            let Some(text) = values.pointer(&pointer).and_then(toml_value) else {
                continue;
            };
            if section != spec.section {
                let gap = if section.is_empty() { "" } else { "\n" };
                let _ = writeln!(out, "{gap}[{}]", spec.section);
                section = spec.section;
            }
            let _ = writeln!(out, "{} = {text}", spec.name);
        }
        out
    }
}

/// A JSON value as TOML. What JSON escapes, TOML's basic strings escape alike, but for DEL.
pub(super) fn toml_value(value: &Value) -> Option<String> {
    match value {
        Value::Null | Value::Object(_) => None,
        Value::Array(items) => {
            Some(format!("[{}]", items.iter().filter_map(toml_value).collect::<Vec<_>>().join(", ")))
        }
        Value::String(_) => Some(value.to_string().replace('\u{7f}', "\\u007f")),
        Value::Bool(_) | Value::Number(_) => Some(value.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::super::{Secret, Service};
    use super::*;

    #[test]
    fn what_is_rendered_loads_again() {
        let dir = tempfile::tempdir().unwrap();
        let mut config = Config::built_in(Service::Kv, Path::new("/srv/\"odd\" \\ dir")).unwrap();
        config.net.allow_hosts = vec!["localhost".into(), "::1".into()];
        let path = dir.path().join("kv.toml");
        std::fs::write(&path, config.render_toml()).unwrap();
        let again = Config::load(Service::Proof, Some(&path), std::iter::empty()).unwrap();
        assert_eq!(again, config);
    }

    #[test]
    fn text_is_escaped_as_toml_demands() {
        let text = toml_value(&Value::String("a\"\\\n\u{1}\u{7f}é".into())).unwrap();
        assert_eq!(text, r#""a\"\\\n\u0001\u007fé""#);
        assert_eq!(toml_value(&serde_json::json!(["a", 1, true])).unwrap(), "[\"a\", 1, true]");
    }

    #[test]
    fn no_secret_is_rendered() {
        let mut config = Config::built_in(Service::Proof, Path::new("/data")).unwrap();
        config.platforms.get_mut("discord").bot_token = Some(Secret::new("hunter2"));
        config.webhooks.admin_token = Some(Secret::new("hunter2"));
        config.database.url = super::super::DatabaseUrl::parse("postgres://u:hunter2@h/d").unwrap();
        config.platforms.get_mut("ens").rpc_url =
            Some(super::super::SecretUrl::parse("https://node.example/hunter2").unwrap());
        let text = config.render_toml();
        assert!(!text.contains("hunter2"), "{text}");
        for line in [
            "bot_token = \"********\"",
            "admin_token = \"********\"",
            "url = \"postgres://u:********@h/d\"",
            "rpc_url = \"https://node.example/********\"",
            "listen = \"127.0.0.1:9800\"",
        ] {
            assert!(text.contains(line), "{line} is not in\n{text}");
        }
        assert!(!format!("{config:?}").contains("hunter2"));
    }
}
