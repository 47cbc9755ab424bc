//! The command line.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use nextid_core::{Avatar, Platform};

use crate::exit::Exit;
use crate::keys::KeyName;

const ENVIRONMENT: &str = "\
Environment:
  NEXTID_PROOF_URL, NEXTID_KV_URL      where the services are
  NEXTID_DATA_DIR                      where keys and databases are
  NEXTID_AVATAR_KEY                    the Avatar's private key, 64 hexadecimal digits
  NEXTID_KEYSTORE                      a keystore file (Web3 Secret Storage, version 3)
  NEXTID_PASSWORD, NEXTID_PASSWORD_FILE  its password
  NEXTID_WALLET_KEY, _KEYSTORE, _PASSWORD, _PASSWORD_FILE  the same for a wallet that is bound
  NEXTID_TARGET_KEY, _KEYSTORE, _PASSWORD, _PASSWORD_FILE  the same for an alias
  NEXTID_TO                            the database that import and mirror write to
  NO_COLOR                             no colours";

/// Binds an Avatar, a key pair that you hold, to your accounts and wallets, and publishes data under it.
#[derive(Debug, Parser)]
#[command(name = "nextid", version, after_long_help = format!("{ENVIRONMENT}\n\n{}", Exit::help()))]
pub struct Cli {
    /// What holds for every command.
    #[command(flatten)]
    pub global: Global,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What holds for every command.
#[derive(Debug, Args)]
pub struct Global {
    /// One JSON object a line instead of sentences; errors too, on standard error
    #[arg(long, global = true)]
    pub json: bool,
    /// Where keys and databases are [default: ~/.local/share/nextid]
    #[arg(long, global = true, value_name = "DIR")]
    pub data_dir: Option<PathBuf>,
    /// Where proof-service is
    #[arg(
        long,
        global = true,
        value_name = "URL",
        env = "NEXTID_PROOF_URL",
        hide_env = true,
        default_value = "http://127.0.0.1:9800"
    )]
    pub proof_url: String,
    /// Where kv-service is
    #[arg(
        long,
        global = true,
        value_name = "URL",
        env = "NEXTID_KV_URL",
        hide_env = true,
        default_value = "http://127.0.0.1:9801"
    )]
    pub kv_url: String,
}

/// Which Avatar's key signs. The key itself is never an argument: others on the machine could see it.
#[derive(Debug, Clone, Default, Args)]
pub struct KeyArgs {
    /// The name of the key [default: default]
    #[arg(long, value_name = "NAME", conflicts_with = "keystore")]
    pub name: Option<KeyName>,
    /// A keystore file instead
    #[arg(long, value_name = "FILE")]
    pub keystore: Option<PathBuf>,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Run both services here, on SQLite
    Up(UpArgs),
    /// Walk through the four flows against running services, with fresh keys
    Demo(DemoArgs),
    /// Make or show an Avatar
    #[command(subcommand)]
    Avatar(AvatarCommand),
    /// Bind the Avatar to an account, a wallet or another Avatar
    Prove(ProveArgs),
    /// Revoke a binding
    Revoke(RevokeArgs),
    /// Show what is bound to an Avatar, or which Avatars an identity is bound to
    Proofs(ProofsArgs),
    /// Read or write what is published under an Avatar
    #[command(subcommand)]
    Kv(KvCommand),
    /// Check chains, without believing any service
    #[command(subcommand)]
    Chain(ChainCommand),
    /// Take chains over into a service's database (operators only)
    Import(ImportArgs),
    /// Follow a service into a verified copy of its database (operators only)
    Mirror(MirrorArgs),
}

/// `nextid import`
#[derive(Debug, Args)]
pub struct ImportArgs {
    /// An export, or several one after the other; - is standard input
    pub file: PathBuf,
    /// The database: sqlite://PATH or postgres://USER:PASSWORD@HOST/NAME; it may be in use
    #[arg(long, value_name = "URL", env = "NEXTID_TO", hide_env_values = true)]
    pub to: String,
    /// Whose chains they must be [default: what the export says]
    #[arg(long, value_name = "SERVICE")]
    pub service: Option<ChainKind>,
}

/// `nextid mirror`
#[derive(Debug, Args)]
pub struct MirrorArgs {
    /// The proof-service or kv-service that is followed; with --status not needed
    #[arg(required_unless_present = "status")]
    pub url: Option<String>,
    /// The database of the copy: sqlite://PATH or postgres://USER:PASSWORD@HOST/NAME
    #[arg(long, value_name = "URL", env = "NEXTID_TO", hide_env_values = true)]
    pub to: String,
    /// End once everything is copied that is there now
    #[arg(long)]
    pub once: bool,
    /// Only say how far the copy is, and what evidence it keeps
    #[arg(long, conflicts_with = "once")]
    pub status: bool,
}

/// `nextid up`
#[derive(Debug, Clone, Args)]
pub struct UpArgs {
    /// Walk through the four flows, with a stand-in for GitHub on this machine. Without --data-dir nothing is kept
    #[arg(long)]
    pub demo: bool,
    /// End after the demo
    #[arg(long, requires = "demo")]
    pub once: bool,
    /// Where proof-service listens [default: 127.0.0.1:9800]
    #[arg(long, value_name = "ADDRESS")]
    pub proof_listen: Option<SocketAddr>,
    /// Where kv-service listens [default: 127.0.0.1:9801]
    #[arg(long, value_name = "ADDRESS")]
    pub kv_listen: Option<SocketAddr>,
}

/// `nextid demo`
#[derive(Debug, Args)]
pub struct DemoArgs {
    /// A stand-in for GitHub's API that proof-service asks, such as that of `nextid up --demo`; without one the demo only
    /// shows what would be published
    #[arg(long, value_name = "URL")]
    pub github_url: Option<String>,
}

/// `nextid avatar`
#[derive(Debug, Subcommand)]
pub enum AvatarCommand {
    /// Make a new Avatar and keep its key under a password
    New {
        /// What to call it
        #[arg(long, value_name = "NAME", default_value = "default")]
        name: KeyName,
    },
    /// Show the public key
    Show {
        /// Which one.
        #[command(flatten)]
        key: KeyArgs,
        /// Open the keystore too, to see that the password is right
        #[arg(long)]
        check: bool,
    },
}

/// `nextid prove`
#[derive(Debug, Args)]
pub struct ProveArgs {
    /// Where the identity lives, such as github, dns, ethereum or nextid
    #[arg(value_parser = platform)]
    pub platform: Platform,
    /// The account, domain, address or public key
    pub identity: String,
    /// The Avatar's key.
    #[command(flatten)]
    pub key: KeyArgs,
    /// The language of the post, such as en_US
    #[arg(long, value_name = "LANGUAGE", default_value = "default")]
    pub lang: String,
    /// Seconds to go on looking for the post once it is said to be there
    #[arg(long, value_name = "SECONDS", default_value_t = 60)]
    pub wait: u64,
    /// The keystore of the wallet, or of the Avatar that becomes an alias
    #[arg(long, value_name = "FILE")]
    pub counter_keystore: Option<PathBuf>,
}

/// `nextid revoke`
#[derive(Debug, Args)]
pub struct RevokeArgs {
    /// Where the identity lives
    #[arg(value_parser = platform)]
    pub platform: Platform,
    /// The account, domain, address or public key
    pub identity: String,
    /// The Avatar's key.
    #[command(flatten)]
    pub key: KeyArgs,
    /// Sign with the wallet's key, or that of the alias, instead of the Avatar's
    #[arg(long, requires = "avatar")]
    pub by_counterpart: bool,
    /// Whose binding it is, with --by-counterpart
    #[arg(long, value_name = "KEY", value_parser = avatar, requires = "by_counterpart")]
    pub avatar: Option<Avatar>,
    /// The keystore of the wallet, or of the alias
    #[arg(long, value_name = "FILE", requires = "by_counterpart")]
    pub counter_keystore: Option<PathBuf>,
}

/// `nextid proofs`
#[derive(Debug, Args)]
pub struct ProofsArgs {
    /// Search for this instead of an Avatar
    #[arg(conflicts_with_all = ["avatar", "name", "keystore"])]
    pub identity: Option<String>,
    /// An Avatar's public key [default: your own]
    #[arg(long, value_name = "KEY", value_parser = avatar, conflicts_with_all = ["name", "keystore"])]
    pub avatar: Option<Avatar>,
    /// Your own Avatar.
    #[command(flatten)]
    pub key: KeyArgs,
    /// Search on this platform only
    #[arg(long, value_parser = platform, requires = "identity")]
    pub platform: Option<Platform>,
    /// The whole identity has to match, not only a part of it
    #[arg(long, requires = "identity")]
    pub exact: bool,
}

/// `nextid kv`
#[derive(Debug, Subcommand)]
pub enum KvCommand {
    /// Show what is published: all of an Avatar's, or what every Avatar published under one identity
    Get {
        /// Under this identity: where it lives
        #[arg(value_parser = platform, requires = "identity")]
        platform: Option<Platform>,
        /// Under this identity
        identity: Option<String>,
        /// Of this Avatar [default: your own, or with an identity everybody]
        #[arg(long, value_name = "KEY", value_parser = avatar, conflicts_with_all = ["name", "keystore"])]
        avatar: Option<Avatar>,
        /// Your own Avatar.
        #[command(flatten)]
        key: KeyArgs,
    },
    /// Change what is published
    Set(KvSetArgs),
}

/// `nextid kv set`
#[derive(Debug, Args)]
pub struct KvSetArgs {
    /// A JSON merge patch (RFC 7396), such as '{"theme":"dark","old":null}'; - or nothing reads it from standard input
    #[arg(conflicts_with = "file")]
    pub patch: Option<String>,
    /// Read the patch from a file
    #[arg(long, value_name = "FILE")]
    pub file: Option<PathBuf>,
    /// Under a binding instead of the Avatar itself: where it lives
    #[arg(long, value_parser = platform, requires = "identity")]
    pub platform: Option<Platform>,
    /// Under a binding instead of the Avatar itself
    #[arg(long, requires = "platform")]
    pub identity: Option<String>,
    /// The Avatar's key.
    #[command(flatten)]
    pub key: KeyArgs,
}

/// `nextid chain`
#[derive(Debug, Subcommand)]
pub enum ChainCommand {
    /// Check every signature and every link of a chain, and show what follows from it
    Verify {
        /// A file (an export, or saved pages of a chain; - is standard input), or an Avatar, whose chains are
        /// downloaded from both services
        source: String,
        /// Whose chain it must be
        #[arg(long, value_name = "KEY", value_parser = avatar)]
        avatar: Option<Avatar>,
        /// Download this chain only
        #[arg(long, value_name = "CHAIN")]
        only: Option<ChainKind>,
        /// Fetch the posts from the platforms, ask the contracts, and judge them here. Credentials and addresses are
        /// those of proof-service: NEXTID__PLATFORMS__…, or a configuration file
        #[arg(long)]
        live: bool,
        /// With --live: proof-service's configuration file
        #[arg(long, value_name = "FILE", requires = "live")]
        config: Option<PathBuf>,
    },
}

/// One of an Avatar's two chains.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ChainKind {
    /// The bindings, from proof-service
    Proof,
    /// The data, from kv-service
    Kv,
}

fn platform(text: &str) -> Result<Platform, String> {
    text.to_ascii_lowercase().parse().map_err(|_| {
        let known: Vec<&str> = Platform::ALL.iter().map(|platform| platform.as_str()).collect();
        format!("no such platform; there are {}", known.join(", "))
    })
}

fn avatar(text: &str) -> Result<Avatar, String> {
    Avatar::parse_with_raw(text).map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    #[test]
    fn the_definition_makes_sense() {
        Cli::command().debug_assert();
    }

    #[test]
    fn no_argument_takes_a_secret() {
        fn arguments(command: &clap::Command) -> Vec<String> {
            let own = command.get_arguments().map(|argument| argument.get_id().to_string());
            own.chain(command.get_subcommands().flat_map(arguments)).collect()
        }
        for argument in arguments(&Cli::command()) {
            assert!(
                !["password", "secret", "private_key", "avatar_key", "wallet_key"]
                    .contains(&argument.as_str())
            );
        }
    }

    #[test]
    fn an_unknown_platform_is_answered_with_the_known_ones() {
        let error = Cli::try_parse_from(["nextid", "prove", "myspace", "tom"]).unwrap_err().to_string();
        assert!(error.contains("github"), "{error}");
    }
}
