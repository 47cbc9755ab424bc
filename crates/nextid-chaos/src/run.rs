//! One run on one database, from start to report.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use serde_json::Value;
use tokio::process::Command;
use tokio::task::JoinSet;

use crate::Failure;
use crate::host::Backend;
use crate::http::client;
use crate::inject::inject;
use crate::ledger::Ledger;
use crate::plan::{Service, schedule};
use crate::report::Report;
use crate::stack::Stack;
use crate::verify::{Findings, verify};
use crate::writer::{Writer, Writers};

/// What is run.
#[derive(Debug, Clone)]
pub struct Settings {
    /// What everything follows from.
    pub seed: u64,
    /// How long it is written and broken.
    pub length: Duration,
    /// Writers of each service.
    pub writers: u64,
    /// Avatars beside the hot one.
    pub avatars: usize,
    /// Where the programs are.
    pub programs: PathBuf,
    /// Where the logs of the replicas go.
    pub logs: PathBuf,
}

/// Runs on one database.
///
/// # Errors
/// When something does not start, or does not answer at the end.
pub async fn run(backend: Backend, settings: &Settings) -> Result<Report, Failure> {
    std::fs::create_dir_all(&settings.logs)?;
    let stack = Arc::new(Stack::start(backend, &settings.programs, &settings.logs).await?);
    let client = client()?;
    let writers = Arc::new(Writers {
        stack: Arc::clone(&stack),
        ledger: Ledger::default(),
        stopping: AtomicBool::new(false),
        seed: settings.seed,
        avatars: settings.avatars,
    });
    let start = Instant::now();
    let mut writing = JoinSet::new();
    for service in Service::ALL {
        for number in 0..settings.writers {
            writing.spawn(Writer::new(Arc::clone(&writers), service, number, client.clone()).run());
        }
    }
    let breakable = stack.host.breakable();
    let faults = schedule(settings.seed, settings.length, breakable);
    let injecting = tokio::spawn(inject(Arc::clone(&stack), faults));
    let faults = injecting.await?;
    tokio::time::sleep(settings.length.saturating_sub(start.elapsed())).await;
    let not_back = stack.recover().await;
    writers.stopping.store(true, Ordering::Relaxed);
    while let Some(ended) = writing.join_next().await {
        ended?;
    }
    let took = start.elapsed();

    let mut findings = verify(&stack, &writers.ledger, &client).await?;
    findings.wrong.extend(not_back);
    // What ended by itself: a crash is found here, even if everything was there again afterwards.
    let endings = stack.stop().await;
    findings.wrong.extend(endings.into_iter().filter(|ending| !is_expected(ending)));
    for service in Service::ALL {
        fsck(&stack, service, &mut findings).await?;
    }
    let disk_is_left_out = !breakable.disk;
    Ok(Report {
        backend,
        seed: settings.seed,
        took,
        faults,
        left_out: disk_is_left_out
            .then(|| "the disk cannot be filled: only root can mount one of its own".to_owned())
            .into_iter()
            .collect(),
        answers: writers.ledger.answers(),
        findings,
    })
}

/// A service that starts while its database is away or its disk is full may say so and end: 69, 73.
fn is_expected(ending: &str) -> bool {
    ["exit status: 69:", "exit status: 73:"].iter().any(|code| ending.contains(code))
}

/// What the services' own check says of their databases.
async fn fsck(stack: &Stack, service: Service, findings: &mut Findings) -> Result<(), Failure> {
    let output = Command::new(stack.program(service))
        .args(["fsck", "--json"])
        .env_clear()
        .env("NEXTID__DATABASE__URL", stack.host.direct_url(service))
        .output()
        .await?;
    let name = service.name();
    if !matches!(output.status.code(), Some(0 | 4)) {
        let words = String::from_utf8_lossy(&output.stderr).into_owned();
        findings.wrong.push(format!("{name} fsck ends with {}: {words}", output.status));
    }
    for line in output.stdout.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()) {
        let defect: Value = serde_json::from_slice(line)?;
        let words = format!("{name} fsck: {defect}");
        match defect.get("code").and_then(Value::as_str) {
            Some("fork") => findings.forks.push(words),
            Some(
                "binding_missing"
                | "binding_extra"
                | "binding_differs"
                | "namespace_missing"
                | "namespace_extra"
                | "namespace_differs"
                | "not_in_feed"
                | "dangling"
                | "waits_twice"
                | "waits_though_numbered",
            ) => findings.half_applied.push(words),
            _ => findings.wrong.push(words),
        }
    }
    Ok(())
}

/// The directory of this program, where the services are built as well.
///
/// # Errors
/// When it cannot be told.
pub fn own_directory() -> Result<PathBuf, Failure> {
    let program = std::env::current_exe()?;
    let directory = program.parent().map(Path::to_owned);
    directory.ok_or_else(|| Failure::new("this program is in no directory"))
}
