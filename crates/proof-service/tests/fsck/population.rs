//! A database with links of every kind of signer, and the check of it.

use nextid_core::SecretKey;
use nextid_core::payload::{SubkeyAlgorithm, SubkeyCreatePayload, SubkeyDeletePayload};
use nextid_service::db::{Db, DbSettings};
use nextid_service::fsck::{self, Defect, Event, Progress};
use nextid_testkit::TestDatabase;
use nextid_testkit::keys::key;
use nextid_testkit::tamper::Tampering;
use proof_service::fsck::ProofChecks;
use serde_json::json;

use crate::support::{App, address_of, steps::until};

/// What a test may break.
pub const TABLES: [&str; 6] = ["links", "bindings", "subkeys", "state_changes", "outbox", "feed"];

/// Six links of two chains and two subkeys; nobody writes any more when this returns. The chain of `alice` alone has the
/// places from 1 to 4: a wallet (0), an alias (1), the wallet revoked by itself (2), a second wallet (3), and a third (4).
pub async fn populate(db: &TestDatabase) {
    let app = App::start(db).await;
    let (alice, wallet) = (key("alice"), key("wallet"));
    app.bind_wallet(&alice, &wallet).await;
    app.bind_alias(&alice, &key("alias")).await;
    let draft = app.draft(&alice, "delete", "ethereum", &address_of(&wallet)).await;
    app.accept(&draft.by_wallet(&wallet)).await;
    app.bind_wallet(&alice, &key("wallet 2")).await;
    app.bind_wallet(&alice, &key("wallet 3")).await;
    app.bind_wallet(&key("bob"), &wallet).await;
    certify(&app, &alice, "phone").await;
    certify(&app, &alice, "tablet").await;
    revoke(&app, &alice, "phone").await;
    app.changes(6).await;
    drop(app);
    until("the lease is given back by the service that stops", || db.count("lease") == 0).await;
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
    let end = fsck::check::<ProofChecks>(&db, 2, &mut tell).await.unwrap();
    assert!(end.is_end);
    assert_eq!(u64::try_from(defects.len()).unwrap(), end.defects);
    (defects, end)
}

/// Breaks a sound database in one way after the other. Each has to be named by exactly these codes, in any order, with the
/// table and, where it belongs to one, the place: `signature links 2`.
pub async fn expect_each(db: &TestDatabase, blows: &[(&str, &[&str])]) {
    populate(db).await;
    assert_eq!(check(db).await.0, []);
    let tampering = Tampering::new(db, &TABLES);
    assert_eq!(check(db).await.0, [], "without constraints");
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

async fn certify(app: &App, owner: &SecretKey, label: &str) {
    let (subkey, payload) = subkey(owner, label);
    let mut body = subkey;
    body["signature"] = owner.personal_sign(payload.as_bytes()).to_base64().into();
    body["name"] = label.into();
    app.post("/v1/subkey", &body).await.expect_status(200);
}

async fn revoke(app: &App, owner: &SecretKey, label: &str) {
    let (mut body, _) = subkey(owner, label);
    let (avatar, public_key) = (owner.avatar(), key(label).avatar().to_hex());
    let (created_at, uuid) = (nextid_service::boot::now(), "353449e6-3a6f-4ac8-ae65-ba14bf466baf");
    let payload = SubkeyDeletePayload {
        subkey: SubkeyCreatePayload {
            avatar: &avatar,
            algorithm: SubkeyAlgorithm::Secp256k1,
            public_key: &public_key,
            rp_id: "example.com",
        },
        created_at,
        uuid: nextid_core::LinkUuid::parse(uuid).unwrap(),
    };
    body["signature"] = owner.personal_sign(payload.to_string().as_bytes()).to_base64().into();
    body["uuid"] = uuid.into();
    body["created_at"] = created_at.to_string().into();
    app.send(http::Method::DELETE, "/v1/subkey", &[], body.to_string()).await.expect_status(200);
}

/// The fields of every request about a subkey, and what certifies it.
fn subkey(owner: &SecretKey, label: &str) -> (serde_json::Value, String) {
    let (avatar, public_key) = (owner.avatar(), key(label).avatar().to_hex());
    let algorithm = SubkeyAlgorithm::Secp256k1;
    let payload =
        SubkeyCreatePayload { avatar: &avatar, algorithm, public_key: &public_key, rp_id: "example.com" };
    let body = json!({
        "avatar": avatar.to_hex(), "algorithm": algorithm, "public_key": public_key, "rp_id": "example.com",
    });
    (body, payload.to_string())
}
