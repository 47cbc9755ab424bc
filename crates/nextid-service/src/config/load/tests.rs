use std::io::Write as _;

use super::super::LogFormat;
use super::*;

struct Given {
    env: Vec<(String, String)>,
    file: Option<tempfile::NamedTempFile>,
}

fn env(pairs: &[(&str, &str)]) -> Given {
    let env = pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    Given { env, file: None }
}

fn file(text: &str) -> Given {
    env(&[]).and_file(text)
}

impl Given {
    fn and_file(mut self, text: &str) -> Self {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(text.as_bytes()).unwrap();
        self.file = Some(file);
        self
    }

    fn load_as(&self, service: Service) -> Result<Config, ConfigError> {
        Config::load(
            service,
            self.file.as_ref().map(tempfile::NamedTempFile::path),
            self.env.clone().into_iter(),
        )
    }

    fn load(&self) -> Result<Config, ConfigError> {
        self.load_as(Service::Proof)
    }

    /// The error, which must be one line.
    fn error(&self) -> String {
        let text = self.load().unwrap_err().to_string();
        assert_eq!(text.lines().count(), 1, "{text}");
        text
    }
}

#[test]
fn defaults_are_those_of_the_design() {
    let given = env(&[("HOME", "/home/user")]);
    let (proof, kv) = (given.load_as(Service::Proof).unwrap(), given.load_as(Service::Kv).unwrap());
    assert_eq!(proof.server.listen.to_string(), "127.0.0.1:9800");
    assert_eq!(proof.server.admin_listen.to_string(), "127.0.0.1:9890");
    assert_eq!(kv.server.listen.to_string(), "127.0.0.1:9801");
    assert_eq!(kv.server.admin_listen.to_string(), "127.0.0.1:9891");
    assert_eq!(proof.database.url.expose(), "sqlite:///home/user/.local/share/nextid/proof-service.db");
    assert_eq!(kv.database.url.expose(), "sqlite:///home/user/.local/share/nextid/kv-service.db");
    assert_eq!((proof.database.pool_size, proof.database.migrate), (8, true));
    assert!(proof.database.read_url.is_none() && proof.webhooks.admin_token.is_none());
    assert_eq!((proof.payload.max_age_secs, proof.payload.max_skew_secs), (259_200, 300));
    assert_eq!((proof.net.timeout_ms, proof.net.max_bytes), (10_000, 1_048_576));
    assert!(proof.net.allow_hosts.is_empty());
    assert_eq!(kv.proof_service.grace_secs, 3600);
    let limits = &proof.limits;
    assert_eq!((limits.body_bytes, limits.patch_bytes, limits.nesting), (262_144, 65_536, 64));
    assert_eq!((limits.namespace_bytes, limits.avatar_bytes), (1_048_576, 4_194_304));
    assert_eq!((limits.namespaces, limits.bindings, limits.identity_bytes), (1000, 1000, 1024));
    assert_eq!(proof.platforms.get("github").base_url.as_ref().unwrap().as_str(), "https://api.github.com");
    assert!(proof.platforms.get("keybase").base_url.is_none());
    assert_eq!(proof.platforms.get("dns").resolver.as_deref(), Some("system"));
    assert_eq!(proof.platforms.get("activitypub").scheme.as_deref(), Some("https"));
    assert_eq!(proof.log.format, LogFormat::Text);
}

#[test]
fn the_data_directory_follows_the_environment() {
    let url = |pairs: &[(&str, &str)]| env(pairs).load().unwrap().database.url.expose().to_owned();
    assert_eq!(url(&[]), "sqlite:///var/lib/nextid/proof-service.db");
    assert_eq!(url(&[("HOME", "/h"), ("XDG_DATA_HOME", "/x")]), "sqlite:///x/nextid/proof-service.db");
    assert_eq!(
        url(&[("HOME", "/h"), ("XDG_DATA_HOME", "relative")]),
        "sqlite:///h/.local/share/nextid/proof-service.db"
    );
}

#[test]
fn each_place_covers_the_one_below() {
    let text = "[database]\nurl = \"sqlite://file.db\"\npool_size = 3\n[server]\nlisten = \"0.0.0.0:1000\"\n";
    let config = file(text).load().unwrap();
    assert_eq!((config.database.url.expose(), config.database.pool_size), ("sqlite://file.db", 3));
    assert_eq!(config.server.listen.to_string(), "0.0.0.0:1000");

    let config =
        env(&[("DATABASE_URL", "postgres://u@h/d"), ("PORT", "2000")]).and_file(text).load().unwrap();
    assert_eq!(config.database.url.expose(), "postgres://u@h/d");
    assert_eq!(config.server.listen.to_string(), "0.0.0.0:2000");

    let config = env(&[
        ("DATABASE_URL", "postgres://u@h/d"),
        ("PORT", "2000"),
        ("NEXTID__DATABASE__URL", "sqlite://env.db"),
        ("NEXTID__SERVER__LISTEN", "[::1]:3000"),
    ])
    .and_file(text)
    .load()
    .unwrap();
    assert_eq!(config.database.url.expose(), "sqlite://env.db");
    assert_eq!(config.server.listen.to_string(), "[::1]:3000");
    assert_eq!(config.database.pool_size, 3);
}

#[test]
fn the_port_of_an_ipv6_address_can_be_replaced() {
    let config = env(&[("PORT", "0")]).and_file("[server]\nlisten = \"[::]:1\"").load().unwrap();
    assert_eq!(config.server.listen.to_string(), "[::]:0");
}

#[test]
fn the_environment_spells_lists_numbers_and_switches() {
    let config = env(&[
        ("NEXTID__NET__ALLOW_HOSTS", "localhost, 127.0.0.1"),
        ("NEXTID__NET__TIMEOUT_MS", "250"),
        ("NEXTID__DATABASE__MIGRATE", "false"),
        ("NEXTID__PLATFORMS__TELEGRAM__CHANNEL", "0123"),
        ("NEXTID__PLATFORMS__GITHUB__BASE_URL", "http://127.0.0.1:8080/"),
        ("NEXTID__WEBHOOKS__ADMIN_TOKEN", "00123"),
    ])
    .load()
    .unwrap();
    assert_eq!(config.net.allow_hosts, ["localhost", "127.0.0.1"]);
    assert_eq!(config.net.timeout_ms, 250);
    assert!(!config.database.migrate);
    assert_eq!(config.platforms.get("telegram").channel.as_deref(), Some("0123"));
    assert_eq!(config.platforms.get("github").base_url.as_ref().unwrap().as_str(), "http://127.0.0.1:8080");
    assert_eq!(config.webhooks.admin_token.unwrap().expose(), "00123");
}

#[test]
fn an_empty_variable_is_not_set() {
    let config = env(&[
        ("NEXTID__DATABASE__URL", ""),
        ("DATABASE_URL", ""),
        ("PORT", ""),
        ("NEXTID__PLATFORMS__SLACK__TOKEN", " "),
    ])
    .load()
    .unwrap();
    assert_eq!(config.server.listen.port(), 9800);
    assert!(config.platforms.get("slack").token.is_none());
}

#[test]
fn unknown_keys_name_the_nearest_known_one() {
    let error = file("[server]\nlistn = \"127.0.0.1:1\"").error();
    assert!(error.contains("server.listn") && error.contains("did you mean server.listen?"), "{error}");
    let error = env(&[("NEXTID__SERVER__LISTN", "127.0.0.1:1")]).error();
    assert!(error.contains("NEXTID__SERVER__LISTN: no such key"), "{error}");
    assert!(error.contains("did you mean NEXTID__SERVER__LISTEN?"), "{error}");
    let error = file("[platforms.gitub]\ntoken = \"hunter2\"").error();
    assert!(error.contains("did you mean platforms.github?") && !error.contains("hunter2"), "{error}");
    let error = file("[platforms.solana]\nrpc_url = \"http://h\"").error();
    assert!(error.contains("platforms.solana.rpc_url: no such key"), "{error}");
    let error = file("quux = 1").error();
    assert!(error.starts_with("quux: no such key") && !error.contains("did you mean"), "{error}");
}

#[test]
fn wrong_values_name_their_key_and_place() {
    for (given, parts) in [
        (
            file("[database]\npool_size = \"8\""),
            ["database.pool_size", "a whole number from 1 to 256", "\"8\""],
        ),
        (
            file("[database]\npool_size = 0"),
            ["database.pool_size", "a whole number from 1 to 256", "found 0"],
        ),
        (file("[server]\nlisten = 9800"), ["server.listen", "expected text", "found 9800"]),
        (file("server = 9800"), ["server: ", "expected a table", "found a value"]),
        (env(&[("PORT", "99999")]), ["server.listen", "a port from 0 to 65535", "the variable PORT"]),
        (
            env(&[("NEXTID__PAYLOAD__MAX_AGE_SECS", "-1")]),
            ["payload.max_age_secs", "\"-1\"", "NEXTID__PAYLOAD__MAX_AGE_SECS"],
        ),
        (
            env(&[("NEXTID__PROOF_SERVICE__URL", "localhost")]),
            ["proof_service.url", "https://host", "\"localhost\""],
        ),
        (env(&[("NEXTID__LOG__FORMAT", "xml")]), ["log.format", "one of text, json", "\"xml\""]),
        (env(&[("DATABASE_URL", "mysql://u:hunter2@h/d")]), ["database.url", "postgres://", "DATABASE_URL"]),
    ] {
        let error = given.error();
        for part in parts {
            assert!(error.contains(part), "{part:?} is not in {error:?}");
        }
        assert!(!error.contains("hunter2"));
    }
}

#[test]
fn a_file_that_is_not_toml_is_named_without_its_content() {
    let error = file("[webhooks]\nadmin_token = \"hunter2").error();
    assert!(error.contains("is not TOML") && error.contains("line 2"), "{error}");
    assert!(!error.contains("hunter2"), "{error}");
}

#[test]
fn a_named_file_must_exist() {
    let error =
        Config::load(Service::Kv, Some(Path::new("/nonexistent/kv.toml")), std::iter::empty()).unwrap_err();
    assert!(matches!(error, ConfigError::Unreadable { .. }), "{error}");
    assert!(error.to_string().contains("/nonexistent/kv.toml"));
}

#[test]
fn secrets_can_come_from_files() {
    let mut secret = tempfile::NamedTempFile::new().unwrap();
    secret.write_all(b"hunter2\n").unwrap();
    let path = secret.path().to_str().unwrap();
    let config = env(&[("NEXTID__WEBHOOKS__ADMIN_TOKEN_FILE", path)]).load().unwrap();
    assert_eq!(config.webhooks.admin_token.unwrap().expose(), "hunter2");
    let config = file(&format!("[platforms.github]\ntoken_file = \"{path}\"")).load().unwrap();
    assert_eq!(config.platforms.get("github").token.as_ref().unwrap().expose(), "hunter2");

    let both = file(&format!("[platforms.github]\ntoken = \"t\"\ntoken_file = \"{path}\""));
    assert!(both.error().contains("either platforms.github.token or platforms.github.token_file"));
    let over = env(&[("NEXTID__PLATFORMS__GITHUB__TOKEN_FILE", path)])
        .and_file("[platforms.github]\ntoken = \"t\"")
        .load()
        .unwrap();
    assert_eq!(over.platforms.get("github").token.as_ref().unwrap().expose(), "hunter2");
}

#[test]
fn a_secret_file_that_cannot_be_used_is_named() {
    let missing = env(&[("NEXTID__DATABASE__URL_FILE", "/nonexistent/url")]).error();
    assert!(missing.contains("database.url_file: /nonexistent/url"), "{missing}");
    let empty = tempfile::NamedTempFile::new().unwrap();
    let error = env(&[("NEXTID__DATABASE__URL_FILE", empty.path().to_str().unwrap())]).error();
    assert!(error.contains("it is empty"), "{error}");
    assert!(env(&[("NEXTID__SERVER__LISTEN_FILE", "/x")]).error().contains("no such key"));
}

#[test]
fn contradictions_are_refused() {
    let error = env(&[("NEXTID__SERVER__ADMIN_LISTEN", "127.0.0.1:9800")]).error();
    assert!(error.starts_with("server.admin_listen: must differ"), "{error}");
    let both_free = env(&[("NEXTID__SERVER__ADMIN_LISTEN", "127.0.0.1:0"), ("PORT", "0")]);
    assert!(both_free.load().is_ok());
    let error = env(&[("NEXTID__DATABASE__READ_URL", "postgres://u@h/d")]).error();
    assert!(error.starts_with("database.read_url: must be of the same kind"), "{error}");
    let error = env(&[("NEXTID__LIMITS__PATCH_BYTES", "300000")]).error();
    assert!(error.starts_with("limits.patch_bytes"), "{error}");
    let error = env(&[("NEXTID__LIMITS__NAMESPACE_BYTES", "9000000")]).error();
    assert!(error.starts_with("limits.namespace_bytes"), "{error}");
}

#[test]
fn other_variables_are_left_alone() {
    assert!(env(&[("NEXTID_REVISION", "x"), ("NEXTIDX__A", "1"), ("PATH", "/bin")]).load().is_ok());
}
