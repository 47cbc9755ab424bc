//! What must not be taken for genuine is refused, and changes nothing.

use nextid_core::{Platform, signature_text};
use nextid_testkit::{TestDatabase, on_both_databases};
use serde_json::Value;

use crate::support::{Platforms, Post, Served, Vector, published, put_earlier_link, rejected, synthetic};

/// Signatures of which it is not known what they sign.
const SIGNATURES_ALONE: [&str; 4] =
    ["docs/sig-sample-1uZDz", "prev-only/binaryhb-prev0", "prev-only/javaspeak-prev", "prev-only/yeiwb-prev"];

#[test]
fn every_rejected_vector_has_its_test() {
    let mut tested =
        vec!["cli/sannieinmeta-1648705013", "dns/oyist", "docs/api.apib-restore-example", "kv/weipingzhu2"];
    tested.extend(SIGNATURES_ALONE);
    tested.sort_unstable();
    let recorded = rejected();
    let mut recorded: Vec<&str> = recorded.iter().map(Vector::id).collect();
    recorded.sort_unstable();
    // The one about KV is refused in kv-service's tests.
    assert_eq!(recorded, tested);
}

on_both_databases! {
    /// A tweet that is signed by another key than the one it is to be a proof of.
    async fn a_tweet_of_another_key(db: TestDatabase) {
        let vector = find(rejected(), "cli/sannieinmeta-1648705013");
        refuse_posts(&db, Platform::Twitter, &[(vector.clone(), vector.post())]).await;
    }

    /// A record in the right form that has no signature where one should be.
    async fn a_record_without_a_signature(db: TestDatabase) {
        let vector = find(rejected(), "dns/oyist");
        let genuine = find(published("proof_signed"), "proof/twitter/yeiwb-2022");
        let record = vector.text("txt").to_owned();
        let field = |name: &str| record.split(';').find_map(|piece| piece.strip_prefix(name)).expect("a field");
        let claimed = genuine
            .with("platform", "dns")
            .with("identity", "testcase.example")
            .with("uuid", field("uuid:"))
            .with("created_at", field("ca:"));
        let post = Post { text: record.clone(), ..claimed.post() };
        refuse_posts(&db, Platform::Dns, &[(claimed, post)]).await;
    }

    /// The documentation shows a genuine post under another key and another second: neither fits it.
    async fn a_genuine_tweet_under_another_key(db: TestDatabase) {
        let why = find(rejected(), "docs/api.apib-restore-example").text("why").to_owned();
        let documented = "0x020d2ee3a597c24c66717dba01d7d14cb55e307834fe23428bd85c64249111f08a";
        assert!(why.contains(documented) && why.contains("created_at 1647332405"));
        let genuine = find(published("proof_signed"), "proof/twitter/yeiwb-2023-with-prev");
        let of_another = genuine.with("public_key_compressed", documented);
        put_earlier_link(&db, &of_another.with("created_at", "1647332405")).await;
        let cases = [of_another.with("created_at", "1647332405"), of_another];
        let posts = cases.map(|case| (case, genuine.post()));
        refuse_posts(&db, Platform::Twitter, &posts).await;
    }

    /// Nobody's payload that is published, on any platform, has them as its signature.
    async fn signatures_that_fit_nothing(db: TestDatabase) {
        for platform in [Platform::Twitter, Platform::Github] {
            let mut posts = Vec::new();
            for claimed in first_links().filter(|vector| vector.platform() == platform) {
                for id in SIGNATURES_ALONE {
                    let signature = find(rejected(), id).text("signature_base64").to_owned();
                    let forged = signed_by(&claimed, &signature);
                    posts.push((claimed.clone(), forged));
                }
            }
            assert!(posts.len() >= SIGNATURES_ALONE.len());
            refuse_posts(&db, platform, &posts).await;
        }
    }

    /// The last byte of a signature is 0, 1, 27 or 28.
    async fn recovery_ids_that_are_none(db: TestDatabase) {
        let vectors = synthetic();
        let wallet = find(vectors.clone(), "synthetic/ethereum/neg-signatures-swapped");
        let tweet = find(vectors.clone(), "synthetic/twitter/create-genesis");
        let spoilt = vectors.iter().filter(|vector| vector.text("expect") == "rejected");
        let signatures: Vec<String> = spoilt
            .map(|vector| {
                let bytes = hex::decode(vector.text("signature_hex").trim_start_matches("0x"));
                signature_text::encode_base64(&bytes.expect("hexadecimal"))
            })
            .collect();
        assert_eq!(signatures.len(), 6);
        let posts: Vec<_> =
            signatures.iter().map(|signature| (tweet.clone(), signed_by(&tweet, signature))).collect();
        refuse_posts(&db, Platform::Twitter, &posts).await;
        let service = Served::start(&db, Platforms::none()).await;
        for signature in &signatures {
            let mut request = wallet.request("");
            request["extra"]["signature"] = Value::from(signature.as_str());
            let error = service.post("/v1/proof", &request).await.expect_error(400, "bad_signature_encoding");
            assert_eq!(error["field"], "extra.signature", "{error}");
        }
        assert_eq!(db.count("links"), 0);
    }

    /// Each signature is genuine, and stands where the other one belongs.
    async fn swapped_signatures_of_a_wallet(db: TestDatabase) {
        let vector = find(synthetic(), "synthetic/ethereum/neg-signatures-swapped");
        assert_eq!(vector.text("expect"), "invalid");
        let service = Served::start(&db, Platforms::none()).await;
        service.post("/v1/proof", &vector.request("")).await.expect_error(400, "bad_signature");
        // They are not refused for anything else.
        let mut request = vector.request("");
        let extra = vector.0["extra"].clone();
        request["extra"]["signature"] = extra["wallet_signature"].clone();
        request["extra"]["wallet_signature"] = extra["signature"].clone();
        service.post("/v1/proof", &request).await.expect_status(201);
        assert_eq!(db.count("links"), 1);
    }

    /// A gist that others once accepted for what itself says it signs, sent with another uuid and second.
    async fn a_gist_that_speaks_for_itself(db: TestDatabase) {
        let gist = find(published("proof_signed"), "proof/github/nykma-gist");
        let uploaded = find(published("proof_payload_unsigned"), "payload/github/nykma-as-uploaded");
        let claimed = gist.with("uuid", uploaded.text("uuid")).with("created_at", uploaded.text("created_at"));
        assert_ne!(claimed.sign_payload(), gist.sign_payload());
        refuse_posts(&db, Platform::Github, &[(claimed, gist.post())]).await;
    }

    /// A recorded exchange: the tweet is genuine, and `created_at` was sent in milliseconds.
    async fn milliseconds(db: TestDatabase) {
        let genuine = find(published("proof_signed"), "proof/twitter/johndic-1704278694");
        let service = Served::start(&db, Platforms::with(Platform::Twitter, &[genuine.post()])).await;
        let exchange = find(published("http_live"), "http/live/upload-johndic-1705413052-bad-created-at");
        let mut request = exchange.0["request"].clone();
        request["proof_location"] = Value::from(service.platforms.locations[0].as_str());
        assert_eq!(exchange.0["status"], 400);
        let error = service.post("/v1/proof", &request).await.expect_status(400).json();
        assert_eq!(error["code"], "bad_created_at", "{error}");
        assert_eq!(db.count("links"), 0);
    }

    /// The form of 2021 signs neither uuid nor second. Such links are read in chains; nobody can add one any more, since
    /// there is no telling how old it is and how often it was sent.
    async fn the_form_of_2021(db: TestDatabase) {
        let legacy = find(published("proof_signed"), "proof/twitter/yeiwb-2021-legacy");
        let claimed =
            legacy.with("uuid", "c6fa1483-1bad-4f07-b661-678b191ab4b3").with("created_at", "1639000000");
        refuse_posts(&db, Platform::Twitter, &[(claimed.clone(), claimed.post())]).await;
        let service = Served::start(&db, Platforms::with(Platform::Twitter, &[claimed.post()])).await;
        let request = legacy.request(&service.platforms.locations[0]);
        let error = service.post("/v1/proof", &request).await.expect_error(400, "missing_field");
        assert_eq!(error["field"], "uuid", "{error}");
        assert_eq!(db.count("links"), 0);
    }
}

/// Publishes each post and submits what it is to prove: refused for its signature, each of them.
async fn refuse_posts(db: &TestDatabase, platform: Platform, cases: &[(Vector, Post)]) {
    let posts: Vec<Post> = cases.iter().map(|(_, post)| post.clone()).collect();
    let service = Served::start(db, Platforms::with(platform, &posts)).await;
    let before = db.count("links");
    for ((claimed, post), location) in cases.iter().zip(&service.platforms.locations) {
        let answer = service.post("/v1/proof", &claimed.request(location)).await;
        let error = answer.expect_error(400, "proof_mismatch");
        assert_eq!(error["which"], "signature", "{}, {post:?}: {error}", claimed.id());
    }
    assert_eq!(db.count("links"), before);
}

/// Published first links of a chain, in the form that is signed today.
fn first_links() -> impl Iterator<Item = Vector> {
    let all = published("proof_signed").into_iter();
    all.filter(|vector| vector.optional("prev").is_none() && vector.optional("uuid").is_some())
}

/// The post that this service asks for, with another signature.
fn signed_by(claimed: &Vector, signature: &str) -> Post {
    let mut forged = claimed.with("signature_base64", signature);
    for verbatim in ["post_text", "post_text_lines", "fixture"] {
        forged.0[verbatim] = Value::Null;
    }
    forged.post()
}

fn find(vectors: Vec<Vector>, id: &str) -> Vector {
    vectors.into_iter().find(|vector| vector.id() == id).unwrap_or_else(|| panic!("no vector {id}"))
}
