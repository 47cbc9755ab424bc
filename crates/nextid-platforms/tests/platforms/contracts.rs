//! The contracts in `tests/contracts`, on a chain.

use nextid_core::personal_sign::keccak256;
use nextid_testkit::ethereum::{Anvil, bytes, selector, word};

macro_rules! code {
    ($name:literal) => {
        include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/contracts/", $name, ".hex"))
    };
}

pub const REGISTRY: &str = code!("Registry");
pub const PLAIN_RESOLVER: &str = code!("PlainResolver");
pub const WILDCARD_RESOLVER: &str = code!("WildcardResolver");
pub const OFFCHAIN_RESOLVER: &str = code!("OffchainResolver");
pub const HOSTILE_RESOLVER: &str = code!("HostileResolver");
pub const WALLET: &str = code!("Wallet");
pub const FACTORY: &str = code!("Factory");
pub const HOSTILE_WALLET: &str = code!("HostileWallet");

/// A value of a tuple.
#[derive(Debug, Clone)]
pub enum Value {
    Word([u8; 32]),
    Bytes(Vec<u8>),
    Strings(Vec<String>),
}

impl Value {
    pub fn number(number: usize) -> Self {
        Self::Word(word(number))
    }

    pub fn address(address: &str) -> Self {
        let mut padded = vec![0; 12];
        padded.extend(bytes(address).unwrap());
        Self::Word(padded.try_into().unwrap())
    }

    pub fn text(text: &str) -> Self {
        Self::Bytes(text.as_bytes().to_vec())
    }

    fn tail(&self) -> Option<Vec<u8>> {
        match self {
            Self::Word(_) => None,
            Self::Bytes(content) => Some(padded(content)),
            Self::Strings(texts) => {
                let values: Vec<Self> = texts.iter().map(|text| Self::text(text)).collect();
                Some([word(texts.len()).to_vec(), encode(&values)].concat())
            }
        }
    }
}

fn padded(content: &[u8]) -> Vec<u8> {
    let mut out = word(content.len()).to_vec();
    out.extend_from_slice(content);
    out.resize(out.len().next_multiple_of(32), 0);
    out
}

/// `abi.encode` of the values.
pub fn encode(values: &[Value]) -> Vec<u8> {
    let mut head = Vec::new();
    let mut tail = Vec::new();
    for value in values {
        match (value, value.tail()) {
            (Value::Word(word), _) => head.extend(word),
            (_, Some(content)) => {
                head.extend(word(values.len() * 32 + tail.len()));
                tail.extend(content);
            }
            (_, None) => unreachable!("only words have no tail"),
        }
    }
    [head, tail].concat()
}

/// A call of a function, by its signature.
pub fn call(signature: &str, values: &[Value]) -> Vec<u8> {
    [bytes(&selector(signature)).unwrap(), encode(values)].concat()
}

pub fn hash(data: &[u8]) -> [u8; 32] {
    keccak256(data)
}

/// The compiled code is that of the sources beside it. It needs Node.js and the npm package `solc`, which `scripts/test`
/// installs where it installs the chain; who goes without a chain goes without them too.
#[test]
fn the_code_is_what_the_sources_compile_to() {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");
    if std::env::var("NEXTID_TEST_NO_ANVIL").is_ok_and(|value| value == "1") {
        return;
    }
    let modules =
        std::env::var("NEXTID_NODE_MODULES").unwrap_or_else(|_| format!("{root}/target/tools/node_modules"));
    let output = std::process::Command::new("node")
        .args([concat!(env!("CARGO_MANIFEST_DIR"), "/tests/contracts/build.mjs"), "--check"])
        .env("NODE_PATH", modules)
        .output()
        .unwrap_or_else(|error| panic!("no Node.js: run ./scripts/test, which installs it: {error}"));
    assert!(
        output.status.success(),
        "run ./scripts/test, which installs solc, or build.mjs without --check: {}",
        String::from_utf8_lossy(&output.stderr)
    );
}

/// A wallet of this owner.
pub async fn deploy_wallet(chain: &Anvil, owner: &str) -> String {
    chain.deploy(WALLET, &encode(&[Value::address(owner)])).await
}
