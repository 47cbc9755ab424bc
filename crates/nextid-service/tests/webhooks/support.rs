//! A feed, endpoints, and a clock that stands still until it is moved.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use diesel_migrations::embed_migrations;
use nextid_net::{AllowHost, GuardedClient, NetConfig};
use nextid_service::db::{Db, DbError, DbSettings, Migrations};
use nextid_service::events::{Event, EventKind, EventSource};
use nextid_service::feed::{self, Sequencer, SequencerSettings};
use nextid_service::webhooks::store::{NewWebhook, StoredWebhook, WebhookStore};
use nextid_service::webhooks::{Deliverer, DeliveryRules, Filter, Sender, SigningSecret, WebhookMetrics};
use nextid_testkit::TestDatabase;
use nextid_testkit::keys::key;
use prometheus::{Encoder as _, Registry, TextEncoder};
use serde_json::json;

/// A service with the shared tables and those of webhooks.
pub static MIGRATIONS: Migrations = Migrations {
    service: "test-service",
    postgres: embed_migrations!("tests/webhooks/migrations/postgres"),
    sqlite: embed_migrations!("tests/webhooks/migrations/sqlite"),
};

/// The millisecond at which every test begins.
pub const START: i64 = 1_700_000_000_000;

/// What appending means to the feed of these tests: the reference says whose event it is.
pub const ALICE: i64 = 1_000_000;
pub const BOB: i64 = 2_000_000;

/// A clock that is moved by hand. Clones are the same clock.
#[derive(Debug, Clone)]
pub struct TestClock(Arc<AtomicI64>);

impl TestClock {
    pub fn now(&self) -> i64 {
        self.0.load(Ordering::SeqCst)
    }

    /// Moves it.
    pub fn advance(&self, by: Duration) {
        self.0.fetch_add(i64::try_from(by.as_millis()).unwrap(), Ordering::SeqCst);
    }

    pub fn set(&self, to: i64) {
        self.0.store(to, Ordering::SeqCst);
    }
}

/// Tells the rows of the feed, each of which happened at [`START`].
pub struct TestFeed(pub Db);

#[async_trait]
impl EventSource for TestFeed {
    async fn read_after(&self, after: i64, count: i64) -> Result<Vec<Event>, DbError> {
        let rows = self.0.primary(move |conn| feed::read_after(conn, after, count, None)).await?;
        Ok(rows.iter().map(|row| event(row.id, row.kind, row.reference)).collect())
    }

    async fn epoch(&self) -> Result<String, DbError> {
        self.0.primary(feed::epoch).await
    }

    async fn latest_id(&self) -> Result<i64, DbError> {
        self.0.primary(feed::latest_id).await
    }
}

fn event(id: i64, kind: i16, reference: i64) -> Event {
    let avatar = key(if reference >= BOB { "bob" } else { "alice" }).avatar();
    let kind = if kind == 1 { EventKind::Link } else { EventKind::State };
    let platform = if reference % 2 == 0 { "github" } else { "dns" }.parse().unwrap();
    let second = START / 1000;
    let body = match kind {
        EventKind::Link => json!({"id": id, "type": "link", "link": {"created_at": second.to_string()}}),
        EventKind::State => json!({"id": id, "type": "state", "changed_at": second}),
    };
    Event { id, kind, avatar, platform, identity: reference.to_string(), body: body.to_string().into() }
}

/// One replica's view of a database.
pub struct Bench {
    pub db: Db,
    pub store: WebhookStore,
    pub clock: TestClock,
}

impl Bench {
    /// A fresh database.
    pub async fn new(database: &TestDatabase) -> Self {
        let settings = DbSettings { startup_wait: Duration::ZERO, ..DbSettings::new(database.url()) };
        MIGRATIONS.run(&settings).await.expect("the migrations run");
        let db = Db::open(settings).await.expect("the database opens");
        let clock = TestClock(Arc::new(AtomicI64::new(START)));
        Self { store: WebhookStore::new(db.clone()), db, clock }
    }

    /// Another replica of the same service, with the same clock.
    pub async fn replica(&self) -> Self {
        let db = Db::open(self.db.settings().clone()).await.expect("the database opens");
        Self { store: WebhookStore::new(db.clone()), db, clock: self.clock.clone() }
    }

    /// Puts events into the feed, at its end.
    pub async fn append(&self, references: impl IntoIterator<Item = i64>) {
        let references: Vec<i64> = references.into_iter().collect();
        self.db.write(move |conn| feed::enqueue(conn, 1, &references)).await.unwrap();
        Sequencer::spawn(self.db.clone(), SequencerSettings::default()).stop().await;
    }

    /// As [`Bench::append`], of changes of state.
    pub async fn append_state(&self, reference: i64) {
        self.db.write(move |conn| feed::enqueue(conn, 2, &[reference])).await.unwrap();
        Sequencer::spawn(self.db.clone(), SequencerSettings::default()).stop().await;
    }

    /// Registers an endpoint that is told everything there ever was.
    pub async fn endpoint(&self, url: &str) -> Endpoint {
        self.endpoint_with(url, Filter::default()).await
    }

    pub async fn endpoint_with(&self, url: &str, filter: Filter) -> Endpoint {
        let secret = SigningSecret::generate();
        let new = NewWebhook {
            url: url.to_owned(),
            description: String::new(),
            filter,
            secret: secret.clone(),
            after: Some(0),
        };
        let stored = self.store.create(new, 1000, self.clock.now()).await.unwrap().expect("there is room");
        Endpoint { id: stored.id, secret: secret.expose().to_string() }
    }

    /// How an endpoint is stored.
    pub async fn stored(&self, endpoint: &Endpoint) -> StoredWebhook {
        self.store.find(endpoint.id.clone()).await.unwrap().expect("it is there")
    }

    /// A deliverer with the longest waits, which reaches this machine.
    pub fn deliverer(&self) -> Delivering {
        self.deliverer_with(rules(), Duration::from_secs(15))
    }

    pub fn deliverer_with(&self, rules: DeliveryRules, timeout: Duration) -> Delivering {
        self.deliverer_over(client("127.0.0.1"), rules, timeout)
    }

    pub fn deliverer_over(
        &self,
        client: GuardedClient,
        rules: DeliveryRules,
        timeout: Duration,
    ) -> Delivering {
        let registry = Registry::new();
        let clock = self.clock.clone();
        let deliverer = Deliverer::new(
            self.store.clone(),
            Arc::new(TestFeed(self.db.clone())),
            Sender::with_client(client, timeout),
            WebhookMetrics::new(&registry).unwrap(),
            rules,
            Arc::new(move || clock.now()),
        );
        let of = Arc::new(deliverer.rolling(Arc::new(|| 1.0)));
        Delivering { of, clock: self.clock.clone(), store: self.store.clone(), registry }
    }

    /// What was given up for an endpoint.
    pub async fn dead(&self, endpoint: &Endpoint) -> Vec<i64> {
        let page = nextid_service::http::Page::default();
        let (letters, _) = self.store.dead(endpoint.id.clone(), page, 1000).await.unwrap();
        letters.into_iter().map(|letter| letter.feed_id).collect()
    }
}

/// An endpoint that was registered.
pub struct Endpoint {
    pub id: String,
    pub secret: String,
}

/// A deliverer and what it measures.
pub struct Delivering {
    pub of: Arc<Deliverer>,
    clock: TestClock,
    store: WebhookStore,
    registry: Registry,
}

impl Delivering {
    /// Sends everything that is due at the present millisecond.
    pub async fn run(&self) {
        self.of.run_until_idle().await.expect("the database");
    }

    /// Moves the clock to the next attempt, and makes it. Returns whether there was one.
    pub async fn run_next(&self) -> bool {
        let due = self.store.due(self.clock.now(), rules().lease).await.unwrap();
        if let Some(next) = due.next_at {
            self.clock.set(next);
            self.run().await;
        }
        due.next_at.is_some()
    }

    /// A metric with these labels, as Prometheus reads it.
    pub fn metric(&self, name: &str) -> i64 {
        let mut text = Vec::new();
        TextEncoder::new().encode(&self.registry.gather(), &mut text).expect("sound metrics");
        let text = String::from_utf8(text).expect("text");
        let value = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
        value.unwrap_or_else(|| panic!("no {name} in {text}")).parse().expect("a whole number")
    }
}

/// Rules under which everything happens soon.
pub fn rules() -> DeliveryRules {
    DeliveryRules {
        lease: Duration::from_millis(400),
        poll: Duration::from_millis(20),
        ..DeliveryRules::default()
    }
}

/// A client that reaches these hosts, besides public ones.
pub fn client(allow: &str) -> GuardedClient {
    let net = NetConfig {
        allow_hosts: AllowHost::parse_list(allow).unwrap(),
        breaker_failures: u32::MAX,
        per_host_concurrency: 256,
        ..NetConfig::default()
    };
    GuardedClient::new(net).unwrap()
}

/// Gives way until something is so.
pub async fn until(what: &str, mut is_so: impl FnMut() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(60);
    while !is_so() {
        assert!(Instant::now() < deadline, "still not: {what}");
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
}
