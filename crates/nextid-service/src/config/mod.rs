//! Configuration of both services.
//!
//! Built-in defaults < TOML file < `DATABASE_URL`, `PORT` < `NEXTID__SECTION__KEY`. Every value is checked when it is
//! loaded; an unknown key is an error, in the file and in the environment. A secret, and `database.url`, may be given
//! as `<key>_file`, a path whose trimmed content is the value. An empty value counts as not given. Both services accept
//! every section.
//!
//! ```
//! use nextid_service::config::{Config, Service};
//!
//! let env = [("NEXTID__SERVER__LISTEN".to_owned(), "0.0.0.0:8080".to_owned())];
//! let config = Config::load(Service::Proof, None, env.into_iter())?;
//! assert_eq!(config.server.listen.port(), 8080);
//! # Ok::<(), nextid_service::config::ConfigError>(())
//! ```

mod check;
mod error;
mod example;
mod http_url;
mod keys;
mod layers;
mod load;
mod platforms;
mod render;
mod secret;
mod sections;
mod service;
mod table;

use serde::{Deserialize, Serialize};

pub use error::{ConfigError, Origin};
pub use example::example_toml;
pub use http_url::HttpUrl;
pub use load::process_environment;
pub use platforms::{PlatformConfig, Platforms};
pub use secret::{DatabaseUrl, MASK, Secret, SecretUrl};
pub use sections::{
    DatabaseConfig, EventsConfig, LimitsConfig, LogConfig, LogFormat, MirrorConfig, NetConfig, PayloadConfig,
    ProofServiceConfig, RecheckConfig, ServerConfig, WebhooksConfig,
};
pub use service::Service;

/// The whole configuration.
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize)]
pub struct Config {
    /// Listeners and their limits.
    pub server: ServerConfig,
    /// Where the data is.
    pub database: DatabaseConfig,
    /// How old a signed payload may be.
    pub payload: PayloadConfig,
    /// The guarded client.
    pub net: NetConfig,
    /// Platforms by name.
    pub platforms: Platforms,
    /// How proofs are looked at again.
    pub recheck: RecheckConfig,
    /// Where kv-service finds proof-service.
    pub proof_service: ProofServiceConfig,
    /// Webhooks to applications.
    pub webhooks: WebhooksConfig,
    /// Being a copy of another service.
    pub mirror: MirrorConfig,
    /// Streams of events.
    pub events: EventsConfig,
    /// How much one request or one Avatar may take.
    pub limits: LimitsConfig,
    /// What is logged.
    pub log: LogConfig,
}
