//! Writes the seeds of `corpus/platform_…`: what every platform answers about a genuine proof, and what its readers make of
//! it. Run in `fuzz/` after a reader was added or moved:
//!
//! ```sh
//! cargo +nightly run --example seeds
//! ```

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use hickory_proto::op::{Message, MessageType, OpCode, Query};
use hickory_proto::rr::rdata::TXT;
use hickory_proto::rr::{Name, RData, Record, RecordType};
use k256::schnorr::SigningKey;
use nextid_core::nostr::{Event, TEXT_NOTE};
use nextid_core::post_text::{PostInput, file_name, post_content};
use nextid_core::{Platform, base1024};
use nextid_fuzz::{NOTE_KEY, READERS, avatar_key, claim, judge};
use serde_json::{Value, json};

/// Texts as they were recorded in the field.
const RECORDED: [(&str, &str); 6] = [
    ("github_file", include_str!("../../crates/nextid-platforms/tests/fixtures/github_gist_file_nykma.json")),
    ("steam", include_str!("../../crates/nextid-platforms/tests/fixtures/steam_76561198092541763.xml")),
    ("steam", include_str!("../../crates/nextid-platforms/tests/fixtures/steam_error_profile_not_found.xml")),
    ("tiktok", include_str!("../../crates/nextid-platforms/tests/fixtures/tiktok_oembed_partial.json")),
    ("tiktok", include_str!("../../crates/nextid-platforms/tests/fixtures/tiktok_oembed_error.json")),
    ("txt", include_str!("../../crates/nextid-platforms/tests/fixtures/dns_testcase.nextnext.id.txt")),
];

fn main() {
    let mut at = 0;
    let mut accepted = BTreeSet::new();
    let mut bodies: Vec<(&str, Vec<u8>)> = hand_made();
    bodies.extend(
        RECORDED
            .iter()
            .filter(|(name, _)| *name != "github_file")
            .map(|(name, text)| (*name, text.as_bytes().to_vec())),
    );
    for (name, body) in bodies {
        at += 1;
        let position = READERS.iter().position(|(reader, _)| *reader == name).expect("a reader of this name");
        let shown = READERS[position].1(&body);
        let seed = [vec![u8::try_from(position).expect("few readers")], body].concat();
        write("platform_bodies", &format!("{name}_{at:02}"), &seed);
        for (platform, evidence) in shown {
            if judge(platform, None, &evidence) {
                accepted.insert(platform);
            }
            let trial = json!({ "platform": platform, "alt_id": null, "evidence": evidence });
            write("platform_judges", &format!("{name}_{at:02}"), trial.to_string().as_bytes());
        }
    }
    for platform in Platform::ALL.iter().copied().filter(|platform| platform.needs_post()) {
        assert!(accepted.contains(&platform), "no seed is a genuine proof on {platform}");
        write("platform_texts", platform.as_str(), post(platform).as_bytes());
    }
    for (name, text) in RECORDED.iter().chain(&PLACES) {
        write("platform_texts", &format!("{name}_{}", text.len()), text.as_bytes());
    }
    write(
        "platform_texts",
        "tweet",
        include_bytes!("../../crates/nextid-platforms/tests/fixtures/twitter_post_yeiwb_2023.txt"),
    );
}

const PLACES: [(&str, &str); 6] = [
    (
        "discord_place",
        "https://discord.com/channels/960708146706395176/960708146706395179/961458176719487076",
    ),
    (
        "slack_place",
        "https://nextid.slack.com/archives/C04Q3P6H7TK/p1677499644698189?thread_ts=1677499644.698189",
    ),
    ("telegram_place", "https://t.me/NextDotID/101?single"),
    ("tiktok_place", "https://www.tiktok.com/@alice/video/7287329983805197614"),
    ("bluesky_place", "https://bsky.app/profile/did%3Aplc%3Az72i7hdynmk6r22z27h6tvur/post/3lbv3urcj3s2t"),
    ("farcaster_place", "https://farcaster.xyz/alice/0xd66fcc88"),
];

fn write(target: &str, name: &str, seed: &[u8]) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus").join(target);
    fs::create_dir_all(&folder).expect("a folder");
    fs::write(folder.join(name), seed).expect("a seed");
}

/// The text to publish, signed.
fn post(platform: Platform) -> String {
    let claim = claim(platform);
    let texts = post_content(&PostInput {
        action: claim.action,
        avatar: &claim.avatar,
        identity: &claim.identity,
        uuid: claim.uuid,
        created_at: claim.created_at,
        prev: None,
        sign_payload: &claim.payload,
    });
    let signature = avatar_key().personal_sign(claim.payload.as_bytes()).to_base64();
    texts["default"]
        .replace("%SIG_BASE64%", &signature)
        .replace("%COMPRESSED_PERSONA_PUBKEY_HEX%", &claim.avatar.to_hex())
}

/// As HTML with line ends in markup.
fn html(platform: Platform, line_end: &str) -> String {
    let text = post(platform).replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    text.replace('\n', line_end)
}

fn hand_made() -> Vec<(&'static str, Vec<u8>)> {
    let json = |name, body: Value| (name, body.to_string().into_bytes());
    let pair = |name, first: Value, second: Value| (name, format!("{first}\0{second}").into_bytes());
    let tweet =
        |text: String| json!({ "data": { "id": "1504363098328924163", "text": text, "author_id": "1468" } });
    let user = json!({ "data": { "id": "1468", "username": "Alice", "name": "A" } });
    let short =
        base1024::encode(avatar_key().personal_sign(claim(Platform::Twitter).payload.as_bytes()).as_bytes());
    let problem = "https://api.twitter.com/2/problems/resource-not-found";
    let avatar = claim(Platform::Github).avatar;
    let gist = json!({
        "id": "5b3acc09d25242950e4b7ea0ee707ada", "owner": { "login": "Alice", "id": 1191636 }, "truncated": false,
        "files": { file_name(&avatar): { "content": post(Platform::Github), "truncated": false }, "b": null },
    });
    let minds = json!({ "guid": "1421043369127186449", "access_id": "2", "message": post(Platform::Minds),
        "ownerObj": { "guid": "1063", "username": "alice", "name": "A" } });
    let discord = |author: Value| {
        json!({ "id": "961458176719487076", "channel_id": "960708146706395179", "type": 0,
            "content": post(Platform::Discord), "author": author })
    };
    let status = json!({
        "id": "109372843234789", "visibility": "public", "in_reply_to_id": null, "reblog": null,
        "account": { "id": "108222", "acct": "Alice", "display_name": "A" },
        "content": format!("<p>{}</p>", html(Platform::Activitypub, "<br />")),
    });
    let note = json!({
        "id": "9c8r7l2qzx", "visibility": "public", "replyId": null, "renoteId": null, "text": post(Platform::Activitypub),
        "user": { "id": "9c", "username": "alice", "host": null, "name": "A" },
    });
    let schema = "http://nodeinfo.diaspora.software/ns/schema/2.1";
    let skeet = json!({ "posts": [{
        "uri": "at://did:plc:z72i7hdynmk6r22z27h6tvur/app.bsky.feed.post/3lbv3urcj3s2t",
        "author": { "did": "did:plc:z72i7hdynmk6r22z27h6tvur", "handle": "alice.bsky.social", "displayName": "A" },
        "record": { "$type": "app.bsky.feed.post", "text": post(Platform::Bluesky) },
    }] });
    let cast = json!({
        "hash": "0xd66fcc8888d51be5aafd3ba10d52f0e113125db2",
        "data": { "type": "MESSAGE_TYPE_CAST_ADD", "fid": 5650,
            "castAddBody": { "text": post(Platform::Farcaster), "parentCastId": null } },
    });
    let field = |kind: &str, value: &str| {
        json!({ "hash": "0x00", "data": { "type": "MESSAGE_TYPE_USER_DATA_ADD", "fid": 5650,
            "userDataBody": { "type": kind, "value": value } } })
    };
    let profile = json!({ "messages": [field("USER_DATA_TYPE_USERNAME", "alice"), field("USER_DATA_TYPE_DISPLAY", "A")] });
    let slack = json!({ "ok": true, "messages": [{ "type": "message", "ts": "1677499644.698189", "user": "U04Q3NRDWHX",
        "text": html(Platform::Slack, "\n") }] });
    vec![
        pair("twitter", tweet(post(Platform::Twitter)), user.clone()),
        pair("twitter", tweet(format!("“Sig: {short}”\r\nSig: {short} https://t.co/x")), user.clone()),
        pair("twitter", json!({ "errors": [{ "type": problem }] }), user),
        json("github", gist),
        ("keybase", post(Platform::Keybase).into_bytes()),
        json("dotbit", json!({ "err_no": 0, "data": { "records": [
            { "key": "nextid", "type": "profile", "value": post(Platform::Dotbit) } ] } })),
        json("dotbit", json!({ "err_no": 20007, "err_msg": "account not exist", "data": null })),
        json("minds", json!({ "status": "success", "entities": [minds] })),
        ("steam", format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?><profile><steamID64>76561198092541763</steamID64><steamID><![CDATA[A]]>\
             </steamID><customURL><![CDATA[a]]></customURL><summary><![CDATA[{}]]></summary></profile>",
            html(Platform::Steam, "<br>")).into_bytes()),
        json("activitypub", status),
        json("activitypub", note),
        json("activitypub", json!({ "links": [{ "rel": schema, "href": "https://example.social/nodeinfo/2.1" }] })),
        json("activitypub", json!({ "software": { "name": "sharkey" }, "error": { "code": "NO_SUCH_NOTE" } })),
        json("discord", discord(json!({ "id": "2853", "username": "alice", "discriminator": "0", "global_name": "A" }))),
        json("discord", discord(json!({ "id": "2853", "username": "alice", "discriminator": "0001" }))),
        ("telegram", format!(
            "<html><body><div class=\"tgme_widget_message js-widget_message\" data-post=\"NextDotID/101\"><div \
             class=\"tgme_widget_message_author\"><a class=\"tgme_widget_message_author_name\" href=\"https://t.me/alice\">\
             <span>A</span></a>&nbsp;in&nbsp;<a class=\"tgme_widget_message_owner_name\" href=\"https://t.me/NextDotID\">N</a>\
             </div><div class=\"tgme_widget_message_text\">{}</div></div></body></html>",
            html(Platform::Telegram, "<br/>")).into_bytes()),
        ("telegram", b"<div class=\"tgme_widget_message_error\">Post not found</div>".to_vec()),
        json("slack", slack),
        json("slack", json!({ "ok": false, "error": "channel_not_found" })),
        json("tiktok", json!({ "author_name": "A", "author_unique_id": "alice", "title": post(Platform::Tiktok),
            "embed_product_id": "7287329983805197614" })),
        json("nostr", json!(["EVENT", "nextid", nostr_note()])),
        json("nostr", json!(["EOSE", "nextid"])),
        json("bluesky", skeet),
        pair("farcaster", cast.clone(), profile),
        json("farcaster_list", json!({ "messages": [cast] })),
        ("website", post(Platform::Website).into_bytes()),
        ("dns", dns_answer()),
        ("txt", format!("v=spf1 -all\n\"{}\"", post(Platform::Dns)).into_bytes()),
        ("ens", post(Platform::Ens).into_bytes()),
        ("ens_contract", [word(32), word(3), b"abc".to_vec(), vec![0; 29]].concat()),
        ("ens_contract", offchain_lookup()),
        json("ens_contract", json!({ "data": "0x0aff" })),
        json("ethereum_node", json!({ "jsonrpc": "2.0", "id": 1, "result": { "number": "0x10", "hash": "0x00" } })),
        json("ethereum_node", json!({ "id": 1, "error": { "code": 3, "message": "execution reverted", "data": "0x556f1830" } })),
        ("contract_wallet", [word(7), word(96), word(160), word(2), vec![1; 32], word(1), vec![2; 32],
            b"\x64\x92".repeat(16)].concat()),
    ]
}

fn nostr_note() -> Event {
    let key = SigningKey::from_slice(&[3; 32]).expect("a key");
    let mut event = Event {
        id: String::new(),
        pubkey: hex::encode(key.verifying_key().to_bytes()),
        created_at: 1_700_000_000,
        kind: TEXT_NOTE,
        tags: Vec::new(),
        content: post(Platform::Nostr),
        sig: String::new(),
    };
    assert_eq!(event.pubkey, NOTE_KEY);
    let hash = event.hash();
    event.id = hex::encode(hash);
    event.sig = hex::encode(key.sign_raw(&hash, &[0; 32]).expect("a signature").to_bytes());
    event
}

fn dns_answer() -> Vec<u8> {
    let name = Name::from_ascii("example.com.").expect("a name");
    let mut message = Message::new(1, MessageType::Response, OpCode::Query);
    message.add_query(Query::query(name.clone(), RecordType::TXT));
    for text in ["v=spf1 -all".to_owned(), post(Platform::Dns)] {
        let text = RData::TXT(TXT::new(vec![text]));
        message.add_answer(Record::from_rdata(name.clone(), 300, text));
    }
    message.to_vec().expect("a message")
}

/// The arguments of ERC-3668's error: sender, gateways, question, callback, extra.
fn offchain_lookup() -> Vec<u8> {
    let bytes = |text: &[u8]| [word(text.len()), text.to_vec(), vec![0; 32 - text.len()]].concat();
    [
        [vec![0; 12], vec![0xaa; 20]].concat(),
        word(5 * 32),
        word(9 * 32),
        [vec![1, 2, 3, 4], vec![0; 28]].concat(),
        word(11 * 32),
        word(1),
        word(32),
        bytes(b"https://a.example/{data}"),
        bytes(b"question"),
        bytes(b"extra"),
    ]
    .concat()
}

/// A number as the contract ABI has it.
fn word(number: usize) -> Vec<u8> {
    [vec![0; 24], u64::try_from(number).expect("64 bits").to_be_bytes().to_vec()].concat()
}
