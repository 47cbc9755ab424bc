//! An Ethereum node, asked over JSON-RPC.
//!
//! The node is the operator's own choice and is believed. The contracts that it runs are not: their gas and the size of
//! what they return are bounded.

use std::fmt;

use nextid_core::EthAddress;
use nextid_net::{FetchRequest, GuardedClient};
use serde::Deserialize;
use serde_json::{Value, json};
use url::Url;

use crate::{FetchError, Secret, SettingsError};

/// The gas of one call. What a transaction may have at most (EIP-7825) is a little more; checking a signature takes a
/// hundredth of it.
const GAS: u64 = 15_000_000;

/// The largest answer in bytes.
const MAX_ANSWER: usize = 1_048_576;

/// A node's address. It often holds the operator's key, so it is never shown.
#[derive(Clone)]
pub(crate) struct EthereumRpc(Url);

/// A block, which a call can be made at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Block {
    /// Its number.
    pub(crate) number: u64,
    /// Its hash: `0x` and 64 lower-case digits.
    pub(crate) hash: String,
}

/// What became of a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Called {
    /// It returned this.
    Returned(Vec<u8>),
    /// It reverted, or could not go on; with the data that it gave as its reason.
    Reverted(Vec<u8>),
}

/// The answer to a request (JSON-RPC 2.0, section 5).
#[derive(Debug, Deserialize)]
struct Answer {
    id: Value,
    #[serde(default)]
    result: Value,
    #[serde(default)]
    error: Option<RpcError>,
}

#[derive(Debug, Deserialize)]
struct RpcError {
    code: i64,
    #[serde(default)]
    message: String,
    #[serde(default)]
    data: Value,
}

/// A node's word: what it answers, or why it does not.
type Said = Result<Value, RpcError>;

impl EthereumRpc {
    /// Reads the address that the setting `key` holds; none if it is empty.
    pub(crate) fn parse(key: &'static str, given: Option<&Secret>) -> Result<Option<Self>, SettingsError> {
        let Some(text) = given.map(|url| url.expose().trim()).filter(|text| !text.is_empty()) else {
            return Ok(None);
        };
        let url = Url::parse(text).map_err(|error| SettingsError::new(key, error.to_string()))?;
        if matches!(url.scheme(), "http" | "https") {
            Ok(Some(Self(url)))
        } else {
            Err(SettingsError::new(key, "a node's address begins with https:// or http://"))
        }
    }

    /// The number of the chain (EIP-155).
    pub(crate) async fn chain_id(&self, net: &GuardedClient) -> Result<u64, FetchError> {
        let result = self.ask(net, "eth_chainId", json!([])).await?;
        quantity(&result).ok_or_else(|| odd("eth_chainId"))
    }

    /// The newest block.
    pub(crate) async fn latest_block(&self, net: &GuardedClient) -> Result<Block, FetchError> {
        let block = self.ask(net, "eth_getBlockByNumber", json!(["latest", false])).await?;
        let number = block.get("number").and_then(quantity);
        let hash = block.get("hash").and_then(data).filter(|hash| hash.len() == 32);
        match (number, hash) {
            (Some(number), Some(hash)) => Ok(Block { number, hash: shown(&hash) }),
            _ => Err(odd("eth_getBlockByNumber")),
        }
    }

    /// The code at an address; empty for a plain account.
    pub(crate) async fn code(
        &self,
        net: &GuardedClient,
        address: &EthAddress,
        block: &Block,
    ) -> Result<Vec<u8>, FetchError> {
        let said = self.at_block(net, "eth_getCode", json!(address.to_string()), block).await?;
        let result = said.map_err(|error| error.into_fetch_error())?;
        data(&result).ok_or_else(|| odd("eth_getCode"))
    }

    /// Calls a contract, or runs `input` as the code of a new one where `to` is none, at the newest block or at the given.
    pub(crate) async fn call(
        &self,
        net: &GuardedClient,
        to: Option<&EthAddress>,
        input: &[u8],
        block: Option<&Block>,
    ) -> Result<Called, FetchError> {
        let mut call = json!({ "data": shown(input), "gas": format!("{GAS:#x}") });
        if let (Some(fields), Some(to)) = (call.as_object_mut(), to) {
            fields.insert("to".to_owned(), json!(to.to_string()));
        }
        let said = match block {
            Some(block) => self.at_block(net, "eth_call", call, block).await?,
            None => self.request(net, "eth_call", json!([call, "latest"])).await?,
        };
        match said {
            Ok(result) => Ok(Called::Returned(data(&result).ok_or_else(|| odd("eth_call"))?)),
            Err(error) => error.into_called(),
        }
    }

    /// Asks about the state after a block, which is named by its hash (EIP-1898), so that the answer is of that very block
    /// also while the chain reorganises. Nodes that do not know the notation are given the number.
    async fn at_block(
        &self,
        net: &GuardedClient,
        method: &str,
        argument: Value,
        block: &Block,
    ) -> Result<Said, FetchError> {
        let exact = json!([argument, { "blockHash": block.hash }]);
        match self.request(net, method, exact).await? {
            Err(error) if error.code == INVALID_PARAMS => {
                let number = json!([argument, format!("{:#x}", block.number)]);
                self.request(net, method, number).await
            }
            said => Ok(said),
        }
    }

    async fn ask(&self, net: &GuardedClient, method: &str, params: Value) -> Result<Value, FetchError> {
        let said = self.request(net, method, params).await?;
        said.map_err(|error| error.into_fetch_error())
    }

    async fn request(&self, net: &GuardedClient, method: &str, params: Value) -> Result<Said, FetchError> {
        let body = json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": params });
        let request = FetchRequest::post(&self.0)
            .accept("application/json")
            .json(&body)
            .max_bytes(MAX_ANSWER)
            .no_redirects()
            .trusted();
        let response = net.fetch(request).await?;
        // Some nodes send their errors with a status of 4xx.
        let answer: Option<Answer> = serde_json::from_slice(&response.body).ok();
        match (response.status, answer) {
            (401 | 403, _) => {
                Err(FetchError::unavailable(format!("the node refuses us with status {}", response.status)))
            }
            (500.., None) => {
                Err(FetchError::unavailable(format!("the node answers with status {}", response.status)))
            }
            (200..=299 | 400..=499 | 500.., Some(answer)) if answer.id == json!(1) => {
                Ok(answer.error.map_or(Ok(answer.result), Err))
            }
            (200..=299, _) => Err(FetchError::Odd("the node does not speak JSON-RPC".to_owned())),
            (status, _) => Err(FetchError::Odd(format!("the node answers with status {status}"))),
        }
    }
}

impl fmt::Debug for EthereumRpc {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("EthereumRpc(***)")
    }
}

const METHOD_NOT_FOUND: i64 = -32601;
const INVALID_PARAMS: i64 = -32602;

/// What nodes say when a contract's code ends badly by itself, whatever the node's limits are.
const FAILURES: [&str; 6] =
    ["revert", "invalid opcode", "invalid jump", "stack underflow", "stack overflow", "vm execution error"];

impl RpcError {
    /// Reverts are told from failures of the node by code 3 of most nodes, and by their words. Out of gas is neither the
    /// contract's word nor a failure: the limit is ours.
    fn into_called(self) -> Result<Called, FetchError> {
        let message = self.message.to_ascii_lowercase();
        if ["out of gas", "outofgas", "gas limit"].iter().any(|words| message.contains(words)) {
            return Err(FetchError::Odd("a contract needs too much gas".to_owned()));
        }
        if self.code == 3 || FAILURES.iter().any(|failure| message.contains(failure)) {
            Ok(Called::Reverted(self.revert_data().unwrap_or_default()))
        } else {
            Err(self.into_fetch_error())
        }
    }

    /// The reason, wherever a node puts it: as the text itself, after the word "Reverted", or inside an object.
    fn revert_data(&self) -> Option<Vec<u8>> {
        let places = [Some(&self.data), self.data.get("data"), self.data.pointer("/originalError/data")];
        let texts = places.into_iter().flatten().filter_map(Value::as_str);
        texts
            .map(|text| text.strip_prefix("Reverted ").unwrap_or(text))
            .find_map(|text| hex::decode(text.strip_prefix("0x")?).ok())
    }

    fn into_fetch_error(self) -> FetchError {
        // The node's own words may hold the operator's key.
        match self.code {
            METHOD_NOT_FOUND | INVALID_PARAMS | -32600 | -32700 => {
                FetchError::Odd(format!("the node does not understand us: error {}", self.code))
            }
            code => FetchError::unavailable(format!("the node answers with error {code}")),
        }
    }
}

fn odd(method: &str) -> FetchError {
    FetchError::Odd(format!("the node's answer to {method} is none"))
}

/// Bytes as the node writes them.
pub(crate) fn shown(bytes: &[u8]) -> String {
    format!("0x{}", hex::encode(bytes))
}

fn data(value: &Value) -> Option<Vec<u8>> {
    hex::decode(value.as_str()?.strip_prefix("0x")?).ok()
}

fn quantity(value: &Value) -> Option<u64> {
    u64::from_str_radix(value.as_str()?.strip_prefix("0x")?, 16).ok()
}

/// Reads what a node may answer to any question.
#[cfg(feature = "fuzzing")]
pub fn fuzzing(body: &[u8]) {
    let Ok(answer) = serde_json::from_slice::<Answer>(body) else { return };
    let _ = std::hint::black_box((
        quantity(&answer.result),
        data(&answer.result),
        answer.result.get("number").and_then(quantity),
    ));
    let _ = std::hint::black_box(answer.error.map(RpcError::into_called));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(value: Value) -> RpcError {
        serde_json::from_value(value).unwrap()
    }

    /// As the nodes in use spell it.
    #[test]
    fn reverts_of_every_node() {
        for told in [
            json!({ "code": 3, "message": "execution reverted", "data": "0x556f1830" }),
            json!({ "code": -32015, "message": "VM execution error.", "data": "Reverted 0x556f1830" }),
            json!({ "code": -32603, "message": "Error: VM Exception: reverted", "data": { "data": "0x556f1830" } }),
            json!({ "code": -32000, "message": "execution reverted",
                    "data": { "originalError": { "code": 3, "data": "0x556f1830" } } }),
        ] {
            let called = error(told.clone()).into_called();
            assert_eq!(called, Ok(Called::Reverted(vec![0x55, 0x6f, 0x18, 0x30])), "{told}");
        }
        for told in [
            json!({ "code": -32000, "message": "execution reverted" }),
            json!({ "code": -32000, "message": "invalid opcode: INVALID" }),
            json!({ "code": 3, "message": "execution reverted", "data": "no data" }),
        ] {
            assert_eq!(error(told.clone()).into_called(), Ok(Called::Reverted(Vec::new())), "{told}");
        }
    }

    #[test]
    fn failures_of_the_node_are_no_reverts() {
        for (code, message) in [(-32000, "header not found"), (-32005, "limit exceeded"), (429, "slow down")]
        {
            let told = error(json!({ "code": code, "message": message })).into_called();
            assert!(matches!(told, Err(FetchError::Unavailable { .. })), "{told:?}");
        }
        for (code, message) in
            [(-32601, "no such method"), (-32000, "out of gas: gas required exceeds allowance")]
        {
            let told = error(json!({ "code": code, "message": message })).into_called();
            assert!(matches!(told, Err(FetchError::Odd(_))), "{told:?}");
        }
    }

    #[test]
    fn addresses_of_nodes() {
        let parse = |text: &str| EthereumRpc::parse("platforms.ens.rpc_url", Some(&Secret::new(text)));
        assert!(EthereumRpc::parse("k", None).unwrap().is_none());
        assert!(parse(" ").unwrap().is_none());
        let rpc = parse("https://u:hidden@node.example/v3/hidden").unwrap().unwrap();
        assert!(!format!("{rpc:?}").contains("hidden"));
        for text in ["node.example", "ws://node.example", "/run/geth.ipc"] {
            assert_eq!(parse(text).unwrap_err().key, "platforms.ens.rpc_url");
        }
    }
}
