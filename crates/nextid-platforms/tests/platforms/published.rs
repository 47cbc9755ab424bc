//! What platforms answer about a post of alice's, made by hand in the shapes that they have.

use nextid_core::{Platform, SecretKey};
use nextid_platforms::{Claim, Evidence, FetchError, Verifier};
use nextid_platforms::{bluesky, discord, farcaster, minds, nostr, slack, steam, telegram, tiktok, twitter};
use nextid_testkit::nostr::NostrKey;
use serde_json::{Value, json};

use crate::support::claim;
use crate::worlds::{self, DID, STEAM_ID};

pub const TWEET: &str = "1504363098328924163";
pub const POST: &str = "1421043369127186449";
pub const VIDEO: &str = "7287329983805197614";
pub const MESSAGE: &str =
    "https://discord.com/channels/960708146706395176/960708146706395179/961458176719487076";
pub const PERMALINK: &str = "https://nextid.slack.com/archives/C04Q3P6H7TK/p1677499644698189";
pub const TELEGRAM: &str = "https://t.me/NextDotID/101";
pub const BLUESKY: &str = "at://did:plc:z72i7hdynmk6r22z27h6tvur/app.bsky.feed.post/3lbv3urcj3s2t";
pub const CAST: &str = "0xd66fcc8888d51be5aafd3ba10d52f0e113125db2";

/// The key on Nostr that is made of the label `alice`.
pub const NOSTR_KEY: &str = "f1b16433a1c667f093aca2bbb3fc9b95c88fdde1df890b1e870c95f1c22f8773";

/// A platform on which alice is to be found.
pub struct Place {
    pub platform: Platform,
    pub identity: &'static str,
    location: &'static str,
    verifier: fn() -> Box<dyn Verifier>,
    show: fn(name: &str, text: &str) -> Evidence,
}

impl Place {
    pub fn claim(&self, key: &SecretKey) -> Claim {
        claim(key, self.platform, self.identity, self.location)
    }

    pub fn verifier(&self) -> Box<dyn Verifier> {
        (self.verifier)()
    }

    /// What is shown of this text when an account of this name has published it.
    pub fn show_as(&self, name: &str, text: &str) -> Evidence {
        (self.show)(name, text)
    }

    /// What is shown of this text when alice has published it.
    pub fn show(&self, text: &str) -> Evidence {
        self.show_as(self.identity, text)
    }
}

/// Those where a line of the post begins with `Sig: `.
pub const LINES: [Place; 8] = [
    Place {
        platform: Platform::Twitter,
        identity: "alice",
        location: TWEET,
        verifier: || Box::new(worlds::twitter_verifier("https://api.twitter.com")),
        show: |name, text| tweet(&json!({ "text": escaped(text) }), &json!({ "username": name })).unwrap(),
    },
    Place {
        platform: Platform::Minds,
        identity: "alice",
        location: POST,
        verifier: || Box::new(minds::MindsVerifier::new(&minds::MindsSettings::default()).unwrap()),
        show: |name, text| {
            entity(&json!({ "message": text, "ownerObj": { "guid": "1063", "username": name, "name": "A" } }))
                .unwrap()
        },
    },
    Place {
        platform: Platform::Discord,
        identity: "alice",
        location: MESSAGE,
        verifier: || worlds::discord().verifier,
        show: |name, text| {
            let author = json!({ "id": "2853", "username": name, "discriminator": "0", "global_name": "A" });
            message(&json!({ "content": text, "author": author })).unwrap()
        },
    },
    Place {
        platform: Platform::Telegram,
        identity: "alice",
        location: TELEGRAM,
        verifier: || {
            Box::new(telegram::TelegramVerifier::new(&telegram::TelegramSettings::default()).unwrap())
        },
        show: |name, text| page(&bubble(&writer(name), &escaped(text).replace('\n', "<br/>"))).unwrap(),
    },
    Place {
        platform: Platform::Slack,
        identity: "U04Q3NRDWHX",
        location: PERMALINK,
        verifier: || worlds::slack().verifier,
        show: |name, text| history(&json!({ "user": name, "text": escaped(text) })).unwrap(),
    },
    Place {
        platform: Platform::Nostr,
        identity: NOSTR_KEY,
        location: "",
        verifier: || Box::new(nostr_verifier("ws://127.0.0.1:1")),
        show: |name, text| {
            let label = if name == NOSTR_KEY { "alice" } else { name };
            nostr::evidence(&NostrKey::of(label).unwrap().note(text).unwrap())
        },
    },
    Place {
        platform: Platform::Bluesky,
        identity: "alice.bsky.social",
        location: BLUESKY,
        verifier: || Box::new(worlds::bluesky_verifier("https://public.api.bsky.app")),
        show: |name, text| {
            let view = json!({ "author": { "did": DID, "handle": name } });
            skeet(&view, &json!({ "text": text })).unwrap()
        },
    },
    Place {
        platform: Platform::Farcaster,
        identity: "alice",
        location: CAST,
        verifier: || Box::new(worlds::farcaster_verifier("https://hub.example")),
        show: |name, text| cast(&json!({}), &json!({ "text": text }), &profile_of(name)).unwrap(),
    },
];

pub const STEAM: Place = Place {
    platform: Platform::Steam,
    identity: STEAM_ID,
    location: "",
    verifier: || Box::new(steam::SteamVerifier::new(&steam::SteamSettings::default()).unwrap()),
    show: |id, text| profile(id, &escaped(text).replace('\n', "<br>")).unwrap(),
};

pub const TIKTOK: Place = Place {
    platform: Platform::Tiktok,
    identity: "alice",
    location: VIDEO,
    verifier: || Box::new(tiktok::TiktokVerifier::new(&tiktok::TiktokSettings::default()).unwrap()),
    show: |name, text| video(&json!({ "author_unique_id": name, "title": text })).unwrap(),
};

pub fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// These fields over others.
pub fn over(base: Value, fields: &Value) -> Value {
    let (Value::Object(mut all), Value::Object(fields)) = (base, fields.clone()) else {
        panic!("not objects")
    };
    all.extend(fields);
    Value::Object(all)
}

pub fn tweet(tweet: &Value, user: &Value) -> Result<Evidence, FetchError> {
    let tweet = over(json!({ "id": TWEET, "text": "x", "author_id": "1468" }), tweet);
    let user = over(json!({ "id": "1468", "username": "alice", "name": "A" }), user);
    tweet_answers(&json!({ "data": tweet }), &json!({ "data": user }))
}

pub fn tweet_answers(tweet: &Value, user: &Value) -> Result<Evidence, FetchError> {
    twitter::evidence(TWEET, tweet.to_string().as_bytes(), user.to_string().as_bytes())
}

pub fn entity(fields: &Value) -> Result<Evidence, FetchError> {
    entities(&json!([over(json!({ "guid": POST, "access_id": "2" }), fields)]))
}

pub fn entities(list: &Value) -> Result<Evidence, FetchError> {
    let body = json!({ "status": "success", "entities": list });
    minds::evidence(POST, body.to_string().as_bytes())
}

pub fn message(fields: &Value) -> Result<Evidence, FetchError> {
    let place = discord::Place::parse(MESSAGE).unwrap();
    let author = json!({ "id": "2853", "username": "alice", "discriminator": "0" });
    let message = json!({
        "id": "961458176719487076", "channel_id": "960708146706395179", "type": 0, "content": "x", "author": author,
    });
    discord::evidence(&place, over(message, fields).to_string().as_bytes())
}

pub fn history(fields: &Value) -> Result<Evidence, FetchError> {
    let message = json!({ "type": "message", "ts": "1677499644.698189", "user": "U04Q3NRDWHX", "text": "x" });
    slack_answer(&json!({ "ok": true, "messages": [over(message, fields)] }))
}

pub fn slack_answer(answer: &Value) -> Result<Evidence, FetchError> {
    let place = slack::Place::parse(PERMALINK).unwrap();
    slack::evidence(&place, answer.to_string().as_bytes())
}

pub fn video(fields: &Value) -> Result<Evidence, FetchError> {
    let video = tiktok::Video::parse(VIDEO, "alice").unwrap();
    let answer =
        json!({ "author_name": "A", "author_unique_id": "alice", "title": "x", "embed_product_id": VIDEO });
    tiktok::evidence(&video, over(answer, fields).to_string().as_bytes())
}

pub fn profile(id: &str, summary: &str) -> Result<Evidence, FetchError> {
    let xml = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?><profile><steamID64>{id}</steamID64>\
         <steamID><![CDATA[A]]></steamID><privacyState>public</privacyState><summary><![CDATA[{summary}]]></summary>\
         </profile>"
    );
    steam::evidence(xml.as_bytes())
}

/// The public page of a message, with this in place of the message.
pub fn page(content: &str) -> Result<Evidence, FetchError> {
    let place = telegram::Place::parse(TELEGRAM).unwrap();
    let html = format!("<!DOCTYPE html>\n<html><head><title>x</title></head><body>{content}</body></html>");
    telegram::evidence(&place, html.as_bytes())
}

/// The link to the person who wrote a message.
pub fn writer(name: &str) -> String {
    format!(
        "<a class=\"tgme_widget_message_author_name\" href=\"https://t.me/{name}\"><span dir=\"auto\">A</span></a>\
         &nbsp;in&nbsp;"
    )
}

/// A message by this author, with this text, both in HTML.
pub fn bubble(author: &str, text: &str) -> String {
    format!(
        "<div class=\"tgme_widget_message text_not_supported_wrap js-widget_message\" data-post=\"NextDotID/101\">\
         <div class=\"tgme_widget_message_bubble\"><div class=\"tgme_widget_message_author accent_color\">{author}\
         <a class=\"tgme_widget_message_owner_name\" href=\"https://t.me/NextDotID\"><span dir=\"auto\">Next.ID</span></a>\
         </div><div class=\"tgme_widget_message_text js-message_text\" dir=\"auto\">{text}</div></div></div>"
    )
}

pub fn nostr_verifier(relays: &str) -> nostr::NostrVerifier {
    let settings =
        nostr::NostrSettings { relays: Some(relays.to_owned()), ..nostr::NostrSettings::default() };
    nostr::NostrVerifier::new(&settings).unwrap().unwrap()
}

/// A post on Bluesky, with these fields around and in its record.
pub fn skeet(view: &Value, record: &Value) -> Result<Evidence, FetchError> {
    let plain =
        json!({ "$type": "app.bsky.feed.post", "createdAt": "2024-11-26T22:34:57.235Z", "text": "x" });
    let author = json!({ "did": DID, "handle": "alice.bsky.social", "displayName": "A" });
    let shown = json!({ "uri": BLUESKY, "cid": "x", "author": author, "record": over(plain, record) });
    skeets(&json!([over(shown, view)]))
}

pub fn skeets(list: &Value) -> Result<Evidence, FetchError> {
    let place = bluesky::Place::parse(BLUESKY).unwrap();
    bluesky::evidence(&place, json!({ "posts": list }).to_string().as_bytes())
}

/// A cast, with these fields of its data and of its body, by an account with this profile.
pub fn cast(data: &Value, body: &Value, profile: &Value) -> Result<Evidence, FetchError> {
    let plain = json!({ "text": "x", "mentions": [], "parentCastId": null, "parentUrl": null, "embeds": [] });
    let plain = json!({
        "type": "MESSAGE_TYPE_CAST_ADD", "fid": 402_328, "timestamp": 1, "castAddBody": over(plain, body),
    });
    let message = json!({ "data": over(plain, data), "hash": CAST, "signature": "x", "signer": "0x00" });
    let hash = farcaster::CastHash::parse(CAST).unwrap();
    farcaster::evidence(&hash, message.to_string().as_bytes(), profile.to_string().as_bytes())
}

/// The profile of an account that goes by this name.
pub fn profile_of(name: &str) -> Value {
    let fields =
        [("USER_DATA_TYPE_BIO", "x"), ("USER_DATA_TYPE_USERNAME", name), ("USER_DATA_TYPE_DISPLAY", "A")];
    let messages = fields.map(|(kind, value)| {
        let body = json!({ "type": kind, "value": value });
        let data = json!({ "type": "MESSAGE_TYPE_USER_DATA_ADD", "fid": 402_328, "userDataBody": body });
        json!({ "data": data, "hash": "0x00" })
    });
    json!({ "messages": messages })
}
