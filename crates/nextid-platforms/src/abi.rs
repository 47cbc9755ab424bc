//! The few shapes of Ethereum's contract ABI that are needed here, read without trust: the contracts that answer belong to
//! anybody.
//!
//! Source: <https://docs.soliditylang.org/en/latest/abi-spec.html>. Nothing is copied more than once and nothing is read
//! outside the data, so what comes out is never larger than what went in.

use nextid_core::personal_sign::keccak256;

/// The size of a word in bytes.
pub(crate) const WORD: usize = 32;

/// An argument of a call.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Argument<'a> {
    /// `bytes32`, or anything else that fills one word.
    Word([u8; WORD]),
    /// `bytes` or `string`.
    Bytes(&'a [u8]),
}

/// The first four bytes of a call: those of the hash of a signature such as `text(bytes32,string)`.
pub(crate) fn selector(signature: &str) -> [u8; 4] {
    let [a, b, c, d, ..] = keccak256(signature.as_bytes());
    [a, b, c, d]
}

/// A call: the selector and the arguments.
pub(crate) fn call(selector: [u8; 4], arguments: &[Argument<'_>]) -> Vec<u8> {
    let mut head = selector.to_vec();
    let mut tail = Vec::new();
    for argument in arguments {
        match argument {
            Argument::Word(word) => head.extend_from_slice(word),
            Argument::Bytes(bytes) => {
                head.extend_from_slice(&number(arguments.len() * WORD + tail.len()));
                tail.extend_from_slice(&number(bytes.len()));
                tail.extend_from_slice(bytes);
                tail.resize(tail.len().next_multiple_of(WORD), 0);
            }
        }
    }
    head.append(&mut tail);
    head
}

/// A number as a word.
pub(crate) fn number(value: usize) -> [u8; WORD] {
    let mut word = [0; WORD];
    let bytes = value.to_be_bytes();
    // A usize is never longer than a word.
    for (to, from) in word.iter_mut().rev().zip(bytes.iter().rev()) {
        *to = *from;
    }
    word
}

/// Four bytes as a word, on its left.
pub(crate) fn bytes4([a, b, c, d]: [u8; 4]) -> [u8; WORD] {
    let mut word = [0; WORD];
    let [w, x, y, z, ..] = &mut word;
    (*w, *x, *y, *z) = (a, b, c, d);
    word
}

/// An address as a word, on its right.
pub(crate) fn address(bytes: &[u8; 20]) -> [u8; WORD] {
    let mut word = [0; WORD];
    if let Some(right) = word.last_chunk_mut() {
        *right = *bytes;
    }
    word
}

/// A tuple that was encoded: its values are found by their position in it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Tuple<'a>(pub(crate) &'a [u8]);

impl<'a> Tuple<'a> {
    /// The word at this position.
    pub(crate) fn word(self, index: usize) -> Option<&'a [u8; WORD]> {
        self.0.get(index.checked_mul(WORD)?..)?.first_chunk()
    }

    /// The address at this position; none if its word holds more.
    pub(crate) fn address(self, index: usize) -> Option<[u8; 20]> {
        let word = self.word(index)?;
        let (zeros, bytes) = word.split_last_chunk()?;
        zeros.iter().all(|byte| *byte == 0).then_some(*bytes)
    }

    /// The four bytes at this position; what is behind them is not looked at.
    pub(crate) fn bytes4(self, index: usize) -> Option<[u8; 4]> {
        self.word(index)?.first_chunk().copied()
    }

    /// The `bytes` or `string` at this position.
    pub(crate) fn bytes(self, index: usize) -> Option<&'a [u8]> {
        let (length, content) = self.pointed_at(index)?;
        content.get(..length)
    }

    /// The `string[]` at this position: the first `limit` of it.
    pub(crate) fn strings(self, index: usize, limit: usize) -> Option<Vec<&'a [u8]>> {
        let (length, content) = self.pointed_at(index)?;
        (0..length.min(limit)).map(|at| Tuple(content).bytes(at)).collect()
    }

    /// The length and the content of what the word at this position points at.
    fn pointed_at(self, index: usize) -> Option<(usize, &'a [u8])> {
        let rest = self.0.get(size(self.word(index)?)?..)?;
        let (length, content) = rest.split_first_chunk()?;
        Some((size(length)?, content))
    }
}

/// A word as a size; none if it is larger than any.
fn size(word: &[u8; WORD]) -> Option<usize> {
    let (zeros, bytes) = word.split_last_chunk()?;
    let fits = zeros.iter().all(|byte| *byte == 0);
    fits.then(|| usize::try_from(u64::from_be_bytes(*bytes)).ok())?
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The examples of the specification.
    #[test]
    fn calls_of_the_specification() {
        assert_eq!(hex::encode(selector("baz(uint32,bool)")), "cdcd77c0");
        let call = call(
            selector("f(uint256,uint32[],bytes10,bytes)"),
            &[Argument::Word(number(0x123)), Argument::Bytes(b"Hello, world!")],
        );
        assert_eq!(
            hex::encode(call),
            [
                "8be65246",
                "0000000000000000000000000000000000000000000000000000000000000123",
                "0000000000000000000000000000000000000000000000000000000000000040",
                "000000000000000000000000000000000000000000000000000000000000000d",
                "48656c6c6f2c20776f726c642100000000000000000000000000000000000000",
            ]
            .concat()
        );
        assert_eq!(hex::encode(selector("text(bytes32,string)")), "59d1d43c");
        assert_eq!(hex::encode(selector("resolve(bytes,bytes)")), "9061b923");
    }

    #[test]
    fn what_is_written_is_read() {
        let long = [7_u8; 65];
        let data = call(
            [0; 4],
            &[
                Argument::Bytes(b""),
                Argument::Word(address(&[9; 20])),
                Argument::Bytes(&long),
                Argument::Word(bytes4([1, 2, 3, 4])),
            ],
        );
        let tuple = Tuple(&data[4..]);
        assert_eq!(tuple.bytes(0), Some(&[][..]));
        assert_eq!(tuple.address(1), Some([9; 20]));
        assert_eq!(tuple.bytes(2), Some(&long[..]));
        assert_eq!(tuple.bytes4(3), Some([1, 2, 3, 4]));
        assert_eq!(tuple.address(3), None, "more than an address");
        assert_eq!(tuple.word(usize::MAX), None);
    }

    #[test]
    fn arrays_are_cut_at_the_limit() {
        // A tuple of one array of three strings.
        let mut data = number(32).to_vec();
        data.extend(number(3));
        for (at, text) in [b"a", b"b", b"c"].iter().enumerate() {
            data.extend(number(96 + at * 64));
            assert_eq!(text.len(), 1);
        }
        for text in [b"a", b"b", b"c"] {
            data.extend(number(1));
            data.extend(text);
            data.extend([0; 31]);
        }
        assert_eq!(Tuple(&data).strings(0, 9), Some(vec![&b"a"[..], &b"b"[..], &b"c"[..]]));
        assert_eq!(Tuple(&data).strings(0, 2), Some(vec![&b"a"[..], &b"b"[..]]));
        assert_eq!(Tuple(&data[..data.len() - 32]).strings(0, 9), None);
    }

    #[test]
    fn what_lies_outside_is_not_read() {
        let outside: [&[usize]; 5] = [&[], &[32], &[64, 1], &[32, 1], &[usize::MAX, 0]];
        for words in outside {
            let data: Vec<u8> = words.iter().flat_map(|word| number(*word)).collect();
            assert_eq!(Tuple(&data).bytes(0), None, "{words:?}");
        }
        assert_eq!(Tuple(&[0xff; 96]).bytes(0), None);
        // An array that is said to be longer than any memory.
        let data = [number(32), [0xff; 32]].concat();
        assert_eq!(Tuple(&data).strings(0, 4), None);
        let data = [number(32), number(1 << 40)].concat();
        assert_eq!(Tuple(&data).strings(0, 4), None);
    }

    proptest! {
        /// Small words make places that are inside, and inside of each other.
        #[test]
        fn no_data_panics(words in prop::collection::vec(0_usize..400, 0..12), cut in 0_usize..40, index in 0_usize..14) {
            let mut data: Vec<u8> = words.iter().flat_map(|word| number(*word)).collect();
            data.truncate(data.len().saturating_sub(cut));
            let tuple = Tuple(&data);
            prop_assert!(tuple.bytes(index).is_none_or(|bytes| bytes.len() <= data.len()));
            prop_assert!(tuple.strings(index, 4).is_none_or(|strings| strings.len() <= 4));
            let _ = (tuple.word(index), tuple.address(index), tuple.bytes4(index));
        }

        #[test]
        fn whatever_is_written_is_read(first: Vec<u8>, second: Vec<u8>, word: [u8; WORD]) {
            let arguments = [Argument::Bytes(&first), Argument::Word(word), Argument::Bytes(&second)];
            let data = call([0; 4], &arguments);
            let tuple = Tuple(&data[4..]);
            prop_assert_eq!(tuple.bytes(0), Some(&first[..]));
            prop_assert_eq!(tuple.word(1), Some(&word));
            prop_assert_eq!(tuple.bytes(2), Some(&second[..]));
        }
    }
}
