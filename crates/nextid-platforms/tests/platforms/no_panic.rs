//! No body and no evidence, however odd, makes a reader or a judge panic.

use nextid_core::Platform;
use nextid_platforms::{Account, Evidence, ProofText, Registry, Secret, post};
use nextid_platforms::{
    bluesky, discord, dotbit, farcaster, keybase, minds, slack, steam, telegram, tiktok, twitter, website,
};
use proptest::prelude::*;

use crate::published::{BLUESKY, CAST, MESSAGE, NOSTR_KEY, PERMALINK, POST, TELEGRAM, TWEET, VIDEO};
use crate::support::{LONG, claim, net};
use crate::worlds::alice;

/// Bodies that are nearly what platforms send: pieces of their shapes, cut and put together at random.
fn bodies() -> impl Strategy<Value = Vec<u8>> {
    let pieces = prop::sample::select(vec![
        "{\"data\":{\"id\":\"1504363098328924163\",\"text\":\"Sig: x\",\"author_id\":\"1\"}}",
        "{\"err_no\":0,\"data\":{\"records\":[{\"key\":\"nextid\",\"type\":\"profile\",\"value\":\":\"}]}}",
        "{\"entities\":[{\"message\":\"Sig: \",\"ownerObj\":{\"guid\":1,\"username\":\"a\"}}]}",
        "{\"id\":\"961458176719487076\",\"channel_id\":\"960708146706395179\",\"content\":\"\",\"author\":",
        "{\"ok\":true,\"messages\":[{\"ts\":\"1677499644.698189\",\"text\":\"<a|b>\"}]}",
        "{\"author_unique_id\":\"a\",\"title\":\"Sig: \"}",
        "<profile><steamID64>1</steamID64><summary><![CDATA[NextID proof: a:]]></summary></profile>",
        "<response><error>x</error></response>",
        "{\"posts\":[{\"uri\":\"at://did:plc:z72i7hdynmk6r22z27h6tvur/app.bsky.feed.post/3lbv3urcj3s2t\",\"author\":",
        "{\"did\":\"did:plc:z72i7hdynmk6r22z27h6tvur\",\"handle\":\"a\"}",
        "{\"$type\":\"app.bsky.feed.post\",\"text\":\"Sig: \",\"reply\":{}}",
        "{\"messages\":[{\"data\":{\"type\":\"MESSAGE_TYPE_CAST_ADD\",\"fid\":1,\"castAddBody\":{\"text\":\"\"}},\"hash\":\"0xd66fcc88\"}]}",
        "{\"data\":{\"type\":\"x\",\"fid\":1,\"userDataBody\":{\"type\":\"USER_DATA_TYPE_USERNAME\",\"value\":\"\"}},\"hash\":\"\"}",
        "<div class=\"tgme_widget_message\" data-post=\"NextDotID/101\">",
        "<div class=\"tgme_widget_message_author\"><a class=\"tgme_widget_message_author_name\" href=\"https://t.me/a\">",
        "<div class=\"tgme_widget_message_text\">Sig: x<br>",
        "</div>",
        "</a>",
        "<blockquote>",
        "&amp;",
        "&#0;",
        "&#xD800;",
        "<![CDATA[",
        "]]>",
        "<!--",
        "<",
        ">",
        "\"",
        "\\u0000",
        "\u{feff}",
        "\u{ad}",
        "🎭",
        "null",
        "[",
        "]",
        "{",
        "}",
        ",",
    ]);
    let mixed = prop::collection::vec(
        prop_oneof![
            4 => pieces.prop_map(|piece| piece.as_bytes().to_vec()),
            1 => prop::collection::vec(any::<u8>(), 0..8),
        ],
        0..12,
    );
    (mixed, any::<prop::sample::Index>(), any::<bool>()).prop_map(|(pieces, at, cut)| {
        let mut body = pieces.concat();
        if cut && !body.is_empty() {
            body.truncate(at.index(body.len()));
        }
        body
    })
}

/// Whatever a text may hold, with what a proof has in it.
fn texts() -> impl Strategy<Value = String> {
    prop::collection::vec(
        prop_oneof![
            Just("Sig: ".to_owned()),
            Just("NextID proof: ".to_owned()),
            Just("ps:true;v:1;sig:".to_owned()),
            Just("{\"signature\":\"".to_owned()),
            Just("{\"proofs\":[{\"avatar\":\"".to_owned()),
            Just("{\"id\":\"\",\"pubkey\":\"\",\"created_at\":0,\"kind\":1,\"tags\":[[]],\"content\":\"\",\"sig\":\"\"}".to_owned()),
            Just(":".to_owned()),
            Just("\n".to_owned()),
            Just("RT @".to_owned()),
            Just("https://t.co/".to_owned()),
            "[A-Za-z0-9+/]{0,90}={0,2}",
            "\\PC{0,20}",
            any::<String>(),
        ],
        0..8,
    )
    .prop_map(|pieces| pieces.concat())
}

fn registry() -> Registry {
    let secret = || Some(Secret::new("x"));
    let mut settings = nextid_platforms::PlatformSettings::default();
    settings.twitter.bearer_token = secret();
    settings.keybase.base_url = Some("https://keybase.example".to_owned());
    settings.ens.rpc_url = Some(Secret::new("https://node.example"));
    settings.discord.bot_token = secret();
    settings.slack.token = secret();
    settings.nostr.relays = Some("ws://relay.example".to_owned());
    settings.farcaster.base_url = Some("https://hub.example".to_owned());
    Registry::new(&settings, net(LONG)).unwrap()
}

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
    (Platform::Nostr, NOSTR_KEY),
    (Platform::Bluesky, "alice.bsky.social"),
    (Platform::Farcaster, "alice"),
    (Platform::Website, "example.com"),
];

#[test]
fn bodies_never_panic() {
    let owner = claim(&alice(), Platform::Keybase, "alice", "");
    let places = (
        discord::Place::parse(MESSAGE).unwrap(),
        telegram::Place::parse(TELEGRAM).unwrap(),
        slack::Place::parse(PERMALINK).unwrap(),
        tiktok::Video::parse(VIDEO, "alice").unwrap(),
        bluesky::Place::parse(BLUESKY).unwrap(),
        farcaster::CastHash::parse(CAST).unwrap(),
    );
    proptest!(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() }, |(body in bodies(), second in bodies())| {
        drop(twitter::evidence(TWEET, &body, &second));
        drop(keybase::evidence(&owner, &body));
        drop(dotbit::evidence("alice.bit", &body));
        drop(minds::evidence(POST, &body));
        drop(discord::evidence(&places.0, &body));
        drop(telegram::evidence(&places.1, &body));
        drop(slack::evidence(&places.2, &body));
        drop(tiktok::evidence(&places.3, &body));
        drop(steam::evidence(&body));
        drop(bluesky::evidence(&places.4, &body));
        drop(farcaster::evidence(&places.5, &body, &second));
        drop(farcaster::newest_with(&places.5, &body));
        drop(website::evidence("example.com", &body));
        let text = String::from_utf8_lossy(&body);
        drop(post::tidied(&post::html_text(&text)));
    });
}

#[test]
fn judges_never_panic() {
    let registry = registry();
    proptest!(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() }, |(
        texts in prop::collection::vec((texts(), texts()), 0..4),
        name in prop::option::of(texts()),
        id in prop::option::of(texts()),
        alt_id in prop::option::of(texts()),
        truncated in any::<bool>(),
    )| {
        for (platform, identity) in IDENTITIES {
            let mut claim = claim(&alice(), platform, identity, "");
            claim.alt_id = alt_id.clone();
            let file = nextid_core::post_text::file_name(&claim.avatar);
            let evidence = Evidence {
                // Mostly alice, so that the text is looked at.
                account: Some(Account {
                    name: name.clone().unwrap_or_else(|| identity.to_owned()),
                    other_names: vec![identity.to_owned()],
                    id: id.clone(),
                    display_name: name.clone(),
                }),
                texts: texts.iter().map(|(name, content)| ProofText {
                    name: match name.len() % 4 {
                        0 => file.clone(),
                        1 => "nextid.json".to_owned(),
                        2 => "event".to_owned(),
                        _ => name.clone(),
                    },
                    content: content.clone(),
                    truncated,
                }).collect(),
                location: id.clone(),
            };
            let verifier = registry.get(platform).unwrap();
            drop(verifier.check(&claim, &evidence));
        }
    });
}
