//! The pieces of a submit and of a check, each alone: `cargo bench -p nextid-core`.
#![expect(clippy::unwrap_used, reason = "what is made here can be read here")]

use std::hint::black_box;

use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use nextid_core::link::{KvLink, LinkFormat, ProofLink};
use nextid_core::merge_patch::merge_patch;
use nextid_core::payload::kv::KvPayloadForm;
use nextid_core::payload::{KvPayload, ProofPayload};
use nextid_core::verify::{Anchor, verify_kv_chain, verify_proof_chain};
use nextid_core::{
    Action, Avatar, CanonicalJson, CreatedAt, EthAddress, LinkUuid, Platform, SecretKey, base1024,
    personal_sign,
};
use serde_json::{Value, json};

const LINKS: u64 = 100;
const SECOND: i64 = 1_700_000_000;

fn secret() -> SecretKey {
    SecretKey::from_bytes(&[7; 32]).unwrap()
}

fn uuid(seq: u64) -> LinkUuid {
    LinkUuid::new(uuid::Uuid::from_u128((0x3534_49e6_3a6f_4ac8 << 64) + (0xae65 << 48) + u128::from(seq) + 1))
        .unwrap()
}

fn patch() -> Value {
    json!({ "com.example.app": { "theme": "dark", "volume": 70, "note": "a1b2c3d4e5f60718", "old": null } })
}

fn content() -> Value {
    json!({
        "com.example.app": { "theme": "light", "volume": 30, "note": "0000000000000000", "old": true },
        "profile": { "name": "somebody", "bio": "Here since the beginning.", "links": ["https://example.org"] }
    })
}

fn kv_payload(avatar: &Avatar, patch: &CanonicalJson, seq: u64, previous: Option<&str>) -> String {
    KvPayload {
        form: KvPayloadForm::Avatar,
        avatar,
        platform: Platform::Nextid,
        identity: &avatar.to_hex(),
        uuid: uuid(seq),
        created_at: CreatedAt::from_seconds(SECOND).unwrap(),
        patch,
        previous,
    }
    .to_string()
}

fn proof_payload(avatar: &Avatar, seq: u64, prev: Option<&str>) -> String {
    ProofPayload {
        action: Action::Create,
        avatar,
        platform: Platform::Github,
        identity: &format!("somebody{seq}"),
        created_at: CreatedAt::from_seconds(SECOND).unwrap(),
        uuid: uuid(seq),
        prev,
    }
    .to_string()
}

fn signatures(criterion: &mut Criterion) {
    let (secret, message) = (secret(), [b'x'; 480]);
    let (avatar, signature) = (secret.avatar(), secret.personal_sign(&message));
    let digest = personal_sign::digest(&message);
    let mut group = criterion.benchmark_group("signature");
    group.throughput(Throughput::Elements(1));
    group.bench_function("digest of 480 bytes", |bencher| {
        bencher.iter(|| personal_sign::digest(black_box(&message)))
    });
    group.bench_function("recover", |bencher| bencher.iter(|| signature.recover_digest(black_box(&digest))));
    group.bench_function("verify", |bencher| bencher.iter(|| signature.verify(&avatar, black_box(&message))));
    group.bench_function("recover a wallet", |bencher| {
        bencher.iter(|| EthAddress::recover(&signature, black_box(&message)));
    });
    group.bench_function("personal_sign", |bencher| {
        bencher.iter(|| secret.personal_sign(black_box(&message)))
    });
    group.finish();
}

fn keys(criterion: &mut Criterion) {
    let avatar = secret().avatar();
    let (short, long) = (avatar.to_hex(), avatar.to_uncompressed_hex());
    let mut group = criterion.benchmark_group("key");
    group.bench_function("read 33 bytes", |bencher| bencher.iter(|| Avatar::parse(black_box(&short))));
    group.bench_function("read 65 bytes", |bencher| bencher.iter(|| Avatar::parse(black_box(&long))));
    group.bench_function("write 65 bytes", |bencher| {
        bencher.iter(|| black_box(&avatar).to_uncompressed_hex())
    });
    group.finish();
}

fn texts(criterion: &mut Criterion) {
    let avatar = secret().avatar();
    let (patch, content) = (patch(), content());
    let canonical = CanonicalJson::of(&patch);
    let previous = secret().personal_sign(b"before").to_base64();
    let bytes = *secret().personal_sign(b"before").as_bytes();
    let emoji = base1024::encode(&bytes);
    let mut group = criterion.benchmark_group("text");
    group.bench_function("KV payload", |bencher| {
        bencher.iter(|| kv_payload(black_box(&avatar), &canonical, 1, Some(&previous)));
    });
    group.bench_function("proof payload", |bencher| {
        bencher.iter(|| proof_payload(black_box(&avatar), 1, Some(&previous)));
    });
    group.bench_function("canonical JSON", |bencher| bencher.iter(|| CanonicalJson::of(black_box(&content))));
    group.bench_function("merge patch", |bencher| {
        bencher.iter_batched_ref(
            || content.clone(),
            |target| merge_patch(target, black_box(&patch)),
            BatchSize::SmallInput,
        );
    });
    group.bench_function("base1024 of a signature", |bencher| {
        bencher.iter(|| base1024::encode(black_box(&bytes)))
    });
    group.bench_function("base1024 back", |bencher| bencher.iter(|| base1024::decode(black_box(&emoji))));
    group.finish();
}

fn kv_chain(avatar: &Avatar) -> Vec<KvLink> {
    let (mut links, mut prev): (Vec<KvLink>, Option<String>) = (Vec::new(), None);
    for seq in 0..LINKS {
        let payload = kv_payload(avatar, &CanonicalJson::of(&patch()), seq, prev.as_deref());
        let signature = secret().personal_sign(payload.as_bytes()).to_base64();
        let shown = json!({
            "avatar": avatar.to_uncompressed_hex(), "seq": seq, "platform": "nextid", "identity": avatar.to_hex(),
            "patch": patch(), "created_at": SECOND, "uuid": uuid(seq).to_string(), "signature": signature,
            "signature_payload": payload, "signer": avatar.to_uncompressed_hex(), "format": LinkFormat::V1, "prev": prev,
        });
        links.push(serde_json::from_value(shown).unwrap());
        prev = Some(signature);
    }
    links
}

fn proof_chain(avatar: &Avatar) -> Vec<ProofLink> {
    let (mut links, mut prev): (Vec<ProofLink>, Option<String>) = (Vec::new(), None);
    for seq in 0..LINKS {
        let payload = proof_payload(avatar, seq, prev.as_deref());
        let signature = secret().personal_sign(payload.as_bytes()).with_reduced_v().to_base64();
        let shown = json!({
            "avatar": avatar.to_hex(), "seq": seq, "action": "create", "platform": "github",
            "identity": format!("somebody{seq}"), "created_at": SECOND.to_string(), "uuid": uuid(seq).to_string(),
            "signature": signature, "signature_payload": payload, "signer": avatar.to_hex(), "format": LinkFormat::V1,
            "prev": prev,
        });
        links.push(serde_json::from_value(shown).unwrap());
        prev = Some(signature);
    }
    links
}

fn chains(criterion: &mut Criterion) {
    let avatar = secret().avatar();
    let (kv, proof) = (kv_chain(&avatar), proof_chain(&avatar));
    let mut group = criterion.benchmark_group("verify_chain");
    group.throughput(Throughput::Elements(LINKS));
    group.bench_function("KV", |bencher| {
        bencher.iter(|| verify_kv_chain(&avatar, Anchor::Genesis, black_box(&kv)).unwrap());
    });
    group.bench_function("proof", |bencher| {
        bencher.iter(|| verify_proof_chain(&avatar, Anchor::Genesis, black_box(&proof)).unwrap());
    });
    group.finish();
}

criterion_group!(benches, signatures, keys, texts, chains);
criterion_main!(benches);
