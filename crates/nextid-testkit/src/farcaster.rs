//! A stand-in for a hub of Farcaster: `GET /v1/userNameProofByName`, `castById`, `castsByFid` and `userDataByFid`.

use serde_json::{Value, json};

use crate::stand_in::{Asked, Author, Behaviour, Post, Reply, stand_in};

/// The first cast's hash as a number; its first digits are a cast's that everybody can look up.
const FIRST_CAST: u64 = 0xd66f_cc88_88d5_1be5;

stand_in! {
    /// A hub on a port of its own; everything of [`StandIn`](crate::StandIn) is its as well.
    FarcasterStandIn, Farcaster
}

impl FarcasterStandIn {
    /// Publishes a cast and returns its hash, the `proof_location`. The author's id is the fid.
    pub fn publish(&self, author: Author, text: impl Into<String>) -> String {
        let hash = format!("0x{:016x}{}", self.number(FIRST_CAST), "5aafd3ba10d52f0e113125db");
        self.put(&hash, author, text);
        hash
    }
}

#[derive(Debug)]
struct Farcaster;

impl Behaviour for Farcaster {
    fn name(&self) -> &'static str {
        "farcaster"
    }

    fn answer(&self, asked: &Asked<'_>) -> Option<Reply> {
        let ["v1", method] = asked.path.as_slice() else {
            return None;
        };
        let fid = asked.parameter("fid");
        let is_theirs = |post: &Post| post.author.id == fid;
        Some(match *method {
            "userNameProofByName" => {
                let name = asked.parameter("name");
                match asked.publisher(|author| author.name.eq_ignore_ascii_case(name)) {
                    Some(author) => Reply::json(200, &name_proof(name, author)),
                    None => not_found(),
                }
            }
            "castById" => {
                let hash = asked.parameter("hash");
                match asked.find(|key, post| key == hash && is_theirs(post)) {
                    Some(post) => Reply::json(200, &cast(hash, &post)),
                    None => not_found(),
                }
            }
            "castsByFid" => {
                let hashes = asked.keys(|_, post| is_theirs(post)).into_iter().rev();
                let casts: Vec<Value> =
                    hashes.filter_map(|hash| asked.post(&hash).map(|post| cast(&hash, &post))).collect();
                Reply::json(200, &json!({ "messages": casts, "nextPageToken": "" }))
            }
            "userDataByFid" => {
                let data = asked.find(|_, post| is_theirs(post)).map(|post| profile(fid, &post.author));
                Reply::json(200, &json!({ "messages": data.unwrap_or_default() }))
            }
            _ => return None,
        })
    }

    fn error(&self, status: u16) -> Reply {
        Reply::json(status, &json!({ "error": "Failed", "errorDetail": "status: Internal" }))
    }
}

fn number(fid: &str) -> u64 {
    fid.parse().unwrap_or_default()
}

fn name_proof(name: &str, author: &Author) -> Value {
    json!({
        "timestamp": 1_670_603_245_u64, "name": name, "owner": "0x3a2eee5106a2089f839bea5ab9afabe7359077f3",
        "signature": "fo5OhBP/ud0=", "fid": number(&author.id), "type": "USERNAME_TYPE_FNAME",
    })
}

fn cast(hash: &str, post: &Post) -> Value {
    message(
        hash,
        json!({
            "type": "MESSAGE_TYPE_CAST_ADD", "fid": number(&post.author.id), "timestamp": 148_363_916,
            "network": "FARCASTER_NETWORK_MAINNET",
            "castAddBody": {
                "embedsDeprecated": [], "mentions": [], "parentCastId": null, "parentUrl": null, "text": post.text,
                "embeds": [], "mentionsPositions": [], "type": "CAST",
            },
        }),
    )
}

fn profile(fid: &str, author: &Author) -> Vec<Value> {
    [("USER_DATA_TYPE_USERNAME", &author.name), ("USER_DATA_TYPE_DISPLAY", &author.display_name)]
        .map(|(kind, value)| {
            message(
                "0x00000000000000000000000000000000000000aa",
                json!({
                    "type": "MESSAGE_TYPE_USER_DATA_ADD", "fid": number(fid), "timestamp": 148_363_916,
                    "network": "FARCASTER_NETWORK_MAINNET", "userDataBody": { "type": kind, "value": value },
                }),
            )
        })
        .into()
}

fn message(hash: &str, data: Value) -> Value {
    json!({
        "data": data, "hash": hash, "hashScheme": "HASH_SCHEME_BLAKE3", "signature": "7vDqGH5pQpg=",
        "signatureScheme": "SIGNATURE_SCHEME_ED25519",
        "signer": "0x094c9e9f6fd7f709fa93936f448c29be5d3b3f71da3faddfffb7c7c58f1e2d60",
    })
}

/// As Snapchain says it.
fn not_found() -> Reply {
    let detail = "status: NotFound, message: \"not_found/cast not found\", details: [], metadata: MetadataMap { headers: {} }";
    Reply::json(400, &json!({ "error": "Failed to get cast", "errorDetail": detail }))
}
