//! Accounts on Nostr, Bluesky and Farcaster, proved by posts that are named as people copy them.

use nextid_core::nostr::npub;
use nextid_testkit::bluesky::BlueskyStandIn;
use nextid_testkit::farcaster::FarcasterStandIn;
use nextid_testkit::keys::key;
use nextid_testkit::nostr::{NostrKey, NostrStandIn};
use nextid_testkit::{Author, Outcome, on_both_databases};

use crate::support::Setup;

const DID: &str = "did:plc:z72i7hdynmk6r22z27h6tvur";

on_both_databases! {
    async fn a_nostr_key_is_bound(db: TestDatabase) {
        let relay = NostrStandIn::start().unwrap();
        let app = Setup::new(&db).set("platforms.nostr.relays", relay.url()).start().await;
        let (alice, account) = (key("alice"), NostrKey::of("alice").unwrap());
        let bytes: [u8; 32] = hex::decode(account.public()).unwrap().try_into().unwrap();
        let draft = app.draft(&alice, "create", "nostr", &npub(&bytes)).await;
        assert!(draft.sign_payload.contains(&format!(r#""identity":"{}""#, account.public())), "{}", draft.sign_payload);
        let id = relay.publish(account.note(draft.post()).unwrap());
        relay.script(Outcome::Missing);
        app.refuse(&draft.clone().at(&id), 400, "proof_missing").await;
        relay.script(Outcome::Tampered);
        app.refuse(&draft.clone().at(&id), 502, "platform_error").await;
        relay.script(Outcome::Ok);
        let link = app.accept(&draft.at(&format!("nostr:{id}"))).await;
        assert_eq!((&link["proof_location"], &link["alt_id"]), (&id.into(), &account.public().into()));
        app.verified(&alice.avatar()).await;
    }

    async fn a_bluesky_handle_is_bound(db: TestDatabase) {
        let bluesky = BlueskyStandIn::start().unwrap();
        let app = Setup::new(&db).set("platforms.bluesky.base_url", bluesky.base_url()).start().await;
        let alice = key("alice");
        let draft = app.draft(&alice, "create", "bluesky", "@Alice.bsky.social").await;
        let uri = bluesky.publish(Author::new("alice.bsky.social", DID, "Alice"), draft.post());
        let address = format!("https://bsky.app/profile/alice.bsky.social/post/{}", uri.rsplit('/').next().unwrap());
        bluesky.script(Outcome::OtherAuthor);
        app.refuse(&draft.clone().at(&address), 400, "proof_mismatch").await;
        bluesky.script(Outcome::Ok);
        let link = app.accept(&draft.at(&address)).await;
        assert_eq!((&link["proof_location"], &link["alt_id"]), (&uri.into(), &DID.into()));
        assert_eq!(app.bound(&alice.avatar()).await, ["bluesky:alice.bsky.social"]);
        app.verified(&alice.avatar()).await;
    }

    async fn a_farcaster_name_is_bound(db: TestDatabase) {
        let hub = FarcasterStandIn::start().unwrap();
        let app = Setup::new(&db)
            .set("platforms.farcaster.base_url", hub.base_url())
            .set("platforms.farcaster.token", "t0ken")
            .start()
            .await;
        let alice = key("alice");
        let draft = app.draft(&alice, "create", "farcaster", "Alice").await;
        let hash = hub.publish(Author::new("alice", "402328", "Alice"), draft.post());
        let link = app.accept(&draft.at(&format!("https://farcaster.xyz/alice/{}", &hash[..10]))).await;
        assert_eq!((&link["proof_location"], &link["alt_id"]), (&hash.into(), &"402328".into()));
        assert!(hub.requests().iter().all(|request| request.header("x-api-key") == Some("t0ken")));
        app.verified(&alice.avatar()).await;
    }
}
