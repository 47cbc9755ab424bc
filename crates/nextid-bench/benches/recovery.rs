//! What could stand behind recovery, beside each other: a digest and a signature in, a compressed key out.
//!
//! `cargo bench -p nextid-bench --features recovery`
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "what is signed here can be recovered")]

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use nextid_bench::people::Family;
use nextid_core::{Signature, personal_sign};

fn k256_013(digest: &[u8; 32], signature: &[u8; 65]) -> Vec<u8> {
    use k256_013::ecdsa::{RecoveryId, Signature, VerifyingKey};
    let id = RecoveryId::from_byte(signature[64] - 27).unwrap();
    let signature = Signature::from_slice(&signature[..64]).unwrap();
    let (id, signature) = match signature.normalize_s() {
        Some(low) => (RecoveryId::new(!id.is_y_odd(), false), low),
        None => (id, signature),
    };
    let key = VerifyingKey::recover_from_prehash(digest, &signature, id).unwrap();
    key.to_encoded_point(true).as_bytes().to_vec()
}

fn k256_014(digest: &[u8; 32], signature: &[u8; 65]) -> Vec<u8> {
    use k256::ecdsa::{RecoveryId, Signature, VerifyingKey};
    use k256::elliptic_curve::sec1::ToSec1Point as _;
    let is_odd = signature[64] == 28;
    let signature = Signature::from_slice(&signature[..64]).unwrap();
    let low = signature.normalize_s();
    let id = RecoveryId::new(is_odd != (low != signature), false);
    let key = VerifyingKey::recover_from_prehash(digest, &low, id).unwrap();
    key.to_sec1_point(true).as_bytes().to_vec()
}

fn cores(digest: &[u8; 32], signature: &[u8; 65]) -> Vec<u8> {
    let signature = Signature::from_slice(signature).unwrap();
    signature.recover_digest(digest).unwrap().as_bytes().to_vec()
}

fn recovery(criterion: &mut Criterion) {
    let secret = Family::avatars().secret(7).unwrap();
    let message = [b'x'; 480];
    let digest = personal_sign::digest(&message);
    let signature = *secret.personal_sign(&message).as_bytes();
    let wanted = secret.avatar().as_bytes().to_vec();
    let libraries: [(&str, fn(&[u8; 32], &[u8; 65]) -> Vec<u8>); 3] =
        [("k256 0.13", k256_013), ("k256 0.14", k256_014), ("core's, libsecp256k1", cores)];
    let mut group = criterion.benchmark_group("recovery");
    group.throughput(Throughput::Elements(1));
    for (name, recover) in libraries {
        assert_eq!(recover(&digest, &signature), wanted, "{name}");
        group.bench_function(name, |bencher| {
            bencher.iter(|| recover(black_box(&digest), black_box(&signature)));
        });
    }
    group.finish();
}

criterion_group!(benches, recovery);
criterion_main!(benches);
