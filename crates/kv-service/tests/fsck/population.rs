//! A database with two chains, and the check of it.

use kv_service::fsck::KvChecks;
use nextid_service::db::{Db, DbSettings};
use nextid_service::fsck::{self, Defect, Event, Progress};
use nextid_testkit::TestDatabase;
use nextid_testkit::tamper::Tampering;
use serde_json::json;

use crate::support::{Kv, Person, ProofStandIn};

/// What a test may break.
const TABLES: [&str; 4] = ["links", "namespaces", "outbox", "feed"];

/// Four links of two chains; nobody writes any more when this returns. The chain of `alice` alone has the places from 1 to 2.
pub async fn populate(db: &TestDatabase) {
    let proof_service = ProofStandIn::start().await;
    let kv = Kv::start(db, &proof_service).await;
    let (alice, bob) = (Person::new("alice"), Person::new("bob"));
    proof_service.bind(&alice.hex(), "github", "octocat");
    alice.own_write(&kv, json!({"a": {"b": 1, "c": 2.5}, "z": "\u{0}"})).await;
    alice.write(&kv, "github", "octocat", json!({"x": 1})).await;
    alice.own_write(&kv, json!({"a": {"b": null}})).await;
    bob.own_write(&kv, json!({})).await;
    // It numbers what waits before it ends.
    kv.stop().await;
    assert_eq!((db.count("feed"), db.count("outbox")), (4, 0));
}

/// Checks the database.
pub async fn check(db: &TestDatabase) -> (Vec<Defect>, Progress) {
    let db = Db::open(DbSettings { pool_size: 2, ..DbSettings::new(db.url()) }).await.unwrap();
    let mut defects = Vec::new();
    let mut tell = |event| {
        if let Event::Defect(defect) = event {
            defects.push(defect);
        }
    };
    let end = fsck::check::<KvChecks>(&db, 2, &mut tell).await.unwrap();
    (defects, end)
}

/// Breaks a sound database in one way after the other. Each has to be named by exactly these codes, in any order, with the
/// table and, where it belongs to one, the place: `signature links 2`.
pub async fn expect_each(db: &TestDatabase, blows: &[(&str, &[&str])]) {
    populate(db).await;
    assert_eq!(check(db).await.0, []);
    let tampering = Tampering::new(db, &TABLES);
    for (sql, wanted) in blows {
        tampering.run(sql);
        let (defects, _) = check(db).await;
        let mut named: Vec<String> = defects.iter().map(short).collect();
        named.sort();
        let mut wanted: Vec<String> = wanted.iter().map(|text| (*text).to_owned()).collect();
        wanted.sort();
        assert_eq!(named, wanted, "{sql}: {defects:#?}");
        tampering.undo();
    }
    assert_eq!(check(db).await.0, [], "put back");
}

fn short(defect: &Defect) -> String {
    let seq = defect.seq.map(|seq| format!(" {seq}")).unwrap_or_default();
    format!("{} {}{seq}", defect.code, defect.table)
}
