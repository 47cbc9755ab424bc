//! `GET /v1/events` and `wait`: the feed as it is followed.

use std::time::{Duration, Instant};

use futures_util::future::join_all;
use nextid_client::{ClientOptions, Event, EventBody, EventFilter, EventReader, KvClient, codes};
use nextid_core::Platform;
use nextid_core::link::KvLink;
use nextid_testkit::on_both_databases;
use serde_json::{Value, json};

use crate::support::{Kv, Person, ProofStandIn};

/// How long an event may take.
const PATIENCE: Duration = Duration::from_secs(20);
const WRITERS: usize = 5;
const LINKS: usize = 8;
const LAST: i64 = 40;

async fn open(kv: &Kv, after: Option<i64>, filter: EventFilter) -> EventReader<KvLink> {
    let client = KvClient::new(kv.client.base(), &ClientOptions::default()).unwrap();
    client.events(after, &filter).await.unwrap()
}

async fn next(reader: &mut EventReader<KvLink>) -> Option<Event<KvLink>> {
    tokio::time::timeout(PATIENCE, reader.next()).await.expect("no event comes").unwrap()
}

/// The events that follow, as `/changes` shows them.
async fn take(reader: &mut EventReader<KvLink>, count: usize) -> Vec<Value> {
    let mut events = Vec::new();
    while events.len() < count {
        let event = next(reader).await.expect("the stream goes on");
        let EventBody::Link(link) = event.body else { panic!("kv-service has links only") };
        let mut link = serde_json::to_value(link).unwrap();
        link["id"] = event.id.into();
        events.push(link);
    }
    events
}

/// The whole feed, page by page.
async fn changes(kv: &Kv) -> Vec<Value> {
    let mut links: Vec<Value> = Vec::new();
    while links.len() < WRITERS * LINKS {
        let last = links.last().map_or(0, |link| link["id"].as_i64().unwrap());
        let page = kv.client.get(&format!("/v1/kvchain/changes?last_id={last}&count=7&wait=20")).await;
        links.extend(page.expect_status(200).json()["links"].as_array().unwrap().clone());
    }
    links
}

async fn write(kv: &Kv) {
    let writer = |number: usize| async move {
        let person = Person::new(&format!("writer {number}"));
        for link in 0..LINKS {
            let patch = json!({"n": link, "text": "ä\n\u{2028}"});
            if link % 2 == 0 {
                person.own_write(kv, patch).await;
            } else {
                person.write(kv, "github", &format!("login{number}"), patch).await;
            }
        }
    };
    join_all((0..WRITERS).map(writer)).await;
}

/// Reads a few events at a time, each time over a new connection.
async fn reconnecting(kv: &Kv) -> Vec<Value> {
    let (mut events, mut last_id) = (Vec::new(), 0);
    while last_id < LAST {
        let mut reader = open(kv, Some(last_id), EventFilter::default()).await;
        events.extend(take(&mut reader, 5).await);
        last_id = reader.last_id();
    }
    events
}

on_both_databases! {
    /// Whoever reads, from wherever, however slowly and with whatever filter, is told what the feed has.
    async fn streams_and_feed_are_equal(db: TestDatabase) {
        let proof = ProofStandIn::start().await;
        for number in 0..WRITERS {
            proof.bind(&Person::new(&format!("writer {number}")).hex(), "github", &format!("login{number}"));
        }
        let kv = Kv::start(&db, &proof).await;
        let all = EventFilter::default();
        let github = EventFilter { platform: Some(Platform::Github), avatar: None };
        let one = EventFilter { avatar: Some(Person::new("writer 1").avatar()), platform: None };
        let mut slow = open(&kv, None, all).await;
        let mut early = open(&kv, Some(0), all).await;
        let (mut on_github, mut of_one) = (open(&kv, Some(0), github).await, open(&kv, None, one).await);
        let half = WRITERS * LINKS / 2;
        let (feed, early, again, on_github, of_one, ()) = tokio::join!(
            changes(&kv),
            take(&mut early, WRITERS * LINKS),
            reconnecting(&kv),
            take(&mut on_github, half),
            take(&mut of_one, LINKS),
            write(&kv)
        );
        let ids: Vec<i64> = feed.iter().map(|link| link["id"].as_i64().unwrap()).collect();
        assert_eq!(ids, (1..=LAST).collect::<Vec<_>>());
        assert_eq!(early, feed);
        assert_eq!(again, feed);
        assert_eq!(take(&mut slow, WRITERS * LINKS).await, feed);
        let of = |filter: &dyn Fn(&Value) -> bool| feed.iter().filter(|link| filter(link)).cloned().collect::<Vec<_>>();
        assert_eq!(on_github, of(&|link| link["platform"] == "github"));
        let hex = Person::new("writer 1").avatar().to_uncompressed_hex();
        assert_eq!(of_one, of(&|link| link["avatar"] == hex));
        let seqs: Vec<_> = of_one.iter().map(|link| link["seq"].as_i64().unwrap()).collect();
        assert_eq!(seqs, (0..8).collect::<Vec<_>>());
    }

    /// The data is the link object of everywhere else, under the Avatar as kv-service spells it.
    async fn an_event_shows_the_link(db: TestDatabase) {
        let kv = Kv::start(&db, &ProofStandIn::start().await).await;
        let alice = Person::new("alice");
        let raw = alice.avatar().to_uncompressed_hex().replacen("0x04", "", 1);
        // A key of 64 bytes is one here.
        kv.client.get(&format!("/v1/events?persona={raw}&last_id=9")).await.expect_error(410, "stale_cursor");
        let mut reader = open(&kv, Some(0), EventFilter { avatar: Some(alice.avatar()), platform: None }).await;
        Person::new("bob").own_write(&kv, json!({"b": 1})).await;
        alice.own_write(&kv, json!({"a": 1})).await;
        let told = take(&mut reader, 1).await;
        let page = kv.client.get(&format!("/v1/kvchain?avatar={}", alice.hex())).await.json();
        let mut link = told[0].clone();
        assert_eq!(link.as_object_mut().unwrap().remove("id"), Some(json!(2)));
        assert_eq!(link["avatar"], alice.avatar().to_uncompressed_hex());
        let chain = page.as_object().unwrap().values().find_map(Value::as_array).expect("the links");
        assert_eq!(chain[0], link);
    }

    /// A cursor that is none of this feed, and what is no cursor.
    async fn bad_cursors_are_refused(db: TestDatabase) {
        let kv = Kv::start(&db, &ProofStandIn::start().await).await;
        let client = KvClient::new(kv.client.base(), &ClientOptions::default()).unwrap();
        let error = client.events(Some(1), &EventFilter::default()).await.unwrap_err();
        assert!(error.is_code(codes::STALE_CURSOR), "{error}");
        kv.client.get("/v1/events?last_id=1").await.expect_error(410, "stale_cursor");
        kv.client.get("/v1/events?last_id=x").await.expect_error(400, "bad_field");
        kv.client.get("/v1/kvchain/changes?wait=x").await.expect_error(400, "bad_field");
    }

    /// A service that stops lets nobody wait for it.
    async fn stopping_ends_streams_and_waits(db: TestDatabase) {
        let kv = Kv::start(&db, &ProofStandIn::start().await).await;
        let mut reader = open(&kv, None, EventFilter::default()).await;
        let client = kv.client.clone();
        let waits = tokio::spawn(async move { client.get("/v1/kvchain/changes?wait=30").await });
        Person::new("alice").own_write(&kv, json!({"a": 1})).await;
        assert_eq!(waits.await.unwrap().json()["links"][0]["id"], 1);
        assert_eq!(next(&mut reader).await.unwrap().id, 1);
        let started = Instant::now();
        let ((), end) = tokio::join!(kv.stop(), next(&mut reader));
        assert_eq!((end, reader.last_id()), (None, 1));
        // The framework looks at its connections once a second; the grace would be eight.
        assert!(started.elapsed() < Duration::from_secs(4), "{:?}", started.elapsed());
    }
}
