//! A service's program as a process of its own, for tests of what only a process does: exit codes, lines on standard
//! error, signals, waiting.
#![expect(
    clippy::panic,
    clippy::expect_used,
    reason = "a test whose program does not run has nothing to say"
)]

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};

/// How long a test waits for a line or an end that never comes.
const LIMIT: Duration = Duration::from_secs(60);

/// A program to be run: `Program::new(env!("CARGO_BIN_EXE_proof-service"))`.
#[derive(Debug, Clone)]
pub struct Program {
    path: PathBuf,
}

/// How a program ended.
#[derive(Debug)]
pub struct Ended {
    /// Its exit code; none when a signal ended it.
    pub code: Option<i32>,
    /// What it wrote to standard output.
    pub out: String,
    /// The lines that it wrote to standard error.
    pub lines: Vec<String>,
    /// From its start to its end.
    pub took: Duration,
}

impl Ended {
    /// The last line on standard error, which says why it ended.
    pub fn reason(&self) -> &str {
        self.lines.last().map_or("", String::as_str)
    }
}

/// A program that runs; killed when dropped.
#[derive(Debug)]
pub struct RunningProgram {
    child: Child,
    lines: Receiver<String>,
    seen: Vec<String>,
    started: Instant,
}

impl Program {
    /// The program at this path.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into() }
    }

    /// Runs it to its end, with no other environment than this.
    ///
    /// # Panics
    /// When it does not end within a minute.
    pub fn run(&self, arguments: &[&str], environment: &[(&str, &str)]) -> Ended {
        self.start(arguments, environment).wait()
    }

    /// Starts it, with no other environment than this.
    ///
    /// # Panics
    /// When it cannot be started.
    pub fn start(&self, arguments: &[&str], environment: &[(&str, &str)]) -> RunningProgram {
        let mut child = Command::new(&self.path)
            .args(arguments)
            .env_clear()
            .envs(environment.iter().copied())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap_or_else(|error| panic!("cannot run {}: {error}", self.path.display()));
        let stderr = child.stderr.take().expect("standard error is a pipe");
        let (sender, lines) = channel();
        std::thread::spawn(move || {
            for line in BufReader::new(stderr).lines().map_while(Result::ok) {
                if sender.send(line).is_err() {
                    return;
                }
            }
        });
        RunningProgram { child, lines, seen: Vec::new(), started: Instant::now() }
    }
}

impl RunningProgram {
    /// The next line on standard error that holds `part`.
    ///
    /// # Panics
    /// When the program ends before, or a minute is over.
    pub fn line_with(&mut self, part: &str) -> String {
        let deadline = Instant::now() + LIMIT;
        loop {
            match self.lines.recv_timeout(deadline.saturating_duration_since(Instant::now())) {
                Ok(line) => {
                    self.seen.push(line.clone());
                    if line.contains(part) {
                        return line;
                    }
                }
                Err(_) => panic!("no line with {part:?}, but:\n{}", self.seen.join("\n")),
            }
        }
    }

    /// Waits until it listens, and returns where: the API's address, then the operator's.
    ///
    /// # Panics
    /// As [`RunningProgram::line_with`].
    pub fn addresses(&mut self) -> (SocketAddr, SocketAddr) {
        let line = self.line_with(": listening ");
        let address = |key: &str| {
            line.split_whitespace()
                .find_map(|word| word.strip_prefix(key))
                .and_then(|text| text.parse().ok())
                .unwrap_or_else(|| panic!("no {key} in {line:?}"))
        };
        (address("address="), address("admin="))
    }

    /// Asks it to stop, as an operator does.
    ///
    /// # Panics
    /// When it cannot be asked.
    pub fn terminate(&self) {
        let asked = Command::new("kill").arg(self.child.id().to_string()).status();
        assert!(asked.is_ok_and(|status| status.success()), "cannot send SIGTERM");
    }

    /// Waits for its end.
    ///
    /// # Panics
    /// When it does not end within a minute.
    pub fn wait(mut self) -> Ended {
        let deadline = Instant::now() + LIMIT;
        // Standard error is open as long as the program runs.
        loop {
            match self.lines.recv_timeout(deadline.saturating_duration_since(Instant::now())) {
                Ok(line) => self.seen.push(line),
                Err(RecvTimeoutError::Disconnected) => break,
                Err(RecvTimeoutError::Timeout) => panic!("it does not end:\n{}", self.seen.join("\n")),
            }
        }
        let mut out = String::new();
        if let Some(mut stdout) = self.child.stdout.take() {
            stdout.read_to_string(&mut out).expect("standard output is text");
        }
        let status = self.child.wait().expect("it can be waited for");
        Ended {
            code: status.code(),
            out,
            lines: std::mem::take(&mut self.seen),
            took: self.started.elapsed(),
        }
    }
}

impl Drop for RunningProgram {
    fn drop(&mut self) {
        // It may have ended by itself.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// `GET path` over HTTP/1.1: the status and the body.
///
/// # Panics
/// When nobody answers.
pub fn get(address: SocketAddr, path: &str) -> (u16, String) {
    let mut stream = TcpStream::connect(address).unwrap_or_else(|error| panic!("{address}: {error}"));
    stream.set_read_timeout(Some(LIMIT)).expect("a time limit can be set");
    let request = format!("GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).expect("the request can be sent");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("the answer is text");
    let (head, body) = answer.split_once("\r\n\r\n").unwrap_or((answer.as_str(), ""));
    let status = head
        .split(' ')
        .nth(1)
        .and_then(|status| status.parse().ok())
        .unwrap_or_else(|| panic!("no status in {head:?}"));
    (status, body.to_owned())
}
