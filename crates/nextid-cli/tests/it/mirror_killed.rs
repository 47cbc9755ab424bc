//! `nextid mirror`, killed while it copies, again and again.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "the helpers of tests, which fail with them"
)]

use std::time::{Duration, Instant};

use kv_service::fsck::KvChecks;
use kv_service::store::Store;
use nextid_core::export::{ChainService, ExportHead, ExportHeader};
use nextid_core::link::{KvLink, LinkFormat};
use nextid_core::payload::KvPayload;
use nextid_core::payload::kv::KvPayloadForm;
use nextid_core::{CanonicalJson, CreatedAt, LinkUuid, Platform};
use nextid_service::db::{Db, DbSettings};
use nextid_service::fsck;
use nextid_testkit::keys::key;
use nextid_testkit::{block_on, on_both_databases};
use serde_json::json;

use crate::command::{Services, User};

/// Several transactions of a mirror.
const PEOPLE: i64 = 5;
const LINKS_EACH: i64 = 200;
const ALL: i64 = PEOPLE * LINKS_EACH;

/// How long anything may take.
const PATIENCE: Duration = Duration::from_secs(60);

/// The export of a chain under somebody's own key.
fn chain(label: &str) -> String {
    let key = key(label);
    let (avatar, own) = (key.avatar(), key.avatar().to_uncompressed_hex());
    let mut lines = Vec::new();
    let mut prev: Option<String> = None;
    for seq in 0..LINKS_EACH {
        let (uuid, created_at) = (uuid::Uuid::new_v4(), 1_700_000_000 + seq);
        let patch = json!({"n": seq, "text": "ä\n"});
        let payload = KvPayload {
            form: KvPayloadForm::Avatar,
            avatar: &avatar,
            platform: Platform::Nextid,
            identity: &avatar.to_hex(),
            uuid: LinkUuid::new(uuid).unwrap(),
            created_at: CreatedAt::from_seconds(created_at).unwrap(),
            patch: &CanonicalJson::of(&patch),
            previous: prev.as_deref(),
        }
        .to_string();
        let signature = key.personal_sign(payload.as_bytes()).to_base64();
        let link = KvLink {
            avatar: own.clone(),
            seq: u64::try_from(seq).unwrap(),
            platform: "nextid".to_owned(),
            identity: avatar.to_hex(),
            patch,
            created_at,
            uuid: uuid.to_string(),
            signature: signature.clone(),
            signature_payload: payload,
            signer: own.clone(),
            format: LinkFormat::V1,
            prev: prev.replace(signature),
            restart: false,
        };
        lines.push(serde_json::to_string(&link).unwrap());
    }
    let head = ExportHead { seq: u64::try_from(LINKS_EACH - 1).unwrap(), signature: prev.unwrap() };
    let header = ExportHeader::new(ChainService::Kv, own, Some(head));
    format!("{}\n{}\n", serde_json::to_string(&header).unwrap(), lines.join("\n"))
}

/// Every link with its id in the feed, and the feed's epoch.
async fn everything(url: &str) -> (Vec<(i64, KvLink)>, String) {
    let store = Store::new(Db::open(DbSettings::new(url)).await.unwrap());
    let (links, epoch) = store.latest_changes(0, 2 * ALL).await.unwrap();
    (links.iter().map(|(id, link)| (*id, link.to_link())).collect(), epoch)
}

async fn is_sound(url: &str) {
    let db = Db::open(DbSettings::new(url)).await.unwrap();
    let mut tell = |event| {
        if let fsck::Event::Defect(defect) = event {
            panic!("{defect:?}");
        }
    };
    fsck::check::<KvChecks>(&db, 2, &mut tell).await.unwrap();
}

fn wait_until(what: &str, mut is_so: impl FnMut() -> bool) {
    let deadline = Instant::now() + PATIENCE;
    while !is_so() {
        assert!(Instant::now() < deadline, "still not: {what}");
        std::thread::sleep(Duration::from_millis(2));
    }
}

on_both_databases! {
    /// Each time it goes on where it was: in the end the copy is the origin, with its ids, and verifies. It takes some
    /// seconds, because a copy that is interrupted needs something to copy.
    async fn a_mirror_that_is_killed_goes_on_where_it_was(db: TestDatabase) {
        let url = db.url().to_owned();
        // The services and the command have runtimes of their own.
        let done = std::thread::spawn(move || {
            let (services, user) = (Services::start(), User::new());
            let once = || user.run(&["--json", "mirror", &services.kv_url, "--to", &url, "--once"]).ok().json();
            assert_eq!(once()["cursor"], 0);
            let chains: String = (0..PEOPLE).map(|number| chain(&format!("person-{number}"))).collect();
            let origin = services.kv_database();
            user.run_with_input(&["import", "-", "--to", &origin], &chains).ok();
            wait_until("everything is numbered", || {
                i64::try_from(block_on(everything(&origin)).0.len()).unwrap() == ALL
            });

            let mut killed = 0;
            let mut before = 0;
            while before < ALL {
                let mirror = user.start(&["mirror", &services.kv_url, "--to", &url]);
                wait_until("something is copied", || db.count("links") > before);
                mirror.kill();
                before = db.count("links");
                let without = "SELECT (SELECT count(*) FROM links) - (SELECT count(*) FROM feed) AS n";
                assert_eq!(db.number(without), 0, "a link and its place come together");
                killed += i64::from(before < ALL);
            }
            assert!(killed > 0, "it was never killed in the middle");
            // Nothing more is to be copied, and nothing is copied twice.
            let report = once();
            assert_eq!((&report["cursor"], &report["lag"]), (&json!(ALL), &json!(0)));
            let (wanted, copied) = block_on(async { (everything(&origin).await, everything(&url).await) });
            assert!(wanted == copied, "the copy is another one");
            block_on(is_sound(&url));
        });
        done.join().unwrap();
    }
}
