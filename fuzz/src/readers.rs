//! Every reader of what platforms send. The targets choose by position, so new ones are put at the end.

use std::sync::LazyLock;

use nextid_core::{EthAddress, Platform};
use nextid_platforms::farcaster::CastHash;
use nextid_platforms::{
    Account, Evidence, FetchError, ProofText, bluesky, discord, dotbit, ens, farcaster, fuzzing, github,
    keybase, minds, slack, steam, telegram, tiktok, twitter, website,
};

use crate::claims::{NOTE_KEY, claim, registry};

/// What was read.
pub type Shown = Vec<(Platform, Evidence)>;

/// A reader and its name, which the seeds of the corpus are named after.
pub type Reader = (&'static str, fn(&[u8]) -> Shown);

/// All of them.
pub const READERS: [Reader; 22] = [
    ("twitter", |body| {
        let (tweet, user) = split(body);
        one(Platform::Twitter, twitter::evidence("1504363098328924163", tweet, user))
    }),
    ("github", |body| {
        let id = "5b3acc09d25242950e4b7ea0ee707ada";
        one(Platform::Github, github::evidence(claim(Platform::Github), id, body))
    }),
    ("keybase", |body| one(Platform::Keybase, Ok(keybase::evidence(claim(Platform::Keybase), body)))),
    ("dotbit", |body| one(Platform::Dotbit, dotbit::evidence("alice.bit", body))),
    ("minds", |body| one(Platform::Minds, minds::evidence("1421043369127186449", body))),
    ("steam", |body| one(Platform::Steam, steam::evidence(body))),
    ("activitypub", |body| {
        let posts = fuzzing::activitypub("example.social", body, registry().net());
        posts.into_iter().map(|post| (Platform::Activitypub, post)).collect()
    }),
    ("discord", |body| {
        static PLACE: LazyLock<discord::Place> = LazyLock::new(|| {
            let channel = "https://discord.com/channels/960708146706395176/960708146706395179";
            discord::Place::parse(&format!("{channel}/961458176719487076")).expect("a place")
        });
        one(Platform::Discord, discord::evidence(&PLACE, body))
    }),
    ("telegram", |body| {
        static PLACE: LazyLock<telegram::Place> =
            LazyLock::new(|| telegram::Place::parse("https://t.me/NextDotID/101").expect("a place"));
        one(Platform::Telegram, telegram::evidence(&PLACE, body))
    }),
    ("slack", |body| {
        static PLACE: LazyLock<slack::Place> = LazyLock::new(|| {
            let permalink = "https://nextid.slack.com/archives/C04Q3P6H7TK/p1677499644698189";
            slack::Place::parse(permalink).expect("a place")
        });
        one(Platform::Slack, slack::evidence(&PLACE, body))
    }),
    ("tiktok", |body| {
        static VIDEO: LazyLock<tiktok::Video> =
            LazyLock::new(|| tiktok::Video::parse("7287329983805197614", "alice").expect("a video"));
        one(Platform::Tiktok, tiktok::evidence(&VIDEO, body))
    }),
    ("nostr", |body| {
        // The id that is asked for is the first one in the message, so that it need not be guessed.
        let Ok(message) = std::str::from_utf8(body) else { return Vec::new() };
        let id = message.split("\"id\":\"").nth(1).and_then(|rest| rest.get(..64)).unwrap_or(NOTE_KEY);
        fuzzing::relay(message, id).into_iter().map(|note| (Platform::Nostr, note)).collect()
    }),
    ("bluesky", |body| {
        static PLACE: LazyLock<bluesky::Place> = LazyLock::new(|| {
            let uri = "at://did:plc:z72i7hdynmk6r22z27h6tvur/app.bsky.feed.post/3lbv3urcj3s2t";
            bluesky::Place::parse(uri).expect("a place")
        });
        one(Platform::Bluesky, bluesky::evidence(&PLACE, body))
    }),
    ("farcaster", |body| {
        let (cast, profile) = split(body);
        one(Platform::Farcaster, farcaster::evidence(cast_hash(), cast, profile))
    }),
    ("farcaster_list", |body| {
        static BEGINNING: LazyLock<CastHash> = LazyLock::new(|| {
            CastHash::parse("https://farcaster.xyz/alice/0xd66fcc88").expect("the beginning of a hash")
        });
        let cast = farcaster::newest_with(&BEGINNING, body);
        one(Platform::Farcaster, cast.and_then(|cast| farcaster::evidence(cast_hash(), &cast, b"")))
    }),
    ("website", |body| one(Platform::Website, Ok(website::evidence("example.com", body)))),
    ("dns", |message| {
        let records = fuzzing::txt_lookup("example.com", message);
        one(Platform::Dns, Ok(named(Platform::Dns, "example.com", records)))
    }),
    ("txt", |records| {
        let records = String::from_utf8_lossy(records).split('\n').map(str::to_owned).collect();
        one(Platform::Dns, Ok(named(Platform::Dns, "example.com", records)))
    }),
    ("ens", |record| {
        let record = String::from_utf8_lossy(record).into_owned();
        one(Platform::Ens, Ok(named(Platform::Ens, ens::RECORD_KEY, vec![record])))
    }),
    ("ens_contract", |data| {
        fuzzing::ens("example.eth", data);
        Vec::new()
    }),
    ("ethereum_node", |body| {
        fuzzing::ethereum_node(body);
        Vec::new()
    }),
    ("contract_wallet", |signature| {
        static WALLET: LazyLock<EthAddress> = LazyLock::new(|| {
            EthAddress::parse("0xd4030c02878bd1404dc2c5956eadc5e3e2c8d3c6").expect("an address")
        });
        fuzzing::contract_wallet(&WALLET, signature);
        Vec::new()
    }),
];

fn one(platform: Platform, read: Result<Evidence, FetchError>) -> Shown {
    match read {
        Ok(evidence) => vec![(platform, evidence)],
        Err(error) => {
            // What people are told.
            let _ = (error.to_string(), error.is_evidence(), error.retry_after());
            Vec::new()
        }
    }
}

/// The two answers that make one evidence: before the first zero byte, and after it.
fn split(body: &[u8]) -> (&[u8], &[u8]) {
    let at = body.iter().position(|byte| *byte == 0);
    at.map_or((body, &[]), |at| (&body[..at], &body[at + 1..]))
}

fn cast_hash() -> &'static CastHash {
    static HASH: LazyLock<CastHash> =
        LazyLock::new(|| CastHash::parse("0xd66fcc8888d51be5aafd3ba10d52f0e113125db2").expect("a hash"));
    &HASH
}

/// Texts of this name, at the name that is claimed.
fn named(platform: Platform, record: &str, texts: Vec<String>) -> Evidence {
    let name = claim(platform).identity.as_str().to_owned();
    let text = |content| ProofText { name: record.to_owned(), content, truncated: false };
    Evidence {
        account: Some(Account { name: name.clone(), other_names: Vec::new(), id: None, display_name: None }),
        texts: texts.into_iter().map(text).collect(),
        location: Some(name),
    }
}
