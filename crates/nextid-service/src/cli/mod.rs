//! The command that both binaries are: `serve` (the default), `migrate`, `config`, `fsck`, `healthcheck`, `openapi`.
//!
//! A binary's `main` is one call of [`main`] with its [`Program`]. What goes wrong ends the process with one line on
//! standard error and a code of [`ExitCode`].

mod args;
mod exit;
mod fsck;
mod healthcheck;
#[cfg(test)]
mod tests;

use std::future::Future;
use std::io::Write;

use args::{Args, Command};
pub use exit::{ExitCode, Fatal};

use crate::config::{Config, LogConfig, Service, example_toml, process_environment};
use crate::fsck::{Event, Progress};
use crate::openapi::Document;
use crate::shutdown::Shutdown;

/// What differs between the two binaries.
pub trait Program {
    /// Which service it is.
    const SERVICE: Service;

    /// Runs the service until `shutdown` is requested. The log is set up, and signals request `shutdown`.
    fn serve(config: Config, shutdown: Shutdown) -> impl Future<Output = Result<(), Fatal>>;

    /// Runs the migrations, and says in a line what was done.
    fn migrate(config: Config) -> impl Future<Output = Result<String, Fatal>>;

    /// Checks the whole database with so many workers, says what it finds and how far it is, and returns the last progress.
    fn fsck(
        config: &Config,
        jobs: usize,
        tell: &mut dyn FnMut(Event),
    ) -> impl Future<Output = Result<Progress, Fatal>>;

    /// The OpenAPI document.
    fn openapi() -> Document;
}

/// Runs the command line of this process.
pub fn main<P: Program>() -> std::process::ExitCode {
    let args: Vec<String> = std::env::args_os().map(|arg| arg.to_string_lossy().into_owned()).collect();
    let env = process_environment().collect();
    run::<P>(&args, env, crate::logging::init, &mut std::io::stdout(), &mut std::io::stderr()).into()
}

/// Sets up the log, which a process has but one of.
type StartLog = fn(&LogConfig);

/// Runs a command line. What it prints goes to `out`, why it fails to `err`.
fn run<P: Program>(
    args: &[String],
    env: Vec<(String, String)>,
    start_log: StartLog,
    out: &mut dyn Write,
    err: &mut dyn Write,
) -> ExitCode {
    let args = match Args::read(P::SERVICE, args) {
        Ok(args) => args,
        Err(error) if error.use_stderr() => {
            let _ = write!(err, "{error}");
            return ExitCode::Usage;
        }
        Err(help) => return said(out, help.to_string().as_bytes()),
    };
    match command::<P>(&args, env, start_log, out, err) {
        Ok(text) => said(out, text.as_bytes()),
        Err(fatal) => {
            let _ = writeln!(err, "{}: {fatal}", P::SERVICE);
            fatal.exit
        }
    }
}

/// A reader that has gone away (`… | head`) is no failure of ours.
fn said(out: &mut dyn Write, text: &[u8]) -> ExitCode {
    match out.write_all(text).and_then(|()| out.flush()) {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => ExitCode::Failure,
        _ => ExitCode::Ok,
    }
}

/// Runs one command; `Ok` is what it prints at its end.
fn command<P: Program>(
    args: &Args,
    env: Vec<(String, String)>,
    start_log: StartLog,
    out: &mut dyn Write,
    err: &mut dyn Write,
) -> Result<String, Fatal> {
    let env = env.into_iter().chain(args.variables());
    let load = || Config::load(P::SERVICE, args.config.as_deref(), env).map_err(Fatal::from);
    match args.command() {
        Command::Config { example: true } => Ok(example_toml(P::SERVICE)),
        Command::Config { example: false } => Ok(load()?.render_toml()),
        Command::Openapi => {
            let text = P::openapi().text().map_err(|error| Fatal::new(ExitCode::Failure, error))?;
            Ok(String::from_utf8_lossy(&text).into_owned())
        }
        Command::Healthcheck => {
            let config = load()?;
            block_on(async {
                let answer = healthcheck::ask(config.server.listen).await;
                answer.map(|body| body + "\n").map_err(|error| Fatal::new(ExitCode::Failure, error))
            })?
        }
        Command::Migrate => {
            let config = load()?;
            start_log(&config.log);
            block_on(async { P::migrate(config).await.map(|done| done + "\n") })?
        }
        Command::Fsck { json, jobs } => {
            let config = load()?;
            start_log(&config.log);
            block_on(fsck::run::<P>(&config, json, jobs, out, err))?.map(|()| String::new())
        }
        Command::Serve { fsck } => {
            let config = load()?;
            start_log(&config.log);
            block_on(async {
                let shutdown = Shutdown::new();
                shutdown.on_signals().map_err(|error| Fatal::new(ExitCode::Failure, error))?;
                if fsck && !fsck::before_serving::<P>(&config, &shutdown).await? {
                    return Ok(String::new());
                }
                P::serve(config, shutdown).await.map(|()| String::new())
            })?
        }
    }
}

/// Runs a future on this thread. Requests have threads of their own, this one is for what runs beside them.
fn block_on<T>(future: impl Future<Output = T>) -> Result<T, Fatal> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| Fatal::new(ExitCode::Failure, error))?;
    Ok(runtime.block_on(future))
}
