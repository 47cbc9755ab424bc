//! Where the databases of a run are: a PostgreSQL server of its own, or files.

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use nextid_testkit::{PostgresServer, TestDatabase};
use tokio::task::spawn_blocking;

use crate::Failure;
use crate::disk::Disk;
use crate::plan::{Breakable, Service};
use crate::proxy::{Proxy, Target};

/// MiB of the disk that can be filled. The server needs some for itself.
const SERVER_DISK: u32 = 512;
const FILE_DISK: u32 = 256;
/// How long a server may take to come back.
const PATIENCE: Duration = Duration::from_secs(90);

/// Which database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Backend {
    /// Two databases of one server, behind a proxy.
    Postgres,
    /// Two files, each used by two processes.
    Sqlite,
}

impl fmt::Display for Backend {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Postgres => "PostgreSQL",
            Self::Sqlite => "SQLite",
        })
    }
}

/// The databases of a run.
#[derive(Debug)]
pub struct Host {
    // The server goes before the disk that it is on.
    server: Option<Server>,
    disk: Arc<Disk>,
}

#[derive(Debug)]
struct Server {
    databases: [TestDatabase; 2],
    postgres: Arc<PostgresServer>,
    proxy: Proxy,
}

impl Host {
    /// Makes two empty databases.
    ///
    /// # Errors
    /// When there is no server, or no directory.
    pub async fn new(backend: Backend) -> Result<Self, Failure> {
        match backend {
            Backend::Sqlite => Ok(Self { server: None, disk: Arc::new(Disk::new(FILE_DISK)?) }),
            Backend::Postgres => {
                let disk = Arc::new(Disk::new(SERVER_DISK)?);
                let directory = disk.path().to_owned();
                let (postgres, databases) = spawn_blocking(move || {
                    let postgres = PostgresServer::start_in(&directory);
                    let databases = [postgres.database(), postgres.database()];
                    (Arc::new(postgres), databases)
                })
                .await?;
                let proxy = Proxy::start(vec![Target::Unix(postgres.socket())]).await?;
                Ok(Self { server: Some(Server { databases, postgres, proxy }), disk })
            }
        }
    }

    /// What can be broken here.
    pub fn breakable(&self) -> Breakable {
        Breakable { server: self.server.is_some(), disk: self.disk.can_be_filled() }
    }

    /// What a replica of this service takes as `database.url`.
    pub fn url(&self, service: Service) -> String {
        match &self.server {
            Some(server) => {
                let name =
                    server.database(service).url().split('?').next().and_then(|url| url.rsplit('/').next());
                format!("postgres://nextid@{}/{}", server.proxy.address(), name.unwrap_or_default())
            }
            None => self.direct_url(service),
        }
    }

    /// The same database, without the proxy.
    pub fn direct_url(&self, service: Service) -> String {
        match &self.server {
            Some(server) => server.database(service).url().to_owned(),
            None => format!("sqlite://{}", self.file(service).display()),
        }
    }

    fn file(&self, service: Service) -> PathBuf {
        self.disk.path().join(format!("{}.db", service.name()))
    }

    /// Ends the server as a crash does, and starts it again after so long.
    pub async fn crash(&self, down: Duration) {
        let Some(server) = &self.server else { return };
        let postgres = Arc::clone(&server.postgres);
        // It may be down already, by itself.
        let _ = spawn_blocking(move || postgres.try_stop()).await;
        tokio::time::sleep(down).await;
        self.heal().await;
    }

    /// `kill -9` of a session, if there is one.
    pub async fn kill_session(&self) {
        let Some(server) = &self.server else { return };
        let postgres = Arc::clone(&server.postgres);
        let _ = spawn_blocking(move || {
            if let Some(session) = postgres.sessions().first() {
                let _ = std::process::Command::new("kill").args(["-9", &session.to_string()]).status();
            }
        })
        .await;
    }

    /// Breaks the connections to the server.
    pub fn cut(&self) {
        if let Some(server) = &self.server {
            server.proxy.cut();
        }
    }

    /// Lets nothing through to the server for so long.
    pub async fn stall(&self, time: Duration) {
        if let Some(server) = &self.server {
            server.proxy.stall(true);
            tokio::time::sleep(time).await;
            server.proxy.stall(false);
        }
    }

    /// Leaves no room for so long. A server that gave up is started again.
    pub async fn fill_disk(&self, time: Duration) {
        let disk = Arc::clone(&self.disk);
        let _ = spawn_blocking(move || disk.fill()).await;
        tokio::time::sleep(time).await;
        self.heal().await;
    }

    /// Gives room, lets everything through, and waits until the server runs. False if it does not come back.
    pub async fn heal(&self) -> bool {
        self.disk.free();
        let Some(server) = &self.server else { return true };
        server.proxy.stall(false);
        let deadline = Instant::now() + PATIENCE;
        while Instant::now() < deadline {
            let postgres = Arc::clone(&server.postgres);
            let answers =
                spawn_blocking(move || postgres.answers() || postgres.try_start_again().is_ok()).await;
            if answers.unwrap_or(false) {
                return true;
            }
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
        false
    }
}

impl Server {
    fn database(&self, service: Service) -> &TestDatabase {
        let [proof, kv] = &self.databases;
        match service {
            Service::Proof => proof,
            Service::Kv => kv,
        }
    }
}
