//! A real name server on this machine, over UDP and TCP: Knot DNS.
#![expect(
    clippy::panic,
    clippy::expect_used,
    reason = "a test whose name server does not start has nothing to say"
)]

mod zone;

use std::env;
use std::fs::{self, File};
use std::io;
use std::net::{Ipv4Addr, SocketAddr, UdpSocket};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use hickory_proto::op::{Message, Query};
use hickory_proto::rr::{Name, RData, RecordType};
use tempfile::TempDir;

pub use zone::Zone;

/// Names the program, where it is not on the path.
const PROGRAM: &str = "NEXTID_KNOTD";

/// Set to 1, tests that need a real name server say nothing.
const WITHOUT: &str = "NEXTID_TEST_NO_KNOT";

/// Where Debian puts it, which is on the path of the administrator only.
const USUAL_DIRECTORIES: [&str; 2] = ["/usr/sbin", "/usr/local/sbin"];

/// The zone that says which server answers: another one may have got the port first.
const MARK: &str = "mark.knot.test";

/// The file that it writes its log to, in its directory.
const LOG: &str = "log";

/// How long the start may take.
const LIMIT: Duration = Duration::from_secs(30);

/// How long one question waits for its answer. While the server starts, the answer may be lost.
const QUESTION: Duration = Duration::from_millis(200);

/// A port that was free a moment ago may be taken when the server wants it.
const START_ATTEMPTS: u32 = 10;

/// A server with a port and a directory of its own; it ends when dropped.
#[derive(Debug)]
pub struct Knot {
    child: Child,
    address: SocketAddr,
    /// Its configuration, zones and log.
    directory: TempDir,
}

impl Knot {
    /// Starts a server for these zones. It answers when this returns. None if `NEXTID_TEST_NO_KNOT=1` says to go without.
    ///
    /// # Panics
    /// When there is no knotd, or it does not start.
    pub fn start(zones: &[Zone]) -> Option<Self> {
        if env::var(WITHOUT).is_ok_and(|value| value == "1") {
            return None;
        }
        let program = find_program().unwrap_or_else(|| {
            panic!(
                "no knotd: run ./scripts/test, which installs one, name one in {PROGRAM}, or go without it by {WITHOUT}=1"
            )
        });
        let mut reason = String::new();
        for _ in 0..START_ATTEMPTS {
            match Self::attempt(&program, zones) {
                Ok(server) => return Some(server),
                Err(log) => reason = log,
            }
        }
        panic!("{} does not start:\n{reason}", program.display());
    }

    /// What `platforms.dns.resolver` takes for UDP with TCP as the fallback: `udp://127.0.0.1:port`.
    pub fn udp_url(&self) -> String {
        format!("udp://{}", self.address)
    }

    /// What `platforms.dns.resolver` takes for TCP alone: `tcp://127.0.0.1:port`.
    pub fn tcp_url(&self) -> String {
        format!("tcp://{}", self.address)
    }

    /// What the server says over UDP about the TXT records of a name: the answer may be truncated.
    ///
    /// # Panics
    /// When it says nothing.
    pub fn ask_over_udp(&self, name: &str) -> Message {
        ask(self.address, name).unwrap_or_else(|error| panic!("{name}: {error}"))
    }

    /// Starts the program on a port that seems free. The error is the log of one that ended.
    fn attempt(program: &Path, zones: &[Zone]) -> Result<Self, String> {
        let address = free_address();
        let directory = tempfile::tempdir().expect("a temporary directory for knotd");
        let mark = directory.path().display().to_string();
        let marked = Zone::new(MARK).txt(MARK, &mark);
        let configuration = configure(directory.path(), address, zones.iter().chain([&marked]))
            .expect("the configuration can be written");
        let output = File::create(directory.path().join(LOG)).expect("the log can be written");
        let errors = output.try_clone().expect("a second handle of the log");
        let child = Command::new(program)
            .arg("--config")
            .arg(configuration)
            .stdin(Stdio::null())
            .stdout(output)
            .stderr(errors)
            .spawn()
            .unwrap_or_else(|error| panic!("{} does not start: {error}", program.display()));
        let mut server = Self { child, address, directory };
        let deadline = Instant::now() + LIMIT;
        while Instant::now() < deadline {
            if ask(address, MARK).is_ok_and(|answer| says(&answer, &mark)) {
                return Ok(server);
            }
            if server.child.try_wait().expect("it can be waited for").is_some() {
                return Err(server.log());
            }
            // A closed port refuses at once, and the server needs the time to start.
            std::thread::sleep(Duration::from_millis(10));
        }
        Err(format!("no answer within {LIMIT:?}\n{}", server.log()))
    }

    fn log(&self) -> String {
        fs::read_to_string(self.directory.path().join(LOG)).unwrap_or_default()
    }
}

impl Drop for Knot {
    fn drop(&mut self) {
        // It may have ended by itself, in which case there is nothing to do.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// Writes the configuration and the zones, and returns the configuration's path.
fn configure<'a>(
    directory: &Path,
    address: SocketAddr,
    zones: impl Iterator<Item = &'a Zone>,
) -> io::Result<PathBuf> {
    let shown = directory.display();
    // It loads every zone before it answers. One thread of a kind is enough for a test.
    let mut configuration = format!(
        "server:\n    listen: {}@{}\n    rundir: \"{shown}\"\n    udp-workers: 1\n    tcp-workers: 1\n    \
         background-workers: 1\n\
         log:\n  - target: stderr\n    any: info\n\
         database:\n    storage: \"{shown}/database\"\n\
         template:\n  - id: default\n    storage: \"{shown}\"\n    journal-content: none\n\
         zone:\n",
        address.ip(),
        address.port(),
    );
    for zone in zones {
        let file = format!("{}.zone", zone.name());
        fs::write(directory.join(&file), zone.text())?;
        configuration.push_str(&format!("  - domain: {}\n    file: \"{file}\"\n", zone.name()));
    }
    let path = directory.join("knot.conf");
    fs::write(&path, configuration)?;
    Ok(path)
}

/// A port of the loopback interface that is free for UDP and TCP.
fn free_address() -> SocketAddr {
    let (udp, _) = crate::dns::bind();
    udp.local_addr().expect("a bound socket has an address")
}

/// Asks for TXT records in one datagram.
fn ask(server: SocketAddr, name: &str) -> io::Result<Message> {
    let name = Name::from_ascii(format!("{name}.")).map_err(io::Error::other)?;
    let mut question = Message::query();
    question.add_query(Query::query(name, RecordType::TXT));
    let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0))?;
    socket.set_read_timeout(Some(QUESTION))?;
    socket.connect(server)?;
    socket.send(&question.to_vec().map_err(io::Error::other)?)?;
    let mut buffer = vec![0; 65_535];
    let length = socket.recv(&mut buffer)?;
    Message::from_vec(buffer.get(..length).unwrap_or_default()).map_err(io::Error::other)
}

/// Whether the first answer is a TXT record with this text.
fn says(answer: &Message, text: &str) -> bool {
    answer.answers.first().is_some_and(|record| match &record.data {
        RData::TXT(txt) => txt.txt_data.concat() == text.as_bytes(),
        _ => false,
    })
}

/// The program that the environment names, or that is installed.
fn find_program() -> Option<PathBuf> {
    if let Some(named) = env::var_os(PROGRAM).filter(|name| !name.is_empty()) {
        return Some(PathBuf::from(named));
    }
    let path = env::var_os("PATH").unwrap_or_default();
    let usual = USUAL_DIRECTORIES.into_iter().map(PathBuf::from);
    env::split_paths(&path).chain(usual).map(|directory| directory.join("knotd")).find(|file| file.is_file())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_at_once_and_leaves_nothing_behind() {
        let Some(server) = Knot::start(&[Zone::new("a.test").txt("a.test", "one")]) else { return };
        assert!(says(&server.ask_over_udp("a.test"), "one"));
        let (address, directory) = (server.address, server.directory.path().to_path_buf());
        drop(server);
        assert!(!directory.exists());
        assert!(ask(address, "a.test").is_err(), "a stopped server answers nothing");
    }
}
