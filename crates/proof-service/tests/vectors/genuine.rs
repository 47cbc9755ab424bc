//! Every signed vector is accepted with its real post.

use nextid_core::link::ProofLink;
use nextid_core::verify::{Anchor, Head, verify_proof_chain};
use nextid_core::{Platform, Signature, signature_text};
use nextid_testkit::{Backend, TestDatabase, on_both_databases};
use serde_json::Value;

use crate::support::{Platforms, Served, Vector, published, put_earlier_link, synthetic};

/// Signed in 2021, over a text without uuid and second; see `refused`.
const LEGACY: &str = "proof/twitter/yeiwb-2021-legacy";

/// The link before is published as well.
const SECOND_OF_CHAIN: &str = "proof/twitter/binaryhb-chain-2";

on_both_databases! {
    /// The signatures of people, with what they posted.
    async fn published_signatures(db: TestDatabase) {
        let vectors = published("proof_signed");
        assert_eq!(vectors.len(), 6);
        let vectors = vectors.iter().filter(|vector| ![LEGACY, SECOND_OF_CHAIN].contains(&vector.id()));
        assert_eq!(accept_each(db.backend(), vectors).await, 4);
    }

    /// Two links of one person's chain, one after the other.
    async fn a_published_chain(db: TestDatabase) {
        let all = published("proof_signed");
        let second = all.iter().find(|vector| vector.id() == SECOND_OF_CHAIN).expect("the second link");
        let chain = published("proof_chain").remove(0);
        let mut first = second.clone();
        for field in ["uuid", "created_at", "prev", "signature"] {
            let given = &chain.0["links"][0][field];
            first.0[if field == "signature" { "signature_base64" } else { field }] = given.clone();
        }
        // Its tweet is not published, and the rest is the second's.
        for other in ["post_text_lines", "signature_base64_v_normalized", "sign_payload"] {
            first.0[other] = Value::Null;
        }
        put_earlier_link(&db, &first).await;
        let service = Served::start(&db, Platforms::with(Platform::Twitter, &[first.post(), second.post()])).await;
        let mut links = Vec::new();
        for (vector, location) in [&first, second].into_iter().zip(&service.platforms.locations) {
            links.push(accept(&service, vector, location).await);
        }
        let anchor = after_earlier(&first);
        let state = verify_proof_chain(&first.avatar(), anchor, &links).expect("the chain verifies");
        assert_eq!(state.head.expect("a head").seq, 2);
        assert_eq!(links[1].signature, chain.0["links"][1]["signature_v_normalized"]);
    }

    /// The signatures of independent libraries, for the platforms of which nothing is published.
    async fn signatures_of_independent_libraries(db: TestDatabase) {
        let vectors: Vec<Vector> =
            synthetic().into_iter().filter(|vector| vector.text("expect") == "valid").collect();
        // What is signed for kv-service is tested there.
        let vectors = vectors.iter().filter(|vector| !vector.id().starts_with("synthetic/kv/"));
        assert_eq!(accept_each(db.backend(), vectors).await, 27);
    }
}

/// Each in a database of its own, since many are first links of the same Avatar.
async fn accept_each(backend: Backend, vectors: impl Iterator<Item = &Vector>) -> usize {
    let mut accepted = 0;
    for vector in vectors {
        println!("{}", vector.id());
        let db = match backend {
            Backend::Sqlite => TestDatabase::sqlite(),
            Backend::Postgres => TestDatabase::postgres(),
        };
        if vector.optional("prev").is_some() {
            put_earlier_link(&db, vector).await;
        }
        let is_posted = vector.text("action") == "create" && vector.platform().needs_post();
        let platforms =
            if is_posted { Platforms::with(vector.platform(), &[vector.post()]) } else { Platforms::none() };
        let service = Served::start(&db, platforms).await;
        let location = service.platforms.locations.first().cloned().unwrap_or_default();
        let link = accept(&service, vector, &location).await;
        if vector.text("action") == "create" {
            let anchor =
                if vector.optional("prev").is_some() { after_earlier(vector) } else { Anchor::Genesis };
            let state = verify_proof_chain(&vector.avatar(), anchor, [link]).expect("the link verifies");
            assert_eq!(state.bindings[0].identity, vector.identity().as_str());
        }
        assert_eq!(is_bound(&service, vector).await, vector.text("action") == "create");
        accepted += 1;
    }
    accepted
}

/// Submits what has to be accepted, twice: the second time it is only told again.
async fn accept(service: &Served, vector: &Vector, location: &str) -> ProofLink {
    let request = vector.request(location);
    let answer = service.post("/v1/proof", &request).await.expect_status(201).json();
    let again = service.post("/v1/proof", &request).await.expect_status(201).json();
    assert_eq!((&answer["replayed"], &again["replayed"]), (&Value::Null, &Value::Bool(true)));
    assert_eq!(again["signature"], answer["signature"]);
    assert_eq!(answer["signature"].as_str(), Some(stored_signature(vector).as_str()));
    assert_eq!(answer["signature_payload"], vector.sign_payload());
    if let Some(recorded) = vector.optional("sign_payload") {
        assert_eq!(answer["signature_payload"], recorded);
    }
    if let Some(id) = vector.optional("expected_alt_id") {
        assert_eq!(answer["alt_id"], id);
    }
    serde_json::from_value(answer).expect("a link as core reads it")
}

/// The signature as a chain stores it: the one that the vector records so, or the Avatar's or else the wallet's.
fn stored_signature(vector: &Vector) -> String {
    let recorded = ["signature_base64_v_normalized", "stored_chain_signature_base64"];
    if let Some(text) = recorded.iter().find_map(|field| vector.optional(field)) {
        return text.to_owned();
    }
    let extra = Vector(vector.0["extra"].clone());
    let own =
        vector.optional("signature_base64").or(extra.optional("signature")).filter(|text| !text.is_empty());
    match own {
        Some(text) => {
            let bytes = signature_text::decode_base64_proof(text).expect("base64");
            Signature::from_slice(&bytes).expect("a signature").with_reduced_v().to_base64()
        }
        None => {
            let bytes =
                nextid_core::counter_signature::decode(vector.platform(), extra.text("wallet_signature"));
            signature_text::encode_base64(&bytes.expect("a wallet's signature"))
        }
    }
}

/// The place after the link that [`put_earlier_link`] makes.
fn after_earlier(vector: &Vector) -> Anchor {
    Anchor::After(Head {
        seq: 0,
        signature: vector.text("prev").to_owned(),
        created_at: vector.text("created_at").parse().expect("a second"),
    })
}

/// Whether it is among the bindings of its Avatar; aliases are not.
async fn is_bound(service: &Served, vector: &Vector) -> bool {
    let avatar = vector.avatar();
    let found =
        service.get(&format!("/v1/proof?platform=nextid&identity={avatar}")).await.expect_status(200).json();
    let found = &found["ids"][0];
    let proofs = found["proofs"].as_array().cloned().unwrap_or_default();
    let aliases = found["alias"].as_array().cloned().unwrap_or_default();
    let identity = vector.identity();
    let is_it = |proof: &Value| {
        proof["platform"] == vector.platform().as_str()
            && proof["identity"] == identity.as_str()
            && proof["is_valid"] == true
    };
    proofs.iter().any(is_it) || aliases.iter().any(|alias| alias == identity.as_str())
}
