//! Bindings to look at.

use nextid_core::payload::ProofPayload;
use nextid_core::{Action, CreatedAt, Identity, LinkUuid, Platform, SecretKey, post_text};
use nextid_testkit::TestDatabase;
use nextid_testkit::github::{Gist, GithubStandIn};
use proof_service::store::Store;
use proof_service::store::append::{AppendOutcome, NewLink};
use serde_json::json;

use super::START;

/// Appends a link over the chain's head, as a submit does after all its checks.
pub async fn append(
    store: &Store,
    key: &SecretKey,
    platform: Platform,
    name: &str,
    at: i64,
    place: impl FnOnce(&str) -> (String, String),
) -> i64 {
    let avatar = key.avatar();
    let identity = Identity::parse(platform, name).expect("an identity");
    let head = store.head(avatar).await.expect("a head");
    let prev = head.as_ref().map(|head| head.signature_base64());
    let uuid = LinkUuid::new(uuid::Uuid::new_v4()).expect("a uuid");
    let created_at = CreatedAt::from_seconds(at).expect("a second");
    let payload = ProofPayload {
        action: Action::Create,
        avatar: &avatar,
        platform,
        identity: identity.as_str(),
        created_at,
        uuid,
        prev: prev.as_deref(),
    }
    .to_string();
    let signature = key.personal_sign(payload.as_bytes()).with_reduced_v();
    let (proof_location, alt_id) = place(&payload);
    let link = NewLink {
        avatar,
        seq: head.as_ref().map_or(0, |head| head.seq + 1),
        uuid,
        action: Action::Create,
        identity,
        alt_id,
        alt_name: name.to_owned(),
        proof_location,
        created_at,
        signature: signature.as_bytes().to_vec(),
        signature_payload: payload,
        signer: avatar.to_hex(),
        prev: head.map(|head| head.signature),
        extra: serde_json::Map::new(),
        stored_at: at,
    };
    match store.append(link).await.expect("the append") {
        AppendOutcome::Appended(link) => link.id,
        AppendOutcome::Lost => panic!("nobody else writes this chain"),
    }
}

/// Binds a GitHub account, with its proof on the stand-in, and returns the gist.
pub async fn bind_gist(
    store: &Store,
    github: &GithubStandIn,
    key: &SecretKey,
    login: &str,
    owner_id: u64,
    at: i64,
) -> Gist {
    let mut gist = Gist::new(login);
    gist.owner_id = Some(owner_id);
    append(store, key, Platform::Github, login, at, |payload| {
        let signature = key.personal_sign(payload.as_bytes()).to_base64();
        let file = json!({"signature": signature}).to_string();
        gist = gist.clone().file(post_text::file_name(&key.avatar()), file);
        (gist.id.clone(), owner_id.to_string())
    })
    .await;
    github.publish(gist.clone());
    gist
}

/// Binds `user1` … on a platform, by statement: thousands of links would take a while. All hang on one link, and are due
/// one second after the other until [`START`].
pub async fn bind_many(db: &TestDatabase, store: &Store, key: &SecretKey, platform: Platform, count: usize) {
    let link = append(store, key, platform, "seed0", START - 259_200, |_| Default::default()).await;
    db.execute("UPDATE bindings SET next_check_at = NULL WHERE identity = 'seed0'");
    db.execute(&format!(
        "INSERT INTO bindings (avatar, platform, identity, identity_folded, alt_id, alt_id_folded, alt_name, \
         alt_name_folded, proof_location, link_id, state, is_valid, invalid_reason, created_at, last_checked_at, \
         next_check_at, claimed_at) \
         WITH RECURSIVE number(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM number WHERE n < {count}) \
         SELECT b.avatar, b.platform, 'user' || n, 'user' || n, '', '', 'user' || n, 'user' || n, 'here', {link}, \
         'valid', b.is_valid, '', b.created_at, b.last_checked_at, {START} - {count} + n, b.claimed_at \
         FROM number CROSS JOIN bindings b WHERE b.link_id = {link} AND b.identity = 'seed0'"
    ));
}
