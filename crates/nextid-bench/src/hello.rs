//! The least that a service on the same framework can do: a floor for everything that goes through HTTP.

use std::net::SocketAddr;
use std::path::Path;

use actix_web::{App, HttpResponse, HttpServer, web};

use crate::failure::{Context as _, Result};
use crate::service::Service;

/// As long as a short answer of the services.
const BODY: &str =
    r#"{"platform":"ethereum","identity":"0xd4030c02878bd1404dc2c5956eadc5e3e2c8d3c6","is_valid":true}"#;

/// The floor as a process of its own; ended when dropped.
#[derive(Debug)]
pub struct Hello(Service);

impl Hello {
    /// Starts this program once more.
    ///
    /// # Errors
    /// When it cannot be run.
    pub fn start(logs: &Path) -> Result<Self> {
        Self::start_program(&std::env::current_exe().context("this program")?, logs)
    }

    /// Starts the bench's program at this path.
    ///
    /// # Errors
    /// When it cannot be run.
    pub fn start_program(program: &Path, logs: &Path) -> Result<Self> {
        let mut command = std::process::Command::new(program);
        command.arg("hello");
        Service::start(command, "hello", logs).map(Self)
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.0.address
    }

    /// Its process.
    pub fn pid(&self) -> u32 {
        self.0.pid()
    }
}

/// Serves the same answer to everything, on a free port that it says on standard error, until it is killed.
///
/// # Errors
/// When it cannot listen.
pub fn serve() -> Result<()> {
    actix_web::rt::System::new().block_on(async {
        let server = HttpServer::new(|| {
            // The body is read, as every service does: the framework closes a connection whose request was not read.
            App::new().default_service(web::to(|_body: web::Bytes| async {
                HttpResponse::Ok().content_type("application/json").body(BODY)
            }))
        })
        .workers(std::thread::available_parallelism().map_or(1, usize::from))
        .bind(("127.0.0.1", 0))
        .context("listening")?;
        let address = server.addrs().first().copied().context("no address")?;
        use std::io::Write as _;
        writeln!(std::io::stderr(), "listening address={address}").context("saying where")?;
        server.run().await.context("serving")
    })
}
