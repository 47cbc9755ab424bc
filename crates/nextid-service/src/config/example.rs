//! The annotated example file of a service, made from the key table so that it cannot go stale.

use std::fmt::Write as _;

use serde_json::Value;

use super::keys::{DefaultValue, KeySpec, Kind};
use super::render::toml_value;
use super::service::Service;
use super::table;

/// An annotated example: every key of the sections that the service reads, commented out, at its default.
/// `<service> config --example` prints it.
pub fn example_toml(service: Service) -> String {
    let mut out = format!(
        "# Configuration of {service}. Every key is shown with its default; uncomment what you change.\n\
         #\n\
         # Read from --config PATH, else from /etc/nextid/{service}.toml. The environment comes on top:\n\
         # DATABASE_URL and PORT, then NEXTID__SECTION__KEY (NEXTID__SERVER__LISTEN, NEXTID__NET__ALLOW_HOSTS;\n\
         # lists are separated by commas, an empty variable counts as not set). Keys marked \"Secret\" may be given as\n\
         # <key>_file, the path of a file that holds the value. `{service} config` prints what is in force.\n"
    );
    let mut section = String::new();
    for (name, about, keys) in table::SECTIONS {
        if !reads(service, name) {
            continue;
        }
        let _ = write!(out, "\n{}", comment(about));
        for spec in *keys {
            if section != spec.section {
                if section.starts_with("platforms.") && spec.section.starts_with("platforms.") {
                    out.push('\n');
                }
                let _ = writeln!(out, "[{}]", spec.section);
                spec.section.clone_into(&mut section);
            }
            out.push_str(&entry(service, spec));
        }
    }
    out
}

/// Both send webhooks through the guarded client (`net`); only proof-service talks to platforms and looks
/// at proofs again, only kv-service talks to proof-service.
fn reads(service: Service, section: &str) -> bool {
    match section {
        "platforms" | "recheck" => service == Service::Proof,
        "proof_service" => service == Service::Kv,
        _ => true,
    }
}

fn comment(lines: &[&str]) -> String {
    lines.iter().map(|line| format!("#{line}\n")).collect()
}

fn entry(service: Service, spec: &KeySpec) -> String {
    let mut docs = comment(spec.docs);
    if spec.kind.is_secret() {
        docs.truncate(docs.trim_end().len());
        docs.push_str(" Secret.\n");
    }
    format!("{docs}# {} = {}\n", spec.name, example_value(service, spec))
}

fn example_value(service: Service, spec: &KeySpec) -> String {
    let text = match (spec.default, spec.kind) {
        (DefaultValue::DataDirectory, _) => format!("sqlite:///home/user/.local/share/nextid/{service}.db"),
        (DefaultValue::Absent, Kind::DatabaseUrl) => "postgres://user:password@replica/name".to_owned(),
        (DefaultValue::Absent, Kind::Url | Kind::SecretUrl) => "https://host.example".to_owned(),
        (DefaultValue::Absent, _) => "…".to_owned(),
        _ => spec.fixed_default(service).unwrap_or_default().to_owned(),
    };
    match spec.kind {
        Kind::Integer { .. } | Kind::Switch => text,
        Kind::Hosts => "[]".to_owned(),
        _ => toml_value(&Value::String(text)).unwrap_or_default(),
    }
}

#[cfg(test)]
mod tests {
    use std::path::{Path, PathBuf};

    use super::super::Config;
    use super::*;

    fn shipped(service: Service) -> PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("../../deploy")
            .join(service.name())
            .join(format!("{service}.example.toml"))
    }

    #[test]
    fn the_shipped_examples_are_what_the_key_table_says() {
        for service in [Service::Proof, Service::Kv] {
            let text = std::fs::read_to_string(shipped(service)).unwrap();
            assert_eq!(text, example_toml(service), "regenerate with `{service} config --example`");
        }
    }

    #[test]
    fn an_example_as_shipped_changes_nothing() {
        for service in [Service::Proof, Service::Kv] {
            let env = || [("HOME".to_owned(), "/home/user".to_owned())].into_iter();
            let with = Config::load(service, Some(&shipped(service)), env()).unwrap();
            assert_eq!(with, Config::built_in(service, Path::new("/home/user/.local/share/nextid")).unwrap());
        }
    }

    #[test]
    fn an_example_with_every_key_uncommented_loads() {
        for service in [Service::Proof, Service::Kv] {
            let all: String = example_toml(service)
                .lines()
                .map(|line| match line.strip_prefix("# ") {
                    Some(entry) if entry.split_once(" = ").is_some_and(|(key, _)| !key.contains(' ')) => {
                        format!("{entry}\n")
                    }
                    _ => format!("{line}\n"),
                })
                .collect();
            let dir = tempfile::tempdir().unwrap();
            let path = dir.path().join("all.toml");
            // A replica of another kind than the database would be refused.
            let all = all.replace("postgres://user:password@replica/name", "sqlite://replica.db");
            std::fs::write(&path, &all).unwrap();
            let config = Config::load(service, Some(&path), std::iter::empty()).unwrap();
            assert!(config.webhooks.admin_token.is_some() && config.database.read_url.is_some(), "{all}");
        }
    }
}
