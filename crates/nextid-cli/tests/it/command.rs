//! Runs the built program in a world of its own: no environment but what a test gives, a home that goes away.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "the helpers of tests, which fail with them"
)]

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use nextid_testkit::keys;
use serde_json::Value;
use tempfile::TempDir;

/// A user with a home directory.
pub struct User {
    home: TempDir,
    variables: Vec<(String, String)>,
}

/// How a command ended.
#[derive(Debug)]
pub struct Ended {
    pub status: i32,
    pub out: String,
    pub err: String,
}

impl User {
    pub fn new() -> Self {
        Self { home: tempfile::tempdir().unwrap(), variables: Vec::new() }
    }

    /// A user whose Avatar's key is that of a label.
    pub fn with_key(label: &str) -> Self {
        Self::new().env("NEXTID_AVATAR_KEY", hex::encode(*keys::key(label).to_bytes()))
    }

    pub fn env(mut self, name: &str, value: impl Into<String>) -> Self {
        self.variables.push((name.to_owned(), value.into()));
        self
    }

    pub fn home(&self) -> &Path {
        self.home.path()
    }

    /// A file in the home directory.
    pub fn file(&self, name: &str, content: &str) -> PathBuf {
        let path = self.home().join(name);
        std::fs::write(&path, content).unwrap();
        path
    }

    fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_nextid"));
        command.env_clear().env("HOME", self.home()).envs(self.variables.iter().cloned());
        command.args(args).current_dir(self.home());
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    /// Runs a command to its end, with nothing on its standard input.
    pub fn run(&self, args: &[&str]) -> Ended {
        self.run_with_input(args, "")
    }

    /// Runs a command to its end.
    pub fn run_with_input(&self, args: &[&str], input: &str) -> Ended {
        let mut child = self.command(args).spawn().unwrap();
        // A command that does not read its input may be gone already.
        drop(child.stdin.take().unwrap().write_all(input.as_bytes()));
        let output = child.wait_with_output().unwrap();
        Ended {
            status: output.status.code().unwrap(),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// Starts a command that goes on, and with which the test talks.
    pub fn start(&self, args: &[&str]) -> Running {
        let mut child = self.command(args).stderr(Stdio::inherit()).spawn().unwrap();
        let (input, out) = (child.stdin.take(), BufReader::new(child.stdout.take().unwrap()));
        Running { child, input, out }
    }
}

impl Ended {
    /// The command did what was asked.
    #[track_caller]
    pub fn ok(self) -> Self {
        assert_eq!(self.status, 0, "{}{}", self.out, self.err);
        self
    }

    /// The command ended with this status and one line on standard error, which is returned.
    #[track_caller]
    pub fn failed(self, status: i32) -> String {
        assert_eq!(self.status, status, "{}{}", self.out, self.err);
        assert_eq!(self.err.lines().count(), 1, "{}", self.err);
        self.err
    }

    /// The only object on standard output.
    #[track_caller]
    pub fn json(&self) -> Value {
        let mut lines = self.lines();
        assert_eq!(lines.len(), 1, "{}{}", self.out, self.err);
        lines.remove(0)
    }

    /// The objects on standard output, one a line.
    #[track_caller]
    pub fn lines(&self) -> Vec<Value> {
        self.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }
}

/// A command that goes on. It is ended with the test.
pub struct Running {
    child: Child,
    input: Option<ChildStdin>,
    out: BufReader<ChildStdout>,
}

impl Running {
    /// The next object on standard output.
    pub fn next_json(&mut self) -> Value {
        let mut line = String::new();
        self.out.read_line(&mut line).unwrap();
        serde_json::from_str(&line).unwrap()
    }

    /// Types a line.
    pub fn type_line(&mut self, line: &str) {
        writeln!(self.input.as_mut().unwrap(), "{line}").unwrap();
    }

    /// As Ctrl-C does.
    pub fn interrupt(&self) {
        let pid = self.child.id().to_string();
        assert!(Command::new("kill").args(["-INT", &pid]).status().unwrap().success());
    }

    /// As `kill -9` does.
    pub fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Waits for the end, and returns the status and the rest of standard output.
    pub fn end(mut self) -> (i32, String) {
        drop(self.input.take());
        let mut rest = String::new();
        std::io::Read::read_to_string(&mut self.out, &mut rest).unwrap();
        (self.child.wait().unwrap().code().unwrap(), rest)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It fails where the command has ended.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// Both services, run by `nextid up` on free ports.
pub struct Services {
    _running: Running,
    pub proof_url: String,
    pub kv_url: String,
    keeper: User,
}

impl Services {
    pub fn start() -> Self {
        Self::start_for(User::new())
    }

    /// With proof-service asking this instead of GitHub.
    pub fn with_github(url: &str) -> Self {
        Self::start_for(User::new().env("NEXTID__PLATFORMS__GITHUB__BASE_URL", url))
    }

    /// With this Ethereum node for wallets that are contracts.
    pub fn with_node(url: &str) -> Self {
        Self::start_for(User::new().env("NEXTID__PLATFORMS__ETHEREUM__RPC_URL", url))
    }

    fn start_for(user: User) -> Self {
        let user = user.env("NEXTID__LOG__FILTER", "warn");
        let mut running =
            user.start(&["--json", "up", "--proof-listen", "127.0.0.1:0", "--kv-listen", "127.0.0.1:0"]);
        let up = running.next_json();
        let url = |name: &str| up[name].as_str().unwrap().to_owned();
        Self { proof_url: url("proof_url"), kv_url: url("kv_url"), _running: running, keeper: user }
    }

    /// The URL of kv-service's database.
    pub fn kv_database(&self) -> String {
        format!("sqlite://{}", self.keeper.home().join(".local/share/nextid/kv-service.db").display())
    }

    /// A user of these services, with the key of a label.
    pub fn user(&self, label: &str) -> User {
        self.known_to(User::with_key(label))
    }

    /// Tells a user where they are.
    pub fn known_to(&self, user: User) -> User {
        user.env("NEXTID_PROOF_URL", &self.proof_url).env("NEXTID_KV_URL", &self.kv_url)
    }
}
