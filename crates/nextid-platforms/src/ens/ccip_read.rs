//! Calls of contracts that have their data elsewhere: such a contract reverts with the addresses of gateways, and takes
//! their word, which it checks, in a second call.
//!
//! Source: ERC-3668. The gateways are whatever the contract's author says, so they are only ever reached through the
//! guarded client.

use nextid_core::EthAddress;
use nextid_net::{FetchRequest, GuardedClient};
use serde_json::{Value, json};

use crate::FetchError;
use crate::abi::{self, Argument, Tuple};
use crate::ethereum_rpc::{Called, EthereumRpc, shown};

/// The selector of `OffchainLookup(address,string[],bytes,bytes4,bytes)`.
const OFFCHAIN_LOOKUP: [u8; 4] = [0x55, 0x6f, 0x18, 0x30];

/// Look-ups that may follow one another.
const MAX_HOPS: usize = 4;

/// Gateways that are tried for one look-up.
const MAX_GATEWAYS: usize = 4;

/// Calls a contract at the newest block, with as many look-ups as it wants and may have. A contract that reverts for any
/// other reason has no answer: [`FetchError::NotFound`].
pub(super) async fn call(
    rpc: &EthereumRpc,
    net: &GuardedClient,
    contract: &EthAddress,
    mut question: Vec<u8>,
) -> Result<Vec<u8>, FetchError> {
    for _ in 0..=MAX_HOPS {
        let reason = match rpc.call(net, Some(contract), &question, None).await? {
            Called::Returned(answer) => return Ok(answer),
            Called::Reverted(reason) => reason,
        };
        let Some(arguments) = reason.strip_prefix(&OFFCHAIN_LOOKUP) else {
            return Err(FetchError::NotFound);
        };
        let lookup =
            Lookup::read(arguments).filter(|lookup| lookup.sender == *contract.as_bytes()).ok_or_else(
                || FetchError::Odd("the name's resolver asks for a look-up that is none".to_owned()),
            )?;
        let response = lookup.ask(net, contract).await?;
        question = abi::call(lookup.callback, &[Argument::Bytes(&response), Argument::Bytes(lookup.extra)]);
    }
    Err(FetchError::Odd(format!("the name's resolver wants more than {MAX_HOPS} look-ups")))
}

/// What a contract wants to know.
struct Lookup<'a> {
    sender: [u8; 20],
    gateways: Vec<&'a [u8]>,
    question: &'a [u8],
    callback: [u8; 4],
    extra: &'a [u8],
}

impl<'a> Lookup<'a> {
    fn read(arguments: &'a [u8]) -> Option<Self> {
        let tuple = Tuple(arguments);
        Some(Self {
            sender: tuple.address(0)?,
            gateways: tuple.strings(1, MAX_GATEWAYS)?,
            question: tuple.bytes(2)?,
            callback: tuple.bytes4(3)?,
            extra: tuple.bytes(4)?,
        })
    }

    /// Asks the gateways in turn until one answers. One that says that the request is wrong (4xx) speaks for all.
    async fn ask(&self, net: &GuardedClient, contract: &EthAddress) -> Result<Vec<u8>, FetchError> {
        let mut failure = FetchError::Odd("the name's resolver names no gateway".to_owned());
        for gateway in &self.gateways {
            let Ok(template) = str::from_utf8(gateway) else {
                continue;
            };
            let response = match net.fetch(request(template, contract, self.question)).await {
                Ok(response) => response,
                Err(error) => {
                    failure = error.into();
                    continue;
                }
            };
            match response.status {
                200..=299 => match answer(&response.body) {
                    Some(data) => return Ok(data),
                    None => {
                        failure =
                            FetchError::Odd("the name's gateway does not answer as gateways do".to_owned())
                    }
                },
                404 | 410 => return Err(FetchError::NotFound),
                401 | 403 => {
                    return Err(FetchError::unavailable(format!(
                        "the name's gateway refuses us with status {}",
                        response.status
                    )));
                }
                status @ 500.. => {
                    failure =
                        FetchError::unavailable(format!("the name's gateway answers with status {status}"));
                }
                status => {
                    return Err(FetchError::Odd(format!("the name's gateway answers with status {status}")));
                }
            }
        }
        Err(failure)
    }
}

/// The question in the address where the template has a place for it, else in the body.
fn request(template: &str, contract: &EthAddress, question: &[u8]) -> FetchRequest {
    let (sender, data) = (contract.to_string(), shown(question));
    let url = template.replace("{sender}", &sender);
    let request = if url.contains("{data}") {
        FetchRequest::get(url.replace("{data}", &data))
    } else {
        FetchRequest::post(url).json(&json!({ "data": data, "sender": sender }))
    };
    request.accept("application/json")
}

fn answer(body: &[u8]) -> Option<Vec<u8>> {
    let body: Value = serde_json::from_slice(body).ok()?;
    hex::decode(body.get("data")?.as_str()?.strip_prefix("0x")?).ok()
}

#[cfg(feature = "fuzzing")]
pub(super) fn fuzzing(data: &[u8]) {
    let response = answer(data).unwrap_or_default();
    let Some(lookup) = Lookup::read(data) else { return };
    for template in lookup.gateways.iter().filter_map(|gateway| str::from_utf8(gateway).ok()) {
        if let Ok(contract) = EthAddress::parse(&hex::encode(lookup.sender)) {
            let _ = std::hint::black_box(request(template, &contract, lookup.question));
        }
    }
    let _ = std::hint::black_box(abi::call(
        lookup.callback,
        &[Argument::Bytes(&response), Argument::Bytes(lookup.extra)],
    ));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_selector_is_the_errors() {
        assert_eq!(abi::selector("OffchainLookup(address,string[],bytes,bytes4,bytes)"), OFFCHAIN_LOOKUP);
    }

    #[test]
    fn a_look_up_that_is_cut_is_none() {
        let arguments = [
            Argument::Word(abi::address(&[1; 20])),
            // No gateways: a length of zero.
            Argument::Bytes(b""),
            Argument::Bytes(b"question"),
            Argument::Word(abi::bytes4([1, 2, 3, 4])),
            Argument::Bytes(b"extra"),
        ];
        let data = abi::call(OFFCHAIN_LOOKUP, &arguments).split_off(4);
        let lookup = Lookup::read(&data).unwrap();
        assert_eq!((lookup.sender, lookup.question), ([1; 20], &b"question"[..]));
        assert_eq!((lookup.callback, lookup.extra), ([1, 2, 3, 4], &b"extra"[..]));
        assert!(lookup.gateways.is_empty());
        for length in 0..data.len() - 32 {
            assert!(Lookup::read(&data[..length]).is_none(), "{length}");
        }
    }

    #[test]
    fn answers_of_gateways() {
        assert_eq!(answer(br#"{"data":"0x0aff"}"#), Some(vec![10, 255]));
        assert_eq!(answer(br#"{"data":"0x"}"#), Some(Vec::new()));
        for body in [&b""[..], b"[]", b"{}", br#"{"data":1}"#, br#"{"data":"0aff"}"#, br#"{"data":"0x0"}"#] {
            assert_eq!(answer(body), None);
        }
    }
}
