//! Contract wallets: whether a contract accepts a signature as its own (ERC-1271), also one that is not deployed yet
//! (ERC-6492).
//!
//! A key's signature speaks for itself for ever. A contract's word holds at the block at which it was asked, so that block
//! is the evidence.

mod question;

use nextid_core::{EthAddress, personal_sign};
use nextid_net::GuardedClient;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use self::question::{MalformedWrapper, Question, Verdict};
use crate::ethereum_rpc::{Called, EthereumRpc};
use crate::{FetchError, Secret, SettingsError};

/// Bytes that a wallet's signature may have at most. Init code, as which the question is sent, is limited to 49,152 by the
/// chain (EIP-3860), and hardly a wallet's signature has a tenth of this.
pub const MAX_SIGNATURE: usize = 32_768;

/// `platforms.ethereum`.
#[derive(Debug, Clone, Default)]
pub struct EthereumSettings {
    /// As for ENS; without one contract wallets cannot be bound, while plain accounts can.
    pub rpc_url: Option<Secret>,
}

/// Asks contract wallets.
#[derive(Debug, Clone, Default)]
pub struct ContractWallets {
    rpc: Option<EthereumRpc>,
}

/// At which block of which chain a contract accepted a signature: what goes into `extra.contract` of a link.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContractEvidence {
    /// The chain's number (EIP-155).
    pub chain_id: u64,
    /// The block's number.
    pub block_number: u64,
    /// The block's hash: `0x` and 64 lower-case digits.
    pub block_hash: String,
}

/// Why a signature does not count as a contract wallet's.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ContractWalletError {
    /// No node is configured.
    #[error("contract wallets cannot be checked: platforms.ethereum.rpc_url is not set")]
    NotConfigured,
    /// There is no contract at the address, and the signature brings none along (ERC-6492): a plain account, whose key
    /// did not sign this.
    #[error("{address} is a plain account, and its key did not make this signature over this text")]
    PlainAccount {
        /// The address.
        address: EthAddress,
    },
    /// The signature is too long.
    #[error("the signature has {length} bytes; a contract wallet's has at most {MAX_SIGNATURE}")]
    TooLong {
        /// Its length in bytes.
        length: usize,
    },
    /// The signature ends as ERC-6492 says and is not of its form.
    #[error("the signature ends like one of ERC-6492 but is not of that form")]
    MalformedWrapper,
    /// The factory that the signature names makes no contract at the address.
    #[error("the factory in the signature puts no contract at {address}")]
    NotDeployed {
        /// The address.
        address: EthAddress,
    },
    /// The contract does not accept the signature.
    #[error("the contract at {address} does not accept the signature over this text")]
    Refused {
        /// The address.
        address: EthAddress,
    },
    /// The node could not be asked.
    #[error(transparent)]
    Node(#[from] FetchError),
}

impl ContractWallets {
    /// Takes the settings. Nobody is contacted.
    ///
    /// # Errors
    /// The node's address is none.
    pub fn new(settings: &EthereumSettings) -> Result<Self, SettingsError> {
        Ok(Self { rpc: EthereumRpc::parse("platforms.ethereum.rpc_url", settings.rpc_url.as_ref())? })
    }

    /// Whether a node is configured.
    pub fn is_configured(&self) -> bool {
        self.rpc.is_some()
    }

    /// The number of the node's chain (EIP-155): on another one another contract may stand at the same address.
    ///
    /// # Errors
    /// [`ContractWalletError::NotConfigured`], [`ContractWalletError::Node`].
    pub async fn chain_id(&self, net: &GuardedClient) -> Result<u64, ContractWalletError> {
        let rpc = self.rpc.as_ref().ok_or(ContractWalletError::NotConfigured)?;
        Ok(rpc.chain_id(net).await?)
    }

    /// Asks the contract at `address` whether `signature` is its own over `message`, which it is given as `personal_sign`
    /// hashes it (EIP-191). For signatures from which `address` cannot be recovered.
    ///
    /// # Errors
    /// [`ContractWalletError`]. Only [`ContractWalletError::Node`] may pass when tried again.
    pub async fn check(
        &self,
        address: &EthAddress,
        message: &[u8],
        signature: &[u8],
        net: &GuardedClient,
    ) -> Result<ContractEvidence, ContractWalletError> {
        let rpc = self.rpc.as_ref().ok_or(ContractWalletError::NotConfigured)?;
        if signature.len() > MAX_SIGNATURE {
            return Err(ContractWalletError::TooLong { length: signature.len() });
        }
        let address = *address;
        let question = Question::new(&address, &personal_sign::digest(message), signature)
            .map_err(|MalformedWrapper| ContractWalletError::MalformedWrapper)?;
        let block = rpc.latest_block(net).await?;
        if !question.brings_factory() && rpc.code(net, &address, &block).await?.is_empty() {
            return Err(ContractWalletError::PlainAccount { address });
        }
        let called = rpc.call(net, None, &question.to_init_code(), Some(&block)).await?;
        let verdict = match &called {
            Called::Returned(answer) => Verdict::read(answer),
            // The question itself cannot revert.
            Called::Reverted(_) => None,
        };
        match verdict {
            Some(Verdict::Accepted) => Ok(ContractEvidence {
                chain_id: rpc.chain_id(net).await?,
                block_number: block.number,
                block_hash: block.hash,
            }),
            Some(Verdict::Refused) => Err(ContractWalletError::Refused { address }),
            Some(Verdict::NoContract) => Err(ContractWalletError::NotDeployed { address }),
            None => Err(FetchError::Odd("the node did not run the question to the wallet".to_owned()).into()),
        }
    }
}

/// Reads a wallet's signature, and what its contract may answer.
#[cfg(feature = "fuzzing")]
pub fn fuzzing(wallet: &EthAddress, signature: &[u8]) {
    let _ = std::hint::black_box(
        Question::new(wallet, &[7; 32], signature).map(|question| question.to_init_code()),
    );
    let _ = std::hint::black_box(Verdict::read(signature));
}
