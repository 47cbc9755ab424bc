//! What every command has at hand.

use std::path::{Path, PathBuf};

use nextid_client::{ClientOptions, GistClient, KvClient, ProofClient};
use nextid_core::{Identity, Platform};

use crate::cli::{Global, KeyArgs};
use crate::data_dir::data_dir;
use crate::error::{CliError, ServiceName};
use crate::keys::{Environment, KeyDirectory, KeyFile};
use crate::ui::Ui;

/// What every command has at hand.
#[derive(Debug)]
pub struct Context {
    /// Where things are said.
    pub ui: Ui,
    /// The environment of the process.
    pub env: Environment,
    global: Global,
}

impl Context {
    /// For a command line.
    pub fn new(global: Global) -> Self {
        Self { ui: Ui::new(global.json), env: Environment::of_process(), global }
    }

    /// `--data-dir`, if it was given.
    pub fn given_data_dir(&self) -> Option<&Path> {
        self.global.data_dir.as_deref()
    }

    /// Where this user's data is.
    ///
    /// # Errors
    /// [`CliError::NoDataDir`].
    pub fn data_dir(&self) -> Result<PathBuf, CliError> {
        data_dir(self.given_data_dir(), &self.env)
    }

    /// Where this user's keys are.
    ///
    /// # Errors
    /// [`CliError::NoDataDir`].
    pub fn key_directory(&self) -> Result<KeyDirectory, CliError> {
        Ok(KeyDirectory::of(&self.data_dir()?))
    }

    /// Which key a command is to use.
    ///
    /// # Errors
    /// [`CliError::NoDataDir`].
    pub fn key_file(&self, args: &KeyArgs) -> Result<KeyFile, CliError> {
        Ok(KeyFile {
            keystore: args.keystore.clone(),
            name: args.name.clone(),
            directory: self.key_directory()?,
        })
    }

    /// proof-service.
    ///
    /// # Errors
    /// [`CliError::Service`] for an address that is none.
    pub fn proof(&self) -> Result<ProofClient, CliError> {
        proof_client(&self.global.proof_url)
    }

    /// kv-service.
    ///
    /// # Errors
    /// [`CliError::Service`] for an address that is none.
    pub fn kv(&self) -> Result<KvClient, CliError> {
        kv_client(&self.global.kv_url)
    }
}

fn options() -> ClientOptions {
    ClientOptions { use_proxy: true, ..ClientOptions::default() }
}

/// proof-service at `url`.
///
/// # Errors
/// [`CliError::Service`] for an address that is none.
pub fn proof_client(url: &str) -> Result<ProofClient, CliError> {
    ProofClient::new(url, &options()).map_err(CliError::of(ServiceName::Proof))
}

/// kv-service at `url`.
///
/// # Errors
/// [`CliError::Service`] for an address that is none.
pub fn kv_client(url: &str) -> Result<KvClient, CliError> {
    KvClient::new(url, &options()).map_err(CliError::of(ServiceName::Kv))
}

/// GitHub's API, or a stand-in for it, at `url`.
///
/// # Errors
/// [`CliError::Service`] for an address that is none.
pub fn gist_client(url: &str) -> Result<GistClient, CliError> {
    GistClient::new(url, &options()).map_err(CliError::of(ServiceName::Github))
}

/// An identity as it was typed.
///
/// # Errors
/// [`CliError::Usage`], which says what the platform's identities look like.
pub fn parse_identity(platform: Platform, text: &str) -> Result<Identity, CliError> {
    Identity::parse(platform, text).map_err(|error| {
        CliError::usage(
            format!("{text:?} is no identity on {platform}"),
            format!("Expected: {}.", error.expected),
        )
    })
}
