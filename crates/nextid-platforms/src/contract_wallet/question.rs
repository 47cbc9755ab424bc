//! What is asked of a wallet, as the init code of one `eth_call`: see `question.yul`.

use nextid_core::EthAddress;

use crate::abi::{self, Argument, Tuple};

/// What `question.yul` compiles to, in hexadecimal.
const CODE: &str = include_str!("question.hex");

/// What an ERC-6492 signature ends with.
const MAGIC: [u8; 32] =
    *b"\x64\x92\x64\x92\x64\x92\x64\x92\x64\x92\x64\x92\x64\x92\x64\x92\x64\x92\x64\x92\x64\x92\x64\x92\x64\x92\x64\x92\x64\x92\x64\x92";

/// The signature ends with the magic bytes, and what is before them is not `(address, bytes, bytes)`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct MalformedWrapper;

/// Whether a wallet accepts a signature.
#[derive(Debug)]
pub(super) struct Question<'a> {
    wallet: &'a EthAddress,
    /// Who makes the wallet where there is none yet, and what to call it with.
    factory: Option<([u8; 20], &'a [u8])>,
    /// The call of `isValidSignature`.
    call: Vec<u8>,
}

/// The answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    Refused,
    Accepted,
    NoContract,
}

impl<'a> Question<'a> {
    /// Unwraps an ERC-6492 signature: `abi.encode(factory, factory_call_data, signature)` and the magic bytes.
    pub(super) fn new(
        wallet: &'a EthAddress,
        digest: &[u8; 32],
        signature: &'a [u8],
    ) -> Result<Self, MalformedWrapper> {
        let (factory, inner) = match signature.strip_suffix(&MAGIC) {
            None => (None, signature),
            Some(wrapped) => {
                let wrapped = Tuple(wrapped);
                let parts = (wrapped.address(0), wrapped.bytes(1), wrapped.bytes(2));
                let (Some(factory), Some(call), Some(inner)) = parts else {
                    return Err(MalformedWrapper);
                };
                (Some((factory, call)), inner)
            }
        };
        let selector = abi::selector("isValidSignature(bytes32,bytes)");
        Ok(Self {
            wallet,
            factory,
            call: abi::call(selector, &[Argument::Word(*digest), Argument::Bytes(inner)]),
        })
    }

    /// Whether the signature says how the wallet comes to be.
    pub(super) fn brings_factory(&self) -> bool {
        self.factory.is_some()
    }

    /// The compiled code with its arguments behind it.
    pub(super) fn to_init_code(&self) -> Vec<u8> {
        let (factory, prepare) = self.factory.unwrap_or_default();
        let mut code = code();
        code.extend(abi::address(self.wallet.as_bytes()));
        code.extend(abi::address(&factory));
        code.extend(abi::number(prepare.len()));
        code.extend(prepare);
        code.extend(&self.call);
        code
    }
}

impl Verdict {
    pub(super) fn read(answer: &[u8]) -> Option<Self> {
        match answer {
            [0] => Some(Self::Refused),
            [1] => Some(Self::Accepted),
            [2] => Some(Self::NoContract),
            _ => None,
        }
    }
}

/// A test sees to it that this is never empty.
fn code() -> Vec<u8> {
    hex::decode(CODE.trim()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    const FACTORY: [u8; 20] = [0xfa; 20];

    fn wallet() -> EthAddress {
        EthAddress::parse("0x00000000000000000000000000000000000000aa").unwrap()
    }

    fn wrapped(prepare: &[u8], inner: &[u8]) -> Vec<u8> {
        let arguments =
            [Argument::Word(abi::address(&FACTORY)), Argument::Bytes(prepare), Argument::Bytes(inner)];
        [abi::call([0; 4], &arguments).split_off(4), MAGIC.to_vec()].concat()
    }

    #[test]
    fn the_code_is_there() {
        assert!(code().len() > 100);
        assert_eq!(hex::encode(MAGIC), "6492".repeat(16));
    }

    #[test]
    fn a_plain_signature_is_passed_on() {
        let wallet = wallet();
        for signature in [&[][..], &[1; 65], &MAGIC[1..], &[0x64, 0x92]] {
            let question = Question::new(&wallet, &[7; 32], signature).unwrap();
            assert!(!question.brings_factory());
            let tuple = Tuple(&question.call[4..]);
            assert_eq!(hex::encode(&question.call[..4]), "1626ba7e");
            assert_eq!((tuple.word(0), tuple.bytes(1)), (Some(&[7; 32]), Some(signature)));
            let init = question.to_init_code();
            let arguments = &init[code().len()..];
            assert_eq!(arguments[12..32], *wallet.as_bytes());
            assert_eq!(arguments[32..96], [0; 64]);
            assert_eq!(arguments[96..], question.call);
        }
    }

    #[test]
    fn a_wrapper_is_opened() {
        let wallet = wallet();
        let signature = wrapped(b"deploy it", &[5; 65]);
        let question = Question::new(&wallet, &[7; 32], &signature).unwrap();
        assert!(question.brings_factory());
        assert_eq!(Tuple(&question.call[4..]).bytes(1), Some(&[5; 65][..]));
        let init = question.to_init_code();
        let arguments = &init[code().len()..];
        assert_eq!(arguments[44..64], FACTORY);
        assert_eq!(arguments[64..96], abi::number(9));
        assert_eq!(arguments[96..105], *b"deploy it");
        assert_eq!(arguments[105..], question.call);
    }

    #[test]
    fn wrappers_that_are_none() {
        let wallet = wallet();
        let genuine = wrapped(b"deploy it", &[5; 65]);
        let mut no_address = genuine.clone();
        no_address[0] = 1;
        let mut outside = genuine.clone();
        outside[32] = 0xff;
        for signature in [MAGIC.to_vec(), [[0; 64], [0x64; 64]].concat(), no_address, outside] {
            let signature = [signature, MAGIC.to_vec()].concat();
            assert!(Question::new(&wallet, &[7; 32], &signature).is_err());
        }
    }

    #[test]
    fn answers() {
        assert_eq!(Verdict::read(&[1]), Some(Verdict::Accepted));
        assert_eq!(Verdict::read(&[0]), Some(Verdict::Refused));
        assert_eq!(Verdict::read(&[2]), Some(Verdict::NoContract));
        for other in [&[][..], &[3], &[0, 1], &[1, 0]] {
            assert_eq!(Verdict::read(other), None);
        }
    }
}
