//! What breaks a server, and brings it back, where either may fail: the disk may be full, the server down already.

use std::path::PathBuf;
use std::process::Stdio;

use super::PostgresServer;
use crate::database::statements;

impl PostgresServer {
    /// Where it takes connections.
    pub fn socket(&self) -> PathBuf {
        self.directory.path().join(".s.PGSQL.5432")
    }

    /// As [`PostgresServer::stop`].
    ///
    /// # Errors
    /// When there is nothing to stop, or it cannot be.
    pub fn try_stop(&self) -> Result<(), String> {
        self.quietly(&["stop", "--wait", "--mode=immediate", "--pgdata", &self.data()])
    }

    /// As [`PostgresServer::start_again`].
    ///
    /// # Errors
    /// When it runs, or does not start.
    pub fn try_start_again(&self) -> Result<(), String> {
        let log = self.directory.path().join("log").display().to_string();
        self.quietly(&["start", "--wait", "--timeout=30", "--pgdata", &self.data(), "--log", &log])
    }

    /// Whether it answers a query.
    pub fn answers(&self) -> bool {
        statements::postgres(&format!("{}&connect_timeout=5", self.maintenance_url()), "SELECT 1").is_ok()
    }

    /// The processes that serve clients.
    pub fn sessions(&self) -> Vec<u32> {
        let ours = |pid: &u32| {
            let command = std::fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
            let command = String::from_utf8_lossy(&command).into_owned();
            command.starts_with("postgres: nextid ") && command.contains("[local]")
        };
        self.children().into_iter().filter(ours).collect()
    }

    fn children(&self) -> Vec<u32> {
        let Ok(lock) = std::fs::read_to_string(PathBuf::from(self.data()).join("postmaster.pid")) else {
            return Vec::new();
        };
        let Some(parent) = lock.lines().next() else { return Vec::new() };
        let is_child = |pid: &u32| {
            let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
            status.lines().any(|line| line.strip_prefix("PPid:").is_some_and(|pid| pid.trim() == parent))
        };
        let names = std::fs::read_dir("/proc").into_iter().flatten().flatten();
        names.filter_map(|entry| entry.file_name().to_str()?.parse().ok()).filter(is_child).collect()
    }

    /// `pg_ctl` without a file for its output, for which there may be no room.
    fn quietly(&self, arguments: &[&str]) -> Result<(), String> {
        let mut command = self.command("pg_ctl", arguments);
        let status = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status();
        match status {
            Ok(status) if status.success() => Ok(()),
            Ok(status) => Err(format!("pg_ctl {}: {status}", arguments.first().unwrap_or(&""))),
            Err(error) => Err(error.to_string()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_comes_back_from_whatever_ended_it() {
        let server = PostgresServer::start();
        let database = server.database();
        database.execute("CREATE TABLE t (a INTEGER)");
        assert!(server.answers() && server.socket().exists());
        server.try_stop().unwrap();
        assert!(server.try_stop().is_err() && !server.answers());
        assert_eq!(server.sessions(), Vec::<u32>::new());
        server.try_start_again().unwrap();
        assert!(server.answers());
        assert_eq!(database.count("t"), 0);
    }
}
