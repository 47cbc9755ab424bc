//! The feed as it is followed: streams and reads that wait.

mod equal;
mod readers;
mod replicas;
mod waiting;

use std::time::Duration;

use nextid_client::{ClientOptions, Event, EventBody, EventFilter, EventReader, ProofClient};
use nextid_core::link::ProofLink;
use nextid_service::db::{Db, DbSettings};
use nextid_service::events::EventSource as _;
use nextid_testkit::TestDatabase;
use proof_service::store::Store;
use serde_json::Value;

use crate::support::App;

/// How long an event may take.
const PATIENCE: Duration = Duration::from_secs(20);

type Events = Vec<Event<ProofLink>>;

/// A stream of a service's events, through the client.
async fn open(app: &App, after: Option<i64>, filter: EventFilter) -> EventReader<ProofLink> {
    client(app).events(after, &filter).await.expect("a stream")
}

fn client(app: &App) -> ProofClient {
    ProofClient::new(&format!("http://{}", app.address), &ClientOptions::default()).expect("a client")
}

async fn next(reader: &mut EventReader<ProofLink>) -> Option<Event<ProofLink>> {
    tokio::time::timeout(PATIENCE, reader.next()).await.expect("no event comes").expect("an event")
}

/// Reads until the event with this id is there, or the stream has passed it.
async fn up_to(reader: &mut EventReader<ProofLink>, last: i64) -> Events {
    let mut events = Vec::new();
    while reader.last_id() < last {
        events.push(next(reader).await.expect("the stream goes on"));
    }
    events
}

/// Everything in the feed, as the database has it.
async fn stored(db: &TestDatabase) -> Events {
    let store = Store::new(Db::open(DbSettings::new(db.url())).await.expect("the database"));
    let events = store.read_after(0, 100_000).await.expect("the feed");
    events
        .iter()
        .map(|event| {
            let mut body: Value = serde_json::from_str(&event.body).expect("JSON");
            assert_eq!(body["id"], event.id);
            let read = |value| serde_json::from_value(value).expect("a link");
            let is_unchecked = body["is_valid"] == false && body["type"] == "link";
            let body = match body["type"].as_str().expect("a type") {
                "link" => EventBody::Link(read(body["link"].take())),
                _ => EventBody::State(serde_json::from_value(body).expect("a change")),
            };
            Event { id: event.id, body, is_unchecked }
        })
        .collect()
}

fn avatar_of(event: &Event<ProofLink>) -> &str {
    match &event.body {
        EventBody::Link(link) => &link.avatar,
        EventBody::State(change) => &change.avatar,
    }
}

fn platform_of(event: &Event<ProofLink>) -> &str {
    match &event.body {
        EventBody::Link(link) => &link.platform,
        EventBody::State(change) => &change.platform,
    }
}

/// A change of state of everything that is bound, as looks at proofs write them.
fn change_states(db: &TestDatabase) {
    db.execute(
        "INSERT INTO state_changes (avatar, platform, identity, link_id, alt_id, alt_name, alt_name_before, state, \
         state_before, is_valid, is_valid_before, invalid_reason, changed_at) \
         SELECT avatar, platform, identity, id, '7', 'new', 'old', 'missing', 'valid', (1=0), (1=1), 'gone', 1700000000 \
         FROM links WHERE NOT EXISTS (SELECT 1 FROM state_changes WHERE link_id = links.id); \
         INSERT INTO outbox (kind, ref) SELECT 2, id FROM state_changes \
         WHERE NOT EXISTS (SELECT 1 FROM feed WHERE kind = 2 AND feed.ref = state_changes.id)",
    );
}
