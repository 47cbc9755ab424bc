//! Which build this is: `/healthz`, `--version`, the OpenAPI document and a metric tell it.

/// What is known of a build, and of where it runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BuildInfo {
    /// The version of the workspace, such as `0.1.0`.
    pub version: &'static str,
    /// The source revision, from `NEXTID_REVISION` at compile time; `UNKNOWN` without.
    pub revision: &'static str,
    /// When it was built, in unix seconds as text, from `NEXTID_BUILT_AT` at compile time; `0` without.
    pub built_at: &'static str,
    /// What the operator calls this installation, from `NEXTID_ENVIRONMENT` at run time; `unknown` without.
    pub environment: String,
}

impl BuildInfo {
    /// The build that is running, with the environment's name from the process.
    pub fn current() -> Self {
        Self::in_environment(std::env::var("NEXTID_ENVIRONMENT").ok())
    }

    /// The build that is running, in an environment of this name.
    pub fn in_environment(name: Option<String>) -> Self {
        Self {
            version: env!("CARGO_PKG_VERSION"),
            revision: or(option_env!("NEXTID_REVISION"), "UNKNOWN"),
            built_at: or(option_env!("NEXTID_BUILT_AT"), "0"),
            environment: name.filter(|name| !name.is_empty()).unwrap_or_else(|| "unknown".to_owned()),
        }
    }

    /// `0.1.0 (revision)`, or the version alone where the revision is not known.
    pub fn version_line(&self) -> String {
        if self.revision == "UNKNOWN" {
            self.version.to_owned()
        } else {
            format!("{} ({})", self.version, self.revision)
        }
    }
}

/// A build argument that is given but empty (`--build-arg NEXTID_REVISION=`) counts as absent.
fn or(given: Option<&'static str>, default: &'static str) -> &'static str {
    given.filter(|text| !text.is_empty()).unwrap_or(default)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn empty_values_fall_back() {
        assert_eq!(or(Some(""), "0"), "0");
        assert_eq!(or(Some("1700000000"), "0"), "1700000000");
        assert_eq!(BuildInfo::in_environment(Some(String::new())).environment, "unknown");
        assert_eq!(BuildInfo::in_environment(Some("staging".into())).environment, "staging");
    }

    #[test]
    fn the_version_line_names_a_known_revision() {
        let mut info = BuildInfo::in_environment(None);
        info.revision = "abc123";
        assert_eq!(info.version_line(), format!("{} (abc123)", info.version));
        info.revision = "UNKNOWN";
        assert_eq!(info.version_line(), info.version);
    }
}
