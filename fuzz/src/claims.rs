//! What is to be proved: one binding of the same Avatar on each platform.

use std::sync::LazyLock;

use nextid_core::payload::ProofPayload;
use nextid_core::{Action, CreatedAt, Identity, LinkUuid, Platform, SecretKey};
use nextid_net::{GuardedClient, NetConfig};
use nextid_platforms::{Claim, PlatformSettings, Registry, Secret};

/// The key that signs the notes of `corpus/platform_bodies`: that of thirty-two bytes of 3.
pub const NOTE_KEY: &str = "531fe6068134503d2723133227c867ac8fa6c83c537e9a44c3c5bdbdcb1fe337";

/// An identity on each platform that has posts.
const IDENTITIES: [(Platform, &str); 17] = [
    (Platform::Twitter, "alice"),
    (Platform::Github, "alice"),
    (Platform::Keybase, "alice"),
    (Platform::Dns, "example.com"),
    (Platform::Ens, "example.eth"),
    (Platform::Dotbit, "alice.bit"),
    (Platform::Minds, "alice"),
    (Platform::Steam, "76561198092541763"),
    (Platform::Activitypub, "alice@example.social"),
    (Platform::Discord, "alice"),
    (Platform::Telegram, "alice"),
    (Platform::Slack, "U04Q3NRDWHX"),
    (Platform::Tiktok, "alice"),
    (Platform::Nostr, NOTE_KEY),
    (Platform::Bluesky, "alice.bsky.social"),
    (Platform::Farcaster, "alice"),
    (Platform::Website, "example.com"),
];

static REGISTRY: LazyLock<Registry> = LazyLock::new(|| {
    let secret = || Some(Secret::new("x"));
    let mut settings = PlatformSettings::default();
    settings.twitter.bearer_token = secret();
    settings.keybase.base_url = Some("https://keybase.example".to_owned());
    settings.ens.rpc_url = Some(Secret::new("https://node.example"));
    settings.discord.bot_token = secret();
    settings.slack.token = secret();
    settings.nostr.relays = Some("ws://relay.example".to_owned());
    settings.farcaster.base_url = Some("https://hub.example".to_owned());
    let net = GuardedClient::new(NetConfig::default()).expect("a client");
    Registry::new(&settings, net).expect("settings that can be used")
});

static CASES: LazyLock<Vec<Case>> = LazyLock::new(|| {
    let [own, others] = [1, 2].map(|byte| SecretKey::from_bytes(&[byte; 32]).expect("a key"));
    let case = |(platform, identity)| Case {
        claim: make(&own, platform, identity),
        of_another: make(&others, platform, identity),
    };
    IDENTITIES.into_iter().map(case).collect()
});

/// A claim, and the same one made by another Avatar.
pub struct Case {
    pub claim: Claim,
    pub of_another: Claim,
}

/// The key of the Avatar of every claim.
pub fn avatar_key() -> SecretKey {
    SecretKey::from_bytes(&[1; 32]).expect("a key")
}

/// All claims.
pub fn cases() -> &'static [Case] {
    &CASES
}

/// The claim on this platform, which has to be one with posts.
pub fn claim(platform: Platform) -> &'static Claim {
    let case = CASES.iter().find(|case| case.claim.identity.platform() == platform);
    &case.expect("an identity on every platform with posts").claim
}

pub(crate) fn registry() -> &'static Registry {
    &REGISTRY
}

fn make(key: &SecretKey, platform: Platform, identity: &str) -> Claim {
    let avatar = key.avatar();
    let identity = Identity::parse(platform, identity).expect("an identity");
    let uuid = LinkUuid::parse("ea7279e4-b00c-4447-b784-c8f45895fdc8").expect("a uuid");
    let created_at = CreatedAt::from_seconds(1_700_000_000).expect("a second");
    let payload = ProofPayload {
        action: Action::Create,
        avatar: &avatar,
        platform,
        identity: identity.as_str(),
        created_at,
        uuid,
        prev: None,
    }
    .to_string();
    Claim {
        avatar,
        identity,
        action: Action::Create,
        uuid,
        created_at,
        location: String::new(),
        payload,
        alt_id: None,
    }
}
