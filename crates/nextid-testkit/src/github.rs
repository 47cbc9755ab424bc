//! A stand-in for GitHub's gist API on loopback, over real HTTP. It is not GitHub, and says so in every answer.
//!
//! It answers `GET /gists/{id}` and `POST /gists` with the objects and errors of GitHub's REST API (version
//! 2022-11-28), so what reads them works against the real one. `nextid up --demo` runs it as well, so nothing in this
//! module panics.

mod gist;
mod routes;

use std::collections::BTreeMap;
use std::io;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::sync::{Arc, Mutex, mpsc};

use actix_web::dev::ServerHandle;
use actix_web::{App, HttpServer, web};

pub use gist::Gist;

use crate::outcome::{LoggedRequest, Outcome, Script, lock};

/// The request header that names the account which publishes, in place of GitHub's look-up by token.
pub const LOGIN_HEADER: &str = "X-Stand-In-Login";

/// The first account's id; GitHub's are of this size.
const FIRST_OWNER_ID: u64 = 1_000_001;

/// A gist server of its own port and thread, stopped when dropped.
#[derive(Debug)]
pub struct GithubStandIn {
    address: SocketAddr,
    state: Arc<State>,
    handle: ServerHandle,
}

/// What the routes share with the owner.
#[derive(Debug)]
struct State {
    base_url: String,
    gists: Mutex<BTreeMap<String, Gist>>,
    accounts: Mutex<BTreeMap<String, u64>>,
    script: Mutex<Script<Outcome>>,
    requests: Mutex<Vec<LoggedRequest>>,
}

impl GithubStandIn {
    /// Starts it on a free loopback port. It answers when this returns.
    ///
    /// # Errors
    /// When no port can be bound or no thread be started.
    pub fn start() -> io::Result<Self> {
        Self::start_on_port(0)
    }

    /// As [`GithubStandIn::start`], on this loopback port; 0 is a free one.
    ///
    /// # Errors
    /// When the port cannot be bound or no thread be started.
    pub fn start_on_port(port: u16) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port))?;
        let address = listener.local_addr()?;
        let state = Arc::new(State {
            base_url: format!("http://{address}"),
            gists: Mutex::default(),
            accounts: Mutex::default(),
            script: Mutex::default(),
            requests: Mutex::default(),
        });
        let handle = serve(listener, Arc::clone(&state))?;
        Ok(Self { address, state, handle })
    }

    /// Where it listens: what `platforms.github.base_url` takes, `http://127.0.0.1:port` without a slash at the end.
    pub fn base_url(&self) -> &str {
        &self.state.base_url
    }

    /// The address behind [`GithubStandIn::base_url`].
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Makes a gist available and returns its id. A gist of the same id is replaced.
    pub fn publish(&self, gist: Gist) -> String {
        self.state.publish(gist)
    }

    /// From now on `GET /gists/{id}` ends like this; what was queued is forgotten.
    pub fn script(&self, outcome: Outcome) {
        lock(&self.state.script).set(outcome);
    }

    /// The next requests of `GET /gists/{id}` end like this, one each; after them the steady outcome holds again.
    pub fn script_next(&self, outcomes: impl IntoIterator<Item = Outcome>) {
        lock(&self.state.script).queue(outcomes);
    }

    /// Everything that was asked so far, oldest first.
    pub fn requests(&self) -> Vec<LoggedRequest> {
        lock(&self.state.requests).clone()
    }
}

impl Drop for GithubStandIn {
    fn drop(&mut self) {
        // The command is sent by the call; nobody has to wait for its end.
        drop(self.handle.stop(false));
    }
}

impl State {
    fn publish(&self, mut gist: Gist) -> String {
        if gist.owner_id.is_none() {
            gist.owner_id = Some(self.owner_id(&gist.login));
        }
        let id = gist.id.clone();
        lock(&self.gists).insert(id.clone(), gist);
        id
    }

    /// The same id for the same account in any letter case, as GitHub has it.
    fn owner_id(&self, login: &str) -> u64 {
        let mut accounts = lock(&self.accounts);
        let next = accounts.values().max().map_or(FIRST_OWNER_ID, |last| last + 1);
        *accounts.entry(login.to_lowercase()).or_insert(next)
    }
}

/// Runs the server on a thread and system of its own, so that it answers whatever the caller's runtime does.
fn serve(listener: TcpListener, state: Arc<State>) -> io::Result<ServerHandle> {
    let (tell, told) = mpsc::channel();
    std::thread::Builder::new().name("github-stand-in".to_owned()).spawn(move || {
        actix_web::rt::System::new().block_on(async move {
            let server = HttpServer::new(move || {
                App::new().app_data(web::Data::from(Arc::clone(&state))).configure(routes::configure)
            })
            .workers(1)
            .disable_signals()
            .listen(listener);
            match server {
                Ok(server) => {
                    let server = server.run();
                    // The receiver is gone only when the caller is.
                    drop(tell.send(Ok(server.handle())));
                    drop(server.await);
                }
                Err(error) => drop(tell.send(Err(error))),
            }
        });
    })?;
    told.recv().unwrap_or_else(|_| Err(io::Error::other("the stand-in ended before it listened")))
}

#[cfg(all(test, feature = "full"))]
mod tests;
