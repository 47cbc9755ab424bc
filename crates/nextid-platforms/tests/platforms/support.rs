//! What the tests have in common.

use std::collections::BTreeMap;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use async_trait::async_trait;
use nextid_core::payload::proof::ProofPayload;
use nextid_core::post_text::{PostInput, post_content};
use nextid_core::{Action, CreatedAt, Identity, LinkUuid, Platform, SecretKey, Signature};
use nextid_net::{AllowHost, GuardedClient, NetConfig, Resolver};
use nextid_platforms::Claim;

pub const UUID: &str = "ea7279e4-b00c-4447-b784-c8f45895fdc8";
pub const OTHER_UUID: &str = "909ee81f-4c5e-4319-affa-90d95eca614d";
pub const SECOND: i64 = 1_700_000_000;

/// The first link of a chain that binds `identity`.
pub fn claim(key: &SecretKey, platform: Platform, identity: &str, location: &str) -> Claim {
    linked_claim(key, platform, identity, location, UUID, None)
}

/// A link with another uuid, or after another link.
pub fn linked_claim(
    key: &SecretKey,
    platform: Platform,
    identity: &str,
    location: &str,
    uuid: &str,
    prev: Option<&str>,
) -> Claim {
    let avatar = key.avatar();
    let identity = Identity::parse(platform, identity).unwrap();
    let uuid = LinkUuid::parse(uuid).unwrap();
    let created_at = CreatedAt::from_seconds(SECOND).unwrap();
    let payload = ProofPayload {
        action: Action::Create,
        avatar: &avatar,
        platform,
        identity: identity.as_str(),
        created_at,
        uuid,
        prev,
    };
    let payload = payload.to_string();
    Claim {
        avatar,
        identity,
        action: Action::Create,
        uuid,
        created_at,
        location: location.to_owned(),
        payload,
        alt_id: None,
    }
}

/// The text to publish for a claim, with this as its signature.
pub fn post(claim: &Claim, signature: &str) -> String {
    let input = PostInput {
        action: claim.action,
        avatar: &claim.avatar,
        identity: &claim.identity,
        uuid: claim.uuid,
        created_at: claim.created_at,
        prev: None,
        sign_payload: &claim.payload,
    };
    let texts: BTreeMap<String, String> = post_content(&input);
    texts["default"].replace("%SIG_BASE64%", signature)
}

/// The text to publish for a claim, signed.
pub fn signed_post(claim: &Claim, key: &SecretKey) -> String {
    post(claim, &sign(claim, key).to_base64())
}

pub fn sign(claim: &Claim, key: &SecretKey) -> Signature {
    key.personal_sign(claim.payload.as_bytes())
}

/// A client that gives up after this many milliseconds; long unless a test waits for it.
pub fn net(timeout_ms: u64) -> GuardedClient {
    GuardedClient::new(NetConfig { timeout_ms, ..NetConfig::default() }).unwrap()
}

/// A client for which this name is allowed and stands for the loopback interface.
pub fn loopback_net(name: &str, timeout_ms: u64) -> GuardedClient {
    let config =
        NetConfig { timeout_ms, allow_hosts: AllowHost::parse_list(name).unwrap(), ..NetConfig::default() };
    GuardedClient::builder(config).resolver(Arc::new(Loopback)).build().unwrap()
}

/// Every name is this computer's.
#[derive(Debug)]
struct Loopback;

#[async_trait]
impl Resolver for Loopback {
    async fn resolve(&self, _host: &str) -> io::Result<Vec<SocketAddr>> {
        Ok(vec![(Ipv4Addr::LOCALHOST, 0).into()])
    }
}

pub const LONG: u64 = 20_000;
