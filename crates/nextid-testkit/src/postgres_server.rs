//! A PostgreSQL server that one test owns, for tests that stop or kill the database.
#![expect(
    clippy::panic,
    clippy::expect_used,
    reason = "a test whose server does not start has nothing to say"
)]

mod crash;

use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use tempfile::TempDir;

use crate::database::{TestDatabase, with_database};

/// The oldest major version that the services support.
const OLDEST_VERSION: u32 = 15;

/// The accounts to try when the tests run as root, which PostgreSQL refuses.
const UNPRIVILEGED_ACCOUNTS: [&str; 2] = ["postgres", "nobody"];

/// A running server, reached over a socket in a directory of its own; stopped and removed when dropped.
///
/// It takes about a second to start, so only tests that take the server down want one; others use
/// [`TestDatabase::postgres`].
#[derive(Debug)]
pub struct PostgresServer {
    directory: TempDir,
    programs: PathBuf,
    account: Option<&'static str>,
}

impl PostgresServer {
    /// Makes a new cluster and starts it.
    ///
    /// # Panics
    /// When no server programs of version 15 or newer are installed, or they fail, with their own words.
    pub fn start() -> Self {
        // In /tmp whatever TMPDIR says: the path of a socket may have 107 bytes.
        Self::start_in(Path::new("/tmp"))
    }

    /// As [`PostgresServer::start`], in a directory below this one, whose path has to be short.
    ///
    /// # Panics
    /// As [`PostgresServer::start`].
    pub fn start_in(parent: &Path) -> Self {
        let programs = find_programs().unwrap_or_else(|| {
            panic!("no PostgreSQL server, version 15 or newer: run ./scripts/test, which installs one")
        });
        let directory = tempfile::Builder::new()
            .prefix("nextid-postgres-")
            .tempdir_in(parent)
            .expect("a temporary directory for PostgreSQL");
        let is_root = directory.path().metadata().expect("the directory just made").uid() == 0;
        let account = is_root.then(|| choose_account(directory.path()));
        let server = Self { directory, programs, account };
        server.initialise();
        server.start_again();
        server
    }

    /// The URL of the maintenance database. [`PostgresServer::database`] gives a database to use.
    pub fn maintenance_url(&self) -> String {
        format!("postgres:///postgres?host={}&user=nextid", self.directory.path().display())
    }

    /// A fresh database in this server.
    pub fn database(&self) -> TestDatabase {
        TestDatabase::postgres_in(&self.maintenance_url())
    }

    /// The URL that a database called `name` has in this server, whether or not it exists.
    pub fn url_of(&self, name: &str) -> String {
        with_database(&self.maintenance_url(), name)
    }

    /// From now on everybody but the server's own user needs a password.
    ///
    /// # Panics
    /// When the server does not take the new rules.
    pub fn demand_passwords(&self) {
        let rules = "local all nextid trust\nlocal all all scram-sha-256\n";
        std::fs::write(Path::new(&self.data()).join("pg_hba.conf"), rules)
            .expect("pg_hba.conf can be written");
        self.must("pg_ctl", &["reload", "--silent", "--pgdata", &self.data()]);
        // The signal is acted upon a little later, and every session before that goes by the old rules.
        let database = self.database();
        while database.number("SELECT count(*) AS n FROM pg_hba_file_rules") != 2 {
            std::thread::yield_now();
        }
    }

    /// Ends the server at once, as a crash would: connections break, nothing is flushed, recovery runs at the next start.
    pub fn stop(&self) {
        self.must("pg_ctl", &["stop", "--wait", "--silent", "--mode=immediate", "--pgdata", &self.data()]);
    }

    /// Starts a stopped server at the same address, and returns when it takes connections.
    pub fn start_again(&self) {
        let log = self.directory.path().join("log").display().to_string();
        self.must("pg_ctl", &["start", "--wait", "--silent", "--pgdata", &self.data(), "--log", &log]);
    }

    fn data(&self) -> String {
        self.directory.path().join("data").display().to_string()
    }

    fn initialise(&self) {
        let data = self.data();
        self.must(
            "initdb",
            &[
                "--username=nextid",
                "--auth=trust",
                "--encoding=UTF8",
                "--no-locale",
                "--no-sync",
                "--pgdata",
                &data,
            ],
        );
        // A crash of the server alone loses nothing that was handed to the kernel, so nothing waits for a disk here.
        let settings = format!(
            "listen_addresses = ''\nunix_socket_directories = '{}'\nmax_connections = 60\nshared_buffers = 16MB\n\
             fsync = off\n",
            self.directory.path().display()
        );
        let path = Path::new(&data).join("postgresql.conf");
        let defaults = std::fs::read_to_string(&path).expect("initdb writes postgresql.conf");
        std::fs::write(&path, format!("{defaults}\n{settings}")).expect("postgresql.conf can be written");
    }

    fn must(&self, program: &str, arguments: &[&str]) {
        let output = self.run(program, arguments);
        if !output.status.success() {
            let log = std::fs::read_to_string(self.directory.path().join("log")).unwrap_or_default();
            panic!("{program} {}: {}\n{log}", output.status, String::from_utf8_lossy(&output.stderr));
        }
    }

    /// The program, as the account that it runs as.
    fn command(&self, program: &str, arguments: &[&str]) -> Command {
        let path = self.programs.join(program);
        let mut command = match self.account {
            None => Command::new(&path),
            Some(account) => {
                let mut command = Command::new("setpriv");
                command.args([format!("--reuid={account}"), format!("--regid={}", group_of(account))]);
                command.args(["--clear-groups", "--"]).arg(&path);
                command
            }
        };
        command.args(arguments).current_dir(self.directory.path());
        command
    }

    fn run(&self, program: &str, arguments: &[&str]) -> Output {
        let mut command = self.command(program, arguments);
        // The server would inherit pipes and hold them open, so output goes to a file.
        let words = self.directory.path().join(format!("{program}.output"));
        let file = std::fs::File::create(&words).expect("a file for the output");
        let copy = file.try_clone().expect("a second handle of the file");
        let status = command
            .stdin(std::process::Stdio::null())
            .stdout(file)
            .stderr(copy)
            .status()
            .unwrap_or_else(|error| panic!("cannot run {program} as {:?}: {error}", self.account));
        Output { status, stdout: Vec::new(), stderr: std::fs::read(&words).unwrap_or_default() }
    }
}

impl Drop for PostgresServer {
    fn drop(&mut self) {
        // It fails when the test has stopped the server already, which is what is wanted here.
        drop(
            self.run("pg_ctl", &["stop", "--wait", "--silent", "--mode=immediate", "--pgdata", &self.data()]),
        );
    }
}

/// The programs of the newest suitable server: what `pg_config` names, then Debian's versioned directories.
fn find_programs() -> Option<PathBuf> {
    let configured = Command::new("pg_config").arg("--bindir").output().ok();
    let configured = configured.map(|output| PathBuf::from(String::from_utf8_lossy(&output.stdout).trim()));
    let mut versioned: Vec<_> = std::fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .filter_map(|entry| Some(entry.ok()?.path().join("bin")))
        .collect();
    versioned.sort_by_key(|path| std::cmp::Reverse(version_of(path)));
    configured.into_iter().chain(versioned).find(|path| {
        path.join("initdb").exists() && version_of(path).is_some_and(|version| version >= OLDEST_VERSION)
    })
}

/// The major version of the `postgres` in a directory, from `postgres (PostgreSQL) 15.18 (Debian …)`.
fn version_of(directory: &Path) -> Option<u32> {
    let output = Command::new(directory.join("postgres")).arg("--version").output().ok()?;
    let words = String::from_utf8_lossy(&output.stdout).into_owned();
    let number = words.split_whitespace().find(|word| word.starts_with(|c: char| c.is_ascii_digit()))?;
    number.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok()
}

/// Hands the directory to the first account that exists, and returns its name.
fn choose_account(directory: &Path) -> &'static str {
    let account = UNPRIVILEGED_ACCOUNTS
        .into_iter()
        .find(|account| Command::new("id").arg(account).output().is_ok_and(|output| output.status.success()))
        .expect("an account that PostgreSQL can run as");
    let given = Command::new("chown").arg(account).arg(directory).status();
    assert!(given.is_ok_and(|status| status.success()), "cannot give {} to {account}", directory.display());
    account
}

fn group_of(account: &str) -> String {
    let output = Command::new("id").args(["--group", account]).output().expect("id runs");
    String::from_utf8_lossy(&output.stdout).trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_committed_outlives_a_crash() {
        let server = PostgresServer::start();
        let database = server.database();
        database.execute("CREATE TABLE t (a INTEGER); INSERT INTO t VALUES (1)");
        server.stop();
        let refused = std::panic::catch_unwind(|| database.count("t"));
        assert!(refused.is_err(), "a stopped server answers nothing");
        server.start_again();
        assert_eq!(database.count("t"), 1);
    }

    #[test]
    fn leaves_nothing_behind() {
        let server = PostgresServer::start();
        let directory = server.directory.path().to_path_buf();
        let pid = std::fs::read_to_string(directory.join("data/postmaster.pid")).unwrap();
        let pid = pid.lines().next().unwrap().to_owned();
        drop(server);
        assert!(!directory.exists());
        // A process that has ended and was not collected yet has an empty command line.
        let command = std::fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
        assert!(command.is_empty(), "{} still runs", String::from_utf8_lossy(&command));
    }
}
