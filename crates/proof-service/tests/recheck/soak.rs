//! The full form of `volume`: the service as a process of its own, on one core, asking slow platforms over HTTP; killed
//! half-way and started again. `scripts/recheck-soak` runs it and shows what it prints.

use std::collections::HashMap;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use nextid_core::{Platform, SecretKey};
use nextid_testkit::github::GithubStandIn;
use nextid_testkit::keys::key;
use nextid_testkit::minds::MindsStandIn;
use nextid_testkit::{Author, LoggedRequest, Outcome, TestDatabase, on_both_databases};

use crate::support::bindings::append;
use crate::support::{Bench, bind_gist};

/// How often memory and requests are looked at.
const GLANCE: Duration = Duration::from_millis(500);

fn number(name: &str, default: u64) -> u64 {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(default)
}

/// The service; killed when dropped.
struct Process(Child);

impl Process {
    fn start(db: &TestDatabase, github: &GithubStandIn, minds: &MindsStandIn) -> Self {
        // On one core where the system can say so.
        let program = env!("CARGO_BIN_EXE_proof-service");
        let pinned =
            Command::new("taskset").args(["-c", "0", "true"]).status().is_ok_and(|status| status.success());
        let mut command = if pinned { Command::new("taskset") } else { Command::new(program) };
        if pinned {
            command.args(["-c", "0", program]);
        }
        let child = command
            .env_clear()
            .env("NEXTID__DATABASE__URL", db.url())
            .env("NEXTID__SERVER__LISTEN", "127.0.0.1:0")
            .env("NEXTID__SERVER__ADMIN_LISTEN", "127.0.0.1:0")
            .env("NEXTID__SERVER__WORKERS", "1")
            .env("NEXTID__RECHECK__CONCURRENCY", "16")
            .env("NEXTID__RECHECK__PLATFORM_CONCURRENCY", "8")
            .env("NEXTID__PLATFORMS__GITHUB__BASE_URL", github.base_url())
            .env("NEXTID__PLATFORMS__MINDS__BASE_URL", minds.base_url())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::inherit())
            .spawn()
            .expect("the service can be started");
        Self(child)
    }

    /// Resident memory in KiB; `taskset` has become the program itself by then.
    fn memory(&self) -> Option<u64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.0.id())).ok()?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
        line.trim().trim_end_matches(" kB").parse().ok()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

/// When each proof was asked for, as far as glances tell.
#[derive(Default)]
struct Sightings {
    seen: [usize; 2],
    at: HashMap<String, Vec<Instant>>,
}

impl Sightings {
    fn look(&mut self, platforms: [Vec<LoggedRequest>; 2]) {
        let now = Instant::now();
        for (requests, seen) in platforms.into_iter().zip(&mut self.seen) {
            for request in &requests[*seen..] {
                self.at.entry(request.target.clone()).or_default().push(now);
            }
            *seen = requests.len();
        }
    }

    fn total(&self) -> usize {
        self.seen.iter().sum()
    }
}

async fn bind(
    bench: &Bench,
    github: &GithubStandIn,
    minds: &MindsStandIn,
    person: &SecretKey,
    number: u64,
    at: i64,
) {
    if number.is_multiple_of(2) {
        bind_gist(&bench.store, github, person, &format!("cat-{number}"), number, at).await;
        return;
    }
    let name = format!("cat{number}");
    append(&bench.store, person, Platform::Minds, &name, at, |payload| {
        let signature = person.personal_sign(payload.as_bytes()).to_base64();
        let author = Author::new(&name, number.to_string(), &name);
        (minds.publish(author, format!("Verifying\nSig: {signature}\n")), number.to_string())
    })
    .await;
}

on_both_databases! {
    /// Every proof is looked at and found, memory stays as it is, and after a kill nothing is done twice within a minute.
    #[ignore = "takes minutes: scripts/recheck-soak runs it"]
    async fn soak(db: TestDatabase) {
        let proofs = number("NEXTID_SOAK_PROOFS", 10_000);
        let delay = Duration::from_millis(number("NEXTID_SOAK_DELAY_MS", 150));
        let bench = Bench::new(&db).await;
        let (github, minds) = (GithubStandIn::start().unwrap(), MindsStandIn::start().unwrap());
        let long_ago = nextid_service::boot::now().seconds() - 30 * 86_400;
        for number in 1..=proofs {
            bind(&bench, &github, &minds, &key(&format!("person {}", number % 1000)), number, long_ago).await;
        }
        let began = nextid_service::boot::now().seconds();
        println!("{:?}: {proofs} proofs are due, each answer takes {delay:?}", db.backend());
        github.script(Outcome::Slow(delay));
        minds.script(Outcome::Slow(delay));

        let total = usize::try_from(proofs).expect("a number");
        let started = Instant::now();
        let mut sightings = Sightings::default();
        let mut memory: Vec<u64> = Vec::new();
        let mut process = Process::start(&db, &github, &minds);
        let mut killed = false;
        let mut next_line = total / 10;
        loop {
            tokio::time::sleep(GLANCE).await;
            sightings.look([github.requests(), minds.requests()]);
            memory.extend(process.memory());
            if sightings.total() >= next_line {
                let rss = memory.last().copied().unwrap_or_default();
                println!("{:>5} s  {:>6} looks  {:>6} KiB resident", started.elapsed().as_secs(), sightings.total(), rss);
                next_line += total / 10;
            }
            if !killed && sightings.total() >= total / 2 {
                killed = true;
                drop(process);
                println!("{:>5} s  killed and started again", started.elapsed().as_secs());
                process = Process::start(&db, &github, &minds);
            }
            let left = db.number(&format!("SELECT count(*) AS n FROM bindings WHERE last_checked_at < {began}"));
            if left == 0 {
                break;
            }
            let limit = delay * u32::try_from(proofs).expect("a number") / 8 + Duration::from_secs(300);
            assert!(started.elapsed() < limit, "{left} of {proofs} are left after {limit:?}");
        }

        let twice = sightings.at.values().filter(|times| times.len() > 1).count();
        let peak = memory.iter().max().copied().unwrap_or_default();
        println!(
            "{:>5} s  {} looks, {twice} proofs twice (they were under way at the kill), peak {peak} KiB",
            started.elapsed().as_secs(),
            sightings.total(),
        );
        assert_eq!(sightings.at.len(), total, "every proof was asked for");
        assert!(twice <= 32, "{twice}");
        let close = sightings.at.values().flat_map(|times| times.windows(2)).filter(|pair| pair[1] - pair[0] < Duration::from_secs(59));
        assert_eq!(close.count(), 0, "none twice within a minute");
        assert_eq!(db.number("SELECT count(*) AS n FROM bindings WHERE state = 'valid' AND is_valid"), i64::try_from(proofs).unwrap());
        assert_eq!(db.count("state_changes"), 0);
        // Of the first process: its beginning, warmed up, against its end.
        let half = memory.len() / 2;
        if half > 20 {
            let (early, late) = (memory[10], memory[half - 2]);
            assert!(late <= early + early / 4 + 4096, "memory grew from {early} to {late} KiB");
        }
    }
}
