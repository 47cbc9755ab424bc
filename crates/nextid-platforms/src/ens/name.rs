//! The two forms in which contracts take names. Names are normalised (ENSIP-15) before they come here: an identity is.

use nextid_core::personal_sign::keccak256;

/// A name's number (ENSIP-1): the hash of its parent's number and of its first label, from the root's zero on.
pub(super) fn namehash(name: &str) -> [u8; 32] {
    labels(name).rev().fold([0; 32], |parent, label| {
        let label = keccak256(label.as_bytes());
        keccak256(&[parent, label].concat())
    })
}

/// The name as DNS writes it (RFC 1035, section 3.1), as ENSIP-10 asks for: each label after its length, a zero at the end.
/// None if a label has more than 255 bytes: no length fits it.
pub(super) fn dns_encode(name: &str) -> Option<Vec<u8>> {
    let mut encoded = Vec::with_capacity(name.len() + 2);
    for label in labels(name) {
        encoded.push(u8::try_from(label.len()).ok()?);
        encoded.extend_from_slice(label.as_bytes());
    }
    encoded.push(0);
    Some(encoded)
}

/// The name, its parent, its parent's parent, as far as the top.
pub(super) fn ancestry(name: &str) -> impl Iterator<Item = &str> {
    std::iter::successors(Some(name), |name| name.split_once('.').map(|(_, parent)| parent))
}

fn labels(name: &str) -> impl DoubleEndedIterator<Item = &str> {
    name.split('.').filter(|label| !label.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The examples of EIP-137.
    #[test]
    fn numbers_of_names() {
        for (name, hash) in [
            ("", "0000000000000000000000000000000000000000000000000000000000000000"),
            ("eth", "93cdeb708b7545dc668eb9280176169d1c33cfd8ed6f04690a0bcc88a93fc4ae"),
            ("foo.eth", "de9b09fd7c5f901e23a3f19fecc54828e9c848539801e86591bd9801b019f84f"),
        ] {
            assert_eq!(hex::encode(namehash(name)), hash, "{name}");
        }
    }

    #[test]
    fn names_on_the_wire() {
        assert_eq!(dns_encode("foo.eth"), Some(b"\x03foo\x03eth\0".to_vec()));
        assert_eq!(dns_encode(""), Some(vec![0]));
        assert_eq!(dns_encode("é.eth"), Some(b"\x02\xc3\xa9\x03eth\0".to_vec()));
        assert!(dns_encode(&format!("{}.eth", "a".repeat(255))).is_some());
        assert_eq!(dns_encode(&format!("{}.eth", "a".repeat(256))), None);
    }

    #[test]
    fn parents() {
        assert_eq!(ancestry("a.b.eth").collect::<Vec<_>>(), ["a.b.eth", "b.eth", "eth"]);
        assert_eq!(ancestry("eth").collect::<Vec<_>>(), ["eth"]);
    }
}
