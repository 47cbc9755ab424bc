//! A real Ethereum chain on this machine: foundry's anvil.
#![expect(
    clippy::panic,
    clippy::expect_used,
    reason = "a test whose chain does not start has nothing to say"
)]

use std::env;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;

use serde_json::{Value, json};
use tempfile::TempDir;

use super::{bytes, shown};
use crate::http::TestClient;

/// Names the program, where it is not on the path.
const PROGRAM: &str = "NEXTID_ANVIL";

/// Set to 1, tests that need a chain say nothing.
const WITHOUT: &str = "NEXTID_TEST_NO_ANVIL";

/// What the program prints when it listens, before the address.
const LISTENING: &str = "Listening on ";

/// The first account of every such chain, which can pay for everything.
const SENDER: &str = "0xf39fd6e51aad88f6f4ce6ab8827279cfffb92266";

/// A chain of its own with number 31337, which makes a block for every transaction; it ends when dropped.
#[derive(Debug)]
pub struct Anvil {
    child: Child,
    client: TestClient,
    /// The home directory that the program keeps its files in.
    _home: TempDir,
}

impl Anvil {
    /// Starts a chain. None if `NEXTID_TEST_NO_ANVIL=1` says to go without.
    ///
    /// # Panics
    /// When there is no anvil, or it does not start.
    pub fn start() -> Option<Self> {
        if env::var(WITHOUT).is_ok_and(|value| value == "1") {
            return None;
        }
        let program = find_program().unwrap_or_else(|| {
            panic!(
                "no anvil: run ./scripts/test, which installs one, name one in {PROGRAM}, or go without it by {WITHOUT}=1"
            )
        });
        let home = tempfile::tempdir().expect("a temporary directory for anvil");
        let mut child = Command::new(&program)
            .args(["--port", "0", "--accounts", "1", "--host", "127.0.0.1"])
            .env("HOME", home.path())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::inherit())
            .spawn()
            .unwrap_or_else(|error| panic!("{} does not start: {error}", program.display()));
        let mut output = BufReader::new(child.stdout.take().expect("its output is a pipe"));
        let address = output
            .by_ref()
            .lines()
            .map_while(Result::ok)
            .find_map(|line| line.strip_prefix(LISTENING).map(|address| address.trim().to_owned()));
        let Some(address) = address else {
            let status = child.wait();
            panic!("{} ended before it listened: {status:?}", program.display());
        };
        // It stops when nobody reads what it prints. The thread ends with it.
        thread::spawn(move || std::io::copy(&mut output, &mut std::io::sink()));
        Some(Self { child, client: TestClient::new(format!("http://{address}")), _home: home })
    }

    /// What `platforms.ens.rpc_url` and `platforms.ethereum.rpc_url` take.
    pub fn rpc_url(&self) -> &str {
        self.client.base()
    }

    /// Asks the node.
    ///
    /// # Panics
    /// When it answers with an error.
    pub async fn ask(&self, method: &str, params: Value) -> Value {
        let body = json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": params });
        let answer = self.client.post_json("", &body).await.expect_status(200).json();
        match answer.get("result") {
            Some(result) => result.clone(),
            None => panic!("{method}: {answer}"),
        }
    }

    /// Puts a contract on the chain: its compiled code in hexadecimal, and the arguments of its constructor. Returns its
    /// address.
    ///
    /// # Panics
    /// When the constructor fails.
    pub async fn deploy(&self, code: &str, arguments: &[u8]) -> String {
        let mut data = bytes(&format!("0x{}", code.trim())).expect("code in hexadecimal");
        data.extend_from_slice(arguments);
        let receipt = self.transact(&json!({ "from": SENDER, "data": shown(&data) })).await;
        let address = receipt.get("contractAddress").and_then(Value::as_str);
        address.unwrap_or_else(|| panic!("not deployed: {receipt}")).to_owned()
    }

    /// Calls a contract in a transaction.
    ///
    /// # Panics
    /// When it fails.
    pub async fn send(&self, to: &str, data: &[u8]) {
        self.transact(&json!({ "from": SENDER, "to": to, "data": shown(data) })).await;
    }

    /// Calls a contract without a transaction.
    ///
    /// # Panics
    /// When it fails.
    pub async fn call(&self, to: &str, data: &[u8]) -> Vec<u8> {
        let result = self.ask("eth_call", json!([{ "to": to, "data": shown(data) }, "latest"])).await;
        result.as_str().and_then(bytes).unwrap_or_else(|| panic!("not bytes: {result}"))
    }

    async fn transact(&self, transaction: &Value) -> Value {
        // It answers when the transaction is in a block (EIP-7966).
        let receipt = self.ask("eth_sendTransactionSync", json!([transaction])).await;
        assert_eq!(receipt.get("status"), Some(&json!("0x1")), "{receipt}");
        receipt
    }
}

impl Drop for Anvil {
    fn drop(&mut self) {
        // It may have ended by itself, in which case there is nothing to do.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// The program that the environment names, that is on the path, or that `scripts/test` installed.
fn find_program() -> Option<PathBuf> {
    if let Some(named) = env::var_os(PROGRAM).filter(|name| !name.is_empty()) {
        return Some(PathBuf::from(named));
    }
    let path = env::var_os("PATH").unwrap_or_default();
    let on_path = env::split_paths(&path).map(|directory| directory.join("anvil"));
    let installed = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/tools/anvil");
    on_path.chain([installed]).find(|program| program.is_file())
}
