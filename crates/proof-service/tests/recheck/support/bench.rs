//! A worker on a database, with a clock of its own.

use std::sync::Arc;

use nextid_core::{Avatar, Platform};
use nextid_net::{GuardedClient, NetConfig};
use nextid_platforms::{PlatformSettings, Registry, Verifier};
use nextid_service::db::{Db, DbSettings};
use nextid_service::feed::{Sequencer, SequencerSettings};
use nextid_testkit::TestDatabase;
use nextid_testkit::github::GithubStandIn;
use prometheus::{Encoder as _, TextEncoder};
use proof_service::recheck::{RecheckMetrics, RecheckRules, Rechecker, Schedule};
use proof_service::store::bindings::BindingRow;
use proof_service::store::states::StateChange;
use proof_service::store::{MIGRATIONS, Store};

use super::TestClock;

/// The second at which tests begin.
pub const START: i64 = 1_800_000_000;

/// Milliseconds that a fetch may take in tests.
const TIMEOUT_MS: u64 = 400;

/// A store, and what a worker is made of.
pub struct Bench {
    /// The chains.
    pub store: Store,
    /// Moved by the test.
    pub clock: TestClock,
    sequencer: Arc<Sequencer>,
}

impl Bench {
    /// Migrates the database. The clock stands at [`START`].
    pub async fn new(db: &TestDatabase) -> Self {
        Self::with_clock(db, TestClock::at(START)).await
    }

    /// As [`Bench::new`], beside others with the same clock: another replica.
    pub async fn with_clock(db: &TestDatabase, clock: TestClock) -> Self {
        let settings = DbSettings { pool_size: 4, ..DbSettings::new(db.url()) };
        MIGRATIONS.run(&settings).await.expect("the migrations");
        let db = Db::open(settings).await.expect("the database");
        let sequencer = Arc::new(Sequencer::spawn(db.clone(), SequencerSettings::default()));
        Self { store: Store::with_schedule(db, Schedule::default()), clock, sequencer }
    }

    /// A client whose circuits and rate limits go by the test's clock.
    pub fn net(&self) -> GuardedClient {
        let config = NetConfig { timeout_ms: TIMEOUT_MS, ..NetConfig::default() };
        GuardedClient::builder(config).clock(Arc::new(self.clock.clone())).build().expect("a client")
    }

    /// A worker that asks these platforms.
    pub fn worker(&self, verifiers: impl IntoIterator<Item = Arc<dyn Verifier>>) -> Worker {
        self.worker_with(Registry::of(verifiers, self.net()), RecheckRules::default())
    }

    /// A worker that asks the stand-in for GitHub.
    pub fn github_worker(&self, github: &GithubStandIn) -> Worker {
        let mut settings = PlatformSettings::default();
        settings.github.base_url = github.base_url().to_owned();
        let registry = Registry::new(&settings, self.net()).expect("the platforms");
        self.worker_with(registry, RecheckRules::default())
    }

    /// A worker with rules of its own.
    pub fn worker_with(&self, registry: Registry, rules: RecheckRules) -> Worker {
        let metrics = prometheus::Registry::new();
        let clock = self.clock.clone();
        let rechecker = Rechecker::new(
            self.store.clone(),
            Arc::new(registry),
            Arc::clone(&self.sequencer),
            RecheckMetrics::new(&metrics).expect("the metrics"),
            rules,
            Arc::new(move || clock.now()),
        );
        Worker { rechecker, metrics }
    }

    /// A binding as it is shown.
    pub async fn binding(&self, avatar: Avatar, platform: Platform, identity: &str) -> BindingRow {
        let found = self.store.binding(avatar, platform, identity.to_owned()).await;
        found.expect("the database").expect("it is bound")
    }

    /// State and validity of a GitHub binding.
    pub async fn standing(&self, avatar: Avatar, login: &str) -> (String, bool) {
        let row = self.binding(avatar, Platform::Github, login).await;
        (row.state, row.is_valid)
    }

    /// The first thousand changes of state.
    pub async fn changes(&self) -> Vec<StateChange> {
        self.store.state_changes((1..=1000).collect()).await.expect("the database")
    }
}

/// A worker and what it measures.
pub struct Worker {
    /// The worker.
    pub rechecker: Rechecker,
    metrics: prometheus::Registry,
}

impl Worker {
    /// Looks at everything that is due at the present second.
    pub async fn run(&self) {
        self.rechecker.run_until_idle().await.expect("the database");
    }

    /// A metric with these labels, as Prometheus reads it: `recheck_due{platform="dns"}`; 0 if it is not there.
    pub fn metric(&self, name: &str) -> i64 {
        let mut text = Vec::new();
        TextEncoder::new().encode(&self.metrics.gather(), &mut text).expect("sound metrics");
        let text = String::from_utf8(text).expect("text");
        let value = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
        value.map_or(0, |value| value.parse().expect("a whole number"))
    }
}
