//! Exports that hold are taken over whole, and given out again as they came.

use nextid_core::Avatar;
use nextid_core::link::ProofLink;
use nextid_core::verify::{Anchor, BindingEvidence, verify_proof_chain};
use nextid_service::import::Imported;
use nextid_testkit::keys::key;
use nextid_testkit::on_both_databases;
use serde_json::Value;

use super::support::{NOW, another, assert_sound, import, import_text, store, vector};
use crate::support::{App, Tally};

/// The published ProofChains that hold, with how many of their bindings have to be looked at.
const VALID: [(&str, u64); 8] = [
    ("valid/01-empty.jsonl", 0),
    ("valid/02-accounts.jsonl", 2),
    ("valid/03-wallets-and-alias.jsonl", 0),
    ("valid/04-the-other-party-revokes.jsonl", 2),
    ("valid/05-characters.jsonl", 2),
    ("valid/06-links-of-2021.jsonl", 2),
    ("valid/07-contract-wallet.jsonl", 1),
    ("valid/08-one-second-and-high-s.jsonl", 3),
];

fn header(text: &str) -> Value {
    serde_json::from_str(text.lines().next().unwrap()).unwrap()
}

fn is_doubtful(link: &ProofLink) -> bool {
    BindingEvidence::of(link.platform.parse().unwrap(), link) != BindingEvidence::CounterSignature
}

on_both_databases! {
    /// Into a database in use: the export that comes out is byte for byte the one that went in, and the feed tells its links.
    async fn published_chains_come_out_as_they_went_in(db: TestDatabase) {
        for (name, _) in VALID {
            let db = another(&db);
            let app = App::start(&db).await;
            let beside = store(&db).await;
            let text = std::fs::read_to_string(vector(name)).unwrap();
            let links = text.lines().count() - 1;
            let imported = import(&beside, &vector(name)).await.unwrap();
            assert_eq!((imported[0].added, imported[0].known), (links as u64, 0), "{name}");
            let avatar: Avatar = header(&text)["avatar"].as_str().unwrap().parse().unwrap();
            assert_eq!(app.export(&avatar).await, text, "{name}");
            let told = app.changes(links).await;
            assert_eq!(told.len(), links, "{name}");
            // The same once more changes nothing.
            let before = Tally::of(&db);
            let again = import(&beside, &vector(name)).await.unwrap();
            assert_eq!((again[0].added, again[0].known), (0, links as u64), "{name}");
            assert_eq!(Tally::of(&db), before);
            assert_sound(&db).await;
        }
        drop(db);
    }

    /// What another party signed is valid at once, what only a post or a contract says is not.
    async fn what_cannot_be_checked_offline_is_not_valid(db: TestDatabase) {
        for (name, unchecked) in VALID {
            let db = another(&db);
            let beside = store(&db).await;
            let imported = import(&beside, &vector(name)).await.unwrap();
            assert_eq!(imported[0].unchecked, unchecked, "{name}");
            let text = std::fs::read_to_string(vector(name)).unwrap();
            let avatar: Avatar = header(&text)["avatar"].as_str().unwrap().parse().unwrap();
            let links: Vec<ProofLink> =
                text.lines().skip(1).map(|line| serde_json::from_str(line).unwrap()).collect();
            // Whatever was bound meanwhile, its place in the feed says so as well.
            let doubtful = links.iter().filter(|link| link.action == "create" && is_doubtful(link)).count();
            let said = db.number("SELECT count(*) AS n FROM links WHERE unchecked AND action = 'create'");
            assert_eq!((said, db.number("SELECT count(*) AS n FROM links WHERE unchecked")),
                (i64::try_from(doubtful).unwrap(), said), "{name}");
            let bindings = verify_proof_chain(&avatar, Anchor::Genesis, &links).unwrap().bindings;
            assert_eq!(db.count("bindings"), i64::try_from(bindings.len()).unwrap(), "{name}");
            for bound in bindings {
                let is_valid = bound.evidence == BindingEvidence::CounterSignature;
                let shown = beside.binding(avatar, bound.platform, bound.identity).await.unwrap().unwrap();
                assert_eq!(shown.is_valid, is_valid, "{name} {shown:?}");
                assert_eq!(shown.state, if is_valid { "valid" } else { "unchecked" }, "{name}");
                assert_eq!(shown.invalid_reason.is_empty(), is_valid, "{name}");
                assert_eq!(shown.last_checked_at, if is_valid { NOW } else { 0 }, "{name}");
                assert!(shown.created_at > 0 && shown.created_at <= bound.created_at.seconds(), "{name}");
            }
        }
        drop(db);
    }

    /// A longer export extends what is stored, a shorter one adds nothing, and the chain goes on from there.
    async fn a_head_is_extended(db: TestDatabase) {
        let other = another(&db);
        let (alice, wallet) = (key("alice"), key("wallet"));
        let origin = App::start(&other).await;
        let mut exports = Vec::new();
        origin.bind_wallet(&alice, &wallet).await;
        exports.push(origin.export(&alice.avatar()).await);
        origin.bind_wallet(&alice, &key("second wallet")).await;
        exports.push(origin.export(&alice.avatar()).await);
        origin.revoke(&alice, "ethereum", &crate::support::address_of(&wallet)).await;
        origin.bind_alias(&alice, &key("bob")).await;
        exports.push(origin.export(&alice.avatar()).await);

        let app = App::start(&db).await;
        let beside = store(&db).await;
        for (export, known, added) in
            [(&exports[0], 0, 1), (&exports[2], 1, 3), (&exports[1], 2, 0), (&exports[2], 4, 0)]
        {
            let imported = import_text(&beside, export).await.unwrap();
            assert_eq!(imported, [Imported { known, added, ..Imported::default() }]);
        }
        assert_eq!(app.export(&alice.avatar()).await, exports[2]);
        assert_eq!(app.bound(&alice.avatar()).await, origin.bound(&alice.avatar()).await);
        let shown = app.shown(&alice.avatar()).await.unwrap();
        assert_eq!(shown["alias"], serde_json::json!([key("bob").avatar().to_hex()]));

        app.bind_wallet(&alice, &wallet).await;
        assert_eq!(app.verified(&alice.avatar()).await.head.unwrap().seq, 4);
        assert_eq!(app.changes(5).await.len(), 5);
        assert_sound(&db).await;
    }

    /// A file may hold several exports, with blank lines between them.
    async fn a_file_may_hold_several_chains(db: TestDatabase) {
        let other = another(&db);
        let origin = App::start(&other).await;
        let mut text = String::new();
        for name in ["alice", "bob", "carol"] {
            origin.bind_wallet(&key(name), &key("wallet")).await;
            text.push_str(&origin.export(&key(name).avatar()).await);
            text.push_str("\n\r\n");
        }
        text.push_str(&origin.export(&key("nobody").avatar()).await);
        let app = App::start(&db).await;
        let imported = import_text(&store(&db).await, &text).await.unwrap();
        assert_eq!(imported.iter().map(|chain| chain.added).collect::<Vec<_>>(), [1, 1, 1, 0]);
        for name in ["alice", "bob", "carol"] {
            app.same_as(&origin, &key(name).avatar()).await;
        }
    }
}
