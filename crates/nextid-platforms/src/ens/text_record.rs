//! From a name to a text record: the registry tells the resolver, the resolver the record.
//!
//! Sources: EIP-137 (registry and resolvers), EIP-634 (text records), ENSIP-10 (a resolver that answers for the names below
//! its own).

use nextid_core::EthAddress;
use nextid_net::GuardedClient;

use super::ccip_read;
use super::name::{ancestry, dns_encode, namehash};
use crate::FetchError;
use crate::abi::{self, Argument, Tuple};
use crate::ethereum_rpc::{Called, EthereumRpc};

/// Labels that a name may have: the registry is asked for each.
const MAX_LABELS: usize = 32;

/// The interface of resolvers that take the name itself: `resolve(bytes,bytes)` (ENSIP-10).
const EXTENDED_RESOLVER: [u8; 4] = [0x90, 0x61, 0xb9, 0x23];

/// Reads records.
#[derive(Debug, Clone, Copy)]
pub(super) struct Records<'a> {
    pub(super) rpc: &'a EthereumRpc,
    pub(super) registry: &'a EthAddress,
    pub(super) net: &'a GuardedClient,
}

/// The resolver that answers for a name.
#[derive(Debug, Clone, Copy)]
struct Resolver {
    address: EthAddress,
    /// Whether the registry has it for the name itself, and not for one above it.
    is_own: bool,
}

impl Records<'_> {
    /// The text record of a name, bytes that are not UTF-8 replaced.
    ///
    /// # Errors
    /// [`FetchError::NotFound`] if the name has no resolver, or the resolver no such record.
    pub(super) async fn text(&self, name: &str, key: &str) -> Result<String, FetchError> {
        let resolver = self.resolver(name).await?.ok_or(FetchError::NotFound)?;
        let node = namehash(name);
        let question = abi::call(
            abi::selector("text(bytes32,string)"),
            &[Argument::Word(node), Argument::Bytes(key.as_bytes())],
        );
        let answer = if self.is_extended(&resolver.address).await? {
            let name = dns_encode(name).ok_or_else(|| {
                FetchError::Odd("a label of the name is too long for its resolver".to_owned())
            })?;
            let question = abi::call(
                abi::selector("resolve(bytes,bytes)"),
                &[Argument::Bytes(&name), Argument::Bytes(&question)],
            );
            let wrapped = ccip_read::call(self.rpc, self.net, &resolver.address, question).await?;
            // Nothing at all is what a contract without the function gives.
            if wrapped.is_empty() {
                return Err(FetchError::NotFound);
            }
            Tuple(&wrapped).bytes(0).ok_or_else(odd)?.to_vec()
        } else if resolver.is_own {
            ccip_read::call(self.rpc, self.net, &resolver.address, question).await?
        } else {
            return Err(FetchError::NotFound);
        };
        if answer.is_empty() {
            return Err(FetchError::NotFound);
        }
        let text = Tuple(&answer).bytes(0).ok_or_else(odd)?;
        if text.is_empty() {
            return Err(FetchError::NotFound);
        }
        Ok(String::from_utf8_lossy(text).into_owned())
    }

    /// The resolver of the name, or else of the nearest name above it that has one.
    async fn resolver(&self, name: &str) -> Result<Option<Resolver>, FetchError> {
        if ancestry(name).count() > MAX_LABELS {
            return Err(FetchError::Odd(format!("the name has more than {MAX_LABELS} labels")));
        }
        for ancestor in ancestry(name) {
            let question =
                abi::call(abi::selector("resolver(bytes32)"), &[Argument::Word(namehash(ancestor))]);
            let called = self.rpc.call(self.net, Some(self.registry), &question, None).await?;
            let address = match &called {
                Called::Returned(answer) => Tuple(answer).address(0),
                Called::Reverted(_) => None,
            };
            let address = address
                .ok_or_else(|| FetchError::Odd("there is no ENS registry on the node's chain".to_owned()))?;
            if address != [0; 20] {
                return Ok(Some(Resolver {
                    address: EthAddress::parse(&hex::encode(address)).map_err(|_| odd())?,
                    is_own: ancestor.len() == name.len(),
                }));
            }
        }
        Ok(None)
    }

    /// Whether the resolver takes names (ERC-165). Old resolvers do not know the question, which is a no.
    async fn is_extended(&self, resolver: &EthAddress) -> Result<bool, FetchError> {
        let question = abi::call(
            abi::selector("supportsInterface(bytes4)"),
            &[Argument::Word(abi::bytes4(EXTENDED_RESOLVER))],
        );
        let called = self.rpc.call(self.net, Some(resolver), &question, None).await?;
        Ok(match called {
            Called::Returned(answer) => Tuple(&answer).word(0) == Some(&abi::number(1)),
            Called::Reverted(_) => false,
        })
    }
}

fn odd() -> FetchError {
    FetchError::Odd("the name's resolver does not answer as resolvers do".to_owned())
}

#[cfg(feature = "fuzzing")]
pub(super) fn fuzzing(answer: &[u8]) -> Option<String> {
    let inner = Tuple(answer).bytes(0)?;
    let _ = std::hint::black_box((Tuple(inner).bytes(0), Tuple(answer).address(0)));
    Some(String::from_utf8_lossy(inner).into_owned())
}
