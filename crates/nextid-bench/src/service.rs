//! A service's program as a process of its own, and the tools of PostgreSQL.

use std::fs::File;
use std::net::{SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::failure::{Context as _, Failure, Result};

/// A program that is not there after this does not come.
const START: Duration = Duration::from_secs(60);

/// Which service.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Which {
    /// proof-service
    Proof,
    /// kv-service
    Kv,
}

impl Which {
    /// The program's name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Proof => "proof-service",
            Self::Kv => "kv-service",
        }
    }
}

/// Where the programs are and how they are run.
#[derive(Debug, Clone)]
pub struct Programs {
    /// The directory of both programs.
    pub directory: PathBuf,
    /// Whether every request is logged, which is the default of the services.
    pub access_log: bool,
}

/// A service that answers; ended when dropped.
#[derive(Debug)]
pub struct Service {
    child: Child,
    /// Where the API listens.
    pub address: SocketAddr,
    /// From the start of the process to its first healthy answer.
    pub start: Duration,
    log: PathBuf,
}

impl Programs {
    /// The file of a program.
    pub fn path(&self, which: Which) -> PathBuf {
        self.directory.join(which.name())
    }

    fn command(&self, which: Which, database_url: &str, arguments: &[&str]) -> Command {
        let mut command = Command::new(self.path(which));
        command
            .args(arguments)
            .env_clear()
            .env("DATABASE_URL", database_url)
            .env("NEXTID__SERVER__LISTEN", "127.0.0.1:0")
            .env("NEXTID__SERVER__ADMIN_LISTEN", "127.0.0.1:0")
            .env("NEXTID__LOG__ACCESS", self.access_log.to_string())
            // Nothing that is measured needs the other service.
            .env("NEXTID__PROOF_SERVICE__URL", "http://127.0.0.1:9")
            // Streams that were closed in the round before may not have been noticed yet.
            .env("NEXTID__LIMITS__EVENT_STREAMS", "10000");
        command
    }

    /// Makes the tables.
    ///
    /// # Errors
    /// With the program's own words.
    pub fn migrate(&self, which: Which, database_url: &str) -> Result<()> {
        let output = self.command(which, database_url, &["migrate"]).output();
        let output = output.context(format_args!("running {}", self.path(which).display()))?;
        if output.status.success() {
            return Ok(());
        }
        Err(Failure::new(format!("{} migrate: {}", which.name(), String::from_utf8_lossy(&output.stderr))))
    }

    /// Starts a service and waits until it answers.
    ///
    /// # Errors
    /// With the program's own words.
    pub fn start(&self, which: Which, database_url: &str, logs: &Path) -> Result<Service> {
        Service::start(self.command(which, database_url, &[]), which.name(), logs)
    }
}

impl Service {
    /// Starts a program that says `listening … address=…` on standard error, and waits until it answers. What it says
    /// goes to a file in `logs`.
    ///
    /// # Errors
    /// With the program's own words.
    pub fn start(mut command: Command, name: &str, logs: &Path) -> Result<Self> {
        let number = std::fs::read_dir(logs).context("the directory of logs")?.count();
        let log = logs.join(format!("{name}-{number}.log"));
        let file = File::create(&log).context("a file for the log")?;
        let started = Instant::now();
        let child = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(file).spawn();
        let child = child.context(format_args!("running {name}"))?;
        let nowhere = SocketAddr::from(([127, 0, 0, 1], 0));
        let mut service = Self { child, address: nowhere, start: Duration::ZERO, log };
        while started.elapsed() < START {
            if service.address.port() == 0 {
                service.address = listening(&service.words()).unwrap_or(nowhere);
            } else if healthy(service.address) {
                service.start = started.elapsed();
                return Ok(service);
            }
            if service.child.try_wait().is_ok_and(|ended| ended.is_some()) {
                break;
            }
            // Leaves the cores to the program, and is finer than what is reported.
            std::thread::sleep(Duration::from_micros(200));
        }
        Err(Failure::new(format!("{name} does not answer:\n{}", service.words())))
    }

    /// Its process.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// What it has written to its log.
    pub fn words(&self) -> String {
        std::fs::read_to_string(&self.log).unwrap_or_default()
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        // It may have ended by itself.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// The address in the line `… listening … address=127.0.0.1:40123 …`, once that line is complete.
fn listening(words: &str) -> Option<SocketAddr> {
    let line = words.split_inclusive('\n').find(|line| line.contains("listening") && line.ends_with('\n'))?;
    line.split_whitespace().find_map(|word| word.strip_prefix("address=")?.trim_matches('"').parse().ok())
}

fn healthy(address: SocketAddr) -> bool {
    use std::io::{Read as _, Write as _};
    let Ok(mut stream) = TcpStream::connect(address) else { return false };
    let mut answer = Vec::new();
    let asked = stream.write_all(b"GET /healthz HTTP/1.1\r\nHost: bench\r\nConnection: close\r\n\r\n");
    asked.is_ok() && stream.read_to_end(&mut answer).is_ok() && answer.starts_with(b"HTTP/1.1 200")
}

/// A PostgreSQL that somebody else has started.
#[derive(Debug, Clone)]
pub struct Postgres {
    /// The directory of its socket.
    pub socket: String,
    /// The user who may do everything.
    pub user: String,
    /// The directory of `psql` and `pgbench`.
    pub programs: PathBuf,
    /// Its first process.
    pub postmaster: u32,
}

impl Postgres {
    /// The URL of a database.
    pub fn url(&self, name: &str) -> String {
        format!("postgres:///{name}?host={}&user={}", self.socket, self.user)
    }

    /// Runs statements, one after the other, and returns what they print.
    ///
    /// # Errors
    /// With the server's own words.
    pub fn sql(&self, database: &str, sql: &str) -> Result<String> {
        let output = Command::new(self.programs.join("psql"))
            .args(["-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-d"])
            .arg(self.url(database))
            .args(sql.split_inclusive(";\n").flat_map(|statement| ["-c", statement]))
            .output()
            .context("running psql")?;
        if output.status.success() {
            return Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned());
        }
        Err(Failure::new(format!("psql: {}", String::from_utf8_lossy(&output.stderr))))
    }

    /// A new, empty database.
    ///
    /// # Errors
    /// With the server's own words.
    pub fn create(&self, database: &str) -> Result<()> {
        self.sql("postgres", &format!("DROP DATABASE IF EXISTS {database};\nCREATE DATABASE {database}"))?;
        Ok(())
    }
}
