//! Both services in this process, on SQLite.

use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};

use nextid_service::boot::StartError;
use nextid_service::config::{Config, HttpUrl, Service};
use nextid_service::logging;
use nextid_service::server::ServerError;
use nextid_service::shutdown::Shutdown;

use crate::error::CliError;
use crate::keys::Environment;

/// How the services are run.
#[derive(Debug)]
pub struct StackSettings {
    /// Where the databases are.
    pub data_dir: PathBuf,
    /// Where proof-service listens, if not at its default.
    pub proof_listen: Option<SocketAddr>,
    /// Where kv-service listens, if not at its default.
    pub kv_listen: Option<SocketAddr>,
    /// For the demo: where GitHub's API is. The services then are as built in, are silent, and move to free ports where
    /// their own are taken.
    pub github: Option<String>,
}

/// Two services that answer.
#[derive(Debug)]
pub struct Stack {
    proof: proof_service::Service,
    kv: kv_service::Service,
    shutdown: Shutdown,
}

impl Stack {
    /// Starts both. SIGINT and SIGTERM stop them.
    ///
    /// # Errors
    /// [`CliError::Start`], or [`CliError::Write`] where the data directory cannot be made.
    pub async fn start(settings: &StackSettings, env: &Environment) -> Result<Self, CliError> {
        create(&settings.data_dir)?;
        let shutdown = Shutdown::new();
        shutdown.on_signals().map_err(|error| failed("the services", &error))?;

        let mut config = settings.config(Service::Proof, settings.proof_listen, env)?;
        if let Some(github) = &settings.github {
            config.platforms.get_mut("github").base_url = Some(http_url(github)?);
        }
        logging::init(&config.log);
        let proof = proof_service::Service::start(&config, &shutdown);
        let proof = proof.await.map_err(|error| not_started("proof-service", &error))?;

        let mut config = settings.config(Service::Kv, settings.kv_listen, env)?;
        config.proof_service.url = http_url(&url(proof.address()))?;
        let kv = kv_service::Service::start(&config, &shutdown).await;
        let kv = kv.map_err(|error| not_started("kv-service", &error))?;
        Ok(Self { proof, kv, shutdown })
    }

    /// Where proof-service answers.
    pub fn proof_url(&self) -> String {
        url(self.proof.address())
    }

    /// Where kv-service answers.
    pub fn kv_url(&self) -> String {
        url(self.kv.address())
    }

    /// Where proof-service tells its operator how it is.
    pub fn proof_admin_url(&self) -> String {
        url(self.proof.admin_address())
    }

    /// Where kv-service tells its operator how it is.
    pub fn kv_admin_url(&self) -> String {
        url(self.kv.admin_address())
    }

    /// What decides when they stop.
    pub fn shutdown(&self) -> &Shutdown {
        &self.shutdown
    }

    /// Waits until stopping is asked for, and until what was accepted is answered.
    ///
    /// # Errors
    /// [`CliError::Start`] where a service ended by itself.
    pub async fn wait(self) -> Result<(), CliError> {
        let stopped = |shutdown: Shutdown, what, ended: Result<(), ServerError>| {
            // One without the other is of no use.
            shutdown.request();
            ended.map_err(|error| failed(what, &error))
        };
        let (proof, kv) = tokio::join!(
            async { stopped(self.shutdown.clone(), "proof-service", self.proof.wait().await) },
            async { stopped(self.shutdown.clone(), "kv-service", self.kv.wait().await) },
        );
        proof.and(kv)
    }
}

impl StackSettings {
    fn config(
        &self,
        service: Service,
        listen: Option<SocketAddr>,
        env: &Environment,
    ) -> Result<Config, CliError> {
        let what = service.name();
        let built_in = Config::built_in(service, &self.data_dir).map_err(|error| failed(what, &error))?;
        let is_demo = self.github.is_some();
        let mut config = if is_demo {
            let mut config = built_in.clone();
            "warn".clone_into(&mut config.log.filter);
            config
        } else {
            Config::load(service, None, shared_variables(env)).map_err(|error| failed(what, &error))?
        };
        config.database = built_in.database;
        let default = &built_in.server;
        (config.server.listen, config.server.admin_listen) = match listen {
            // Who moves the one, moves beside somebody who has the other.
            Some(address) => (address, any_port(default.admin_listen)),
            None if is_demo => (free_or_any(default.listen), free_or_any(default.admin_listen)),
            None => (default.listen, free_or_any(default.admin_listen)),
        };
        Ok(config)
    }
}

/// What the environment says about the services, but for what each has of its own and `nextid up` decides.
fn shared_variables(env: &Environment) -> impl Iterator<Item = (String, String)> {
    const OWN: [&str; 3] = ["NEXTID__SERVER__LISTEN", "NEXTID__SERVER__ADMIN_LISTEN", "NEXTID__DATABASE__"];
    let shared = env
        .iter()
        .filter(|(name, _)| name.starts_with("NEXTID__") && !OWN.iter().any(|own| name.starts_with(own)))
        .map(|(name, value)| (name.to_owned(), value.to_owned()));
    shared.collect::<Vec<_>>().into_iter()
}

/// `address` if nobody listens there, or any free port beside it.
fn free_or_any(address: SocketAddr) -> SocketAddr {
    match TcpListener::bind(address) {
        Ok(_) => address,
        Err(_) => any_port(address),
    }
}

fn any_port(address: SocketAddr) -> SocketAddr {
    SocketAddr::new(address.ip(), 0)
}

/// A directory that only its owner can look into, if it is not there yet.
fn create(dir: &Path) -> Result<(), CliError> {
    use std::os::unix::fs::DirBuilderExt as _;
    let made = std::fs::DirBuilder::new().recursive(true).mode(0o700).create(dir);
    made.map_err(|source| CliError::Write { path: dir.to_owned(), source })
}

/// A listener on all interfaces is reached on this machine by the loopback one.
fn url(address: SocketAddr) -> String {
    let ip = match address.ip() {
        ip if !ip.is_unspecified() => ip,
        std::net::IpAddr::V4(_) => std::net::Ipv4Addr::LOCALHOST.into(),
        std::net::IpAddr::V6(_) => std::net::Ipv6Addr::LOCALHOST.into(),
    };
    format!("http://{}", SocketAddr::new(ip, address.port()))
}

fn http_url(text: &str) -> Result<HttpUrl, CliError> {
    HttpUrl::parse(text)
        .map_err(|why| CliError::Start { what: "the services", why: format!("{text}: {why}") })
}

fn not_started(what: &'static str, error: &StartError) -> CliError {
    match error {
        StartError::Server(ServerError::AddressTaken { address, .. }) => {
            CliError::AddressTaken { what, address: *address }
        }
        other => failed(what, other),
    }
}

fn failed(what: &'static str, error: &dyn std::fmt::Display) -> CliError {
    CliError::Start { what, why: error.to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_listener_on_all_interfaces_has_an_address_that_can_be_reached() {
        for (address, wanted) in [
            ("127.0.0.1:1", "http://127.0.0.1:1"),
            ("0.0.0.0:2", "http://127.0.0.1:2"),
            ("[::]:3", "http://[::1]:3"),
        ] {
            assert_eq!(url(address.parse().unwrap()), wanted);
        }
    }

    #[test]
    fn where_a_service_listens_and_keeps_its_data_is_not_taken_from_the_environment() {
        let env: Environment = [
            ("NEXTID__SERVER__LISTEN", "1.2.3.4:5"),
            ("NEXTID__DATABASE__URL", "postgres://elsewhere/db"),
            ("DATABASE_URL", "postgres://elsewhere/db"),
            ("PORT", "80"),
            ("NEXTID__NET__TIMEOUT_MS", "1234"),
        ]
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect();
        let shared: Vec<(String, String)> = shared_variables(&env).collect();
        assert_eq!(shared, [("NEXTID__NET__TIMEOUT_MS".to_owned(), "1234".to_owned())]);
    }

    #[test]
    fn a_port_that_is_taken_gives_way_to_any_other() {
        let taken = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = taken.local_addr().unwrap();
        assert_eq!(free_or_any(address).port(), 0);
        drop(taken);
    }
}
