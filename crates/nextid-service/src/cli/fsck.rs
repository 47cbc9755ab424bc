//! The check of the whole database, as a command and before serving.

use std::io::Write;
use std::num::NonZeroUsize;

use super::{ExitCode, Fatal, Program};
use crate::config::Config;
use crate::fsck::{Event, Progress, default_jobs};
use crate::shutdown::Shutdown;

/// Defects go to standard output, one a line, progress to standard error.
pub(super) async fn run<P: Program>(
    config: &Config,
    json: bool,
    jobs: Option<NonZeroUsize>,
    out: &mut dyn Write,
    err: &mut dyn Write,
) -> Result<(), Fatal> {
    // A reader that has gone away does not change what is found.
    let mut tell = |event| match event {
        Event::Defect(defect) if json => {
            let line = serde_json::to_string(&defect).unwrap_or_default();
            let _ = writeln!(out, "{line}").and_then(|()| out.flush());
        }
        Event::Defect(defect) => {
            let _ = writeln!(out, "{defect}").and_then(|()| out.flush());
        }
        Event::Progress(progress) => {
            let _ = writeln!(err, "fsck: {progress}");
        }
    };
    let jobs = jobs.map_or_else(default_jobs, NonZeroUsize::get);
    verdict(&P::fsck(config, jobs, &mut tell).await?, "")
}

/// Checks a database that this program may migrate first; false when the process is asked to stop meanwhile. Everything goes to
/// the log.
pub(super) async fn before_serving<P: Program>(config: &Config, shutdown: &Shutdown) -> Result<bool, Fatal> {
    if config.database.migrate {
        log::info!("{}", P::migrate(config.clone()).await?);
    }
    let mut tell = |event| match event {
        Event::Defect(defect) => log::error!("fsck: {defect}"),
        Event::Progress(progress) => log::info!("fsck: {progress}"),
    };
    let checked = tokio::select! {
        checked = P::fsck(config, default_jobs(), &mut tell) => checked?,
        () = shutdown.requested() => return Ok(false),
    };
    let hint = format!(", so nothing is served; {} fsck names them again", P::SERVICE);
    verdict(&checked, &hint).map(|()| true)
}

fn verdict(end: &Progress, hint: &str) -> Result<(), Fatal> {
    match end.defects {
        0 => Ok(()),
        1 => Err(Fatal::new(ExitCode::Defects, format_args!("the database has 1 defect{hint}"))),
        defects => {
            Err(Fatal::new(ExitCode::Defects, format_args!("the database has {defects} defects{hint}")))
        }
    }
}
