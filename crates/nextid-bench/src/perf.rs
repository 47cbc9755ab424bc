//! Where a service's time goes while something is measured: Linux's `perf`, attached to its process.

use std::path::Path;
use std::process::{Child, Command, Stdio};

use crate::failure::{Context as _, Result};

/// A `perf` that records.
#[derive(Debug)]
pub struct Perf(Child);

impl Perf {
    /// Records a process into `<directory>/<name>.data`. By the clock, which virtual machines have too.
    ///
    /// # Errors
    /// When there is no `perf`.
    pub fn attach(directory: &Path, name: &str, pid: u32) -> Result<Self> {
        let child = Command::new("perf")
            .args(["record", "-q", "-e", "cpu-clock", "-F", "997", "-p"])
            .arg(pid.to_string())
            .arg("-o")
            .arg(directory.join(format!("{}.data", name.replace(' ', "-"))))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .context("running perf")?;
        Ok(Self(child))
    }

    /// Ends the recording, and waits until it is written.
    ///
    /// # Errors
    /// The system's.
    pub fn detach(mut self) -> Result<()> {
        let pid = i32::try_from(self.0.id()).ok().and_then(rustix::process::Pid::from_raw);
        if let Some(pid) = pid {
            rustix::process::kill_process(pid, rustix::process::Signal::INT).context("ending perf")?;
        }
        self.0.wait().map(drop).context("waiting for perf")
    }
}
