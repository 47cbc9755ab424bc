//! A replica: a process that is started again whenever it ends, behind an address that stays.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::{ExitStatus, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};
use tokio::fs::File;
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::process::{Child, Command};
use tokio::sync::watch;

use crate::Failure;
use crate::http::client;
use crate::proxy::{Proxy, Target};

/// As long as an orchestrator waits before it starts a process again.
const PAUSE: Duration = Duration::from_millis(200);
/// How long a replica may take until it is ready, and until it has ended.
const PATIENCE: Duration = Duration::from_secs(60);

/// How a replica is started.
#[derive(Debug, Clone)]
pub struct Spec {
    /// For the report and the name of the log.
    pub name: String,
    /// The program.
    pub program: PathBuf,
    /// All of its environment.
    pub environment: Vec<(String, String)>,
    /// Where its standard error goes.
    pub log: PathBuf,
}

/// A replica that runs, or is about to.
#[derive(Debug)]
pub struct Replica {
    spec: Spec,
    front: Proxy,
    client: reqwest::Client,
    state: watch::Sender<State>,
    endings: Mutex<Vec<String>>,
}

#[derive(Debug, Clone, Default)]
struct State {
    /// The process, while it runs.
    pid: Option<Pid>,
    /// How often it was started.
    starts: u64,
    /// Where it listens, once it does.
    address: Option<SocketAddr>,
    /// Somebody wants the next end.
    is_end_wanted: bool,
    /// It is not started again.
    is_over: bool,
}

impl Replica {
    /// Starts it, and keeps it running until [`Replica::stop`].
    ///
    /// # Errors
    /// When its address cannot be bound.
    pub async fn start(spec: Spec) -> Result<Arc<Self>, Failure> {
        let replica = Arc::new(Self {
            spec,
            front: Proxy::start(Vec::new()).await?,
            client: client()?,
            state: watch::Sender::new(State::default()),
            endings: Mutex::default(),
        });
        tokio::spawn(Arc::clone(&replica).keep_running());
        Ok(replica)
    }

    /// Where clients reach it, whatever port it has at the moment.
    pub fn address(&self) -> SocketAddr {
        self.front.address()
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.spec.name
    }

    /// How it ended when nobody wanted it to, or other than it should.
    pub fn endings(&self) -> Vec<String> {
        self.endings.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Breaks the connections of its clients.
    pub fn cut_clients(&self) {
        self.front.cut();
    }

    /// `kill -9`.
    pub fn kill(&self) {
        self.signal(Signal::KILL);
    }

    /// SIGTERM, and waits until it is there again and ready.
    pub async fn restart(&self) {
        let starts = self.state.borrow().starts;
        self.signal(Signal::TERM);
        let mut state = self.state.subscribe();
        let again = state.wait_for(|state| state.starts > starts);
        let _ = tokio::time::timeout(PATIENCE, again).await;
        self.ready().await;
    }

    /// SIGTERM, and waits until it has ended, for good.
    pub async fn stop(&self) {
        self.state.send_modify(|state| state.is_over = true);
        self.signal(Signal::TERM);
        let mut state = self.state.subscribe();
        let _ = tokio::time::timeout(PATIENCE, state.wait_for(|state| state.pid.is_none())).await;
    }

    /// Waits until it says that it is ready. False if it does not.
    pub async fn ready(&self) -> bool {
        let deadline = Instant::now() + PATIENCE;
        let url = format!("http://{}/readyz", self.address());
        while Instant::now() < deadline {
            let answer = self.client.get(&url).timeout(Duration::from_secs(2)).send().await;
            if answer.is_ok_and(|answer| answer.status() == 200) {
                return true;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        false
    }

    fn signal(&self, signal: Signal) {
        self.state.send_modify(|state| {
            state.is_end_wanted = true;
            if let Some(pid) = state.pid {
                // It may have ended meanwhile.
                let _ = kill_process(pid, signal);
            }
        });
    }

    async fn keep_running(self: Arc<Self>) {
        while !self.state.borrow().is_over {
            if let Err(failure) = self.run_once().await {
                self.note(format!("it cannot be run: {failure}"));
            }
            tokio::time::sleep(PAUSE).await;
        }
    }

    async fn run_once(self: &Arc<Self>) -> Result<(), Failure> {
        let mut child = Command::new(&self.spec.program)
            .env_clear()
            .envs(self.spec.environment.iter().cloned())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()?;
        self.state.send_modify(|state| {
            state.pid = child.id().and_then(|id| i32::try_from(id).ok()).and_then(Pid::from_raw);
            state.starts += 1;
            state.is_end_wanted = false;
        });
        let last = self.read_log(&mut child).await;
        let status = child.wait().await?;
        self.front.lead_to(Vec::new());
        let mut wanted = false;
        self.state.send_modify(|state| {
            wanted = state.is_end_wanted || state.is_over;
            state.pid = None;
            state.address = None;
        });
        if !is_fine(status, wanted) {
            self.note(format!("{status}: {last}"));
        }
        Ok(())
    }

    /// Copies its log, looks for the line that says where it listens, and returns the last one.
    async fn read_log(self: &Arc<Self>, child: &mut Child) -> String {
        let Some(stderr) = child.stderr.take() else { return String::new() };
        let mut log = File::options().create(true).append(true).open(&self.spec.log).await.ok();
        let mut lines = BufReader::new(stderr).lines();
        let mut last = String::new();
        while let Ok(Some(line)) = lines.next_line().await {
            if let Some(address) = listening(&line) {
                self.front.lead_to(vec![Target::Tcp(address)]);
                self.state.send_modify(|state| state.address = Some(address));
            }
            if let Some(log) = &mut log {
                let _ = log.write_all(format!("{line}\n").as_bytes()).await;
            }
            last = line;
        }
        if let Some(log) = &mut log {
            let _ = log.flush().await;
        }
        last
    }

    fn note(&self, ending: String) {
        let ending = format!("{}: {ending}", self.spec.name);
        self.endings.lock().unwrap_or_else(PoisonError::into_inner).push(ending);
    }
}

/// A process that is told to stop ends with 0, unless it was told by SIGKILL.
fn is_fine(status: ExitStatus, wanted: bool) -> bool {
    use std::os::unix::process::ExitStatusExt as _;
    wanted && (status.success() || status.signal().is_some())
}

/// Where it listens, from the line that says so.
fn listening(line: &str) -> Option<SocketAddr> {
    let (_, rest) = line.split_once(": listening ")?;
    rest.split_whitespace().find_map(|word| word.strip_prefix("address="))?.parse().ok()
}
