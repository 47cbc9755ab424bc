//! The command line of a service.

use std::fmt::Write as _;
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::sync::LazyLock;

use clap::{FromArgMatches as _, Parser, Subcommand};

use super::exit::ExitCode;
use crate::build_info::BuildInfo;
use crate::config::Service;

/// What was asked for.
#[derive(Debug, Parser, PartialEq, Eq)]
pub(super) struct Args {
    /// The configuration file; without it /etc/nextid/<service>.toml, if there is one
    #[arg(long, global = true, value_name = "PATH")]
    pub(super) config: Option<PathBuf>,
    /// Check the whole database before serving, and do not serve if it has defects
    #[arg(long)]
    fsck: bool,
    /// Copy the service at this URL, verified, and serve the copy read-only
    #[arg(long, global = true, value_name = "URL")]
    mirror_of: Option<String>,
    /// Take a database that was a mirror's over for good
    #[arg(long, global = true, conflicts_with = "mirror_of")]
    adopt_mirror: bool,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Clone, Subcommand, PartialEq, Eq)]
pub(super) enum Command {
    /// Run the service (what no command does as well)
    Serve {
        /// Check the whole database first, and do not serve if it has defects
        #[arg(long)]
        fsck: bool,
    },
    /// Run the migrations of the database, and end
    Migrate,
    /// Print the configuration in force, without its secrets
    Config {
        /// Print an annotated example with every key instead
        #[arg(long)]
        example: bool,
    },
    /// Check the whole database: every signature, every chain, what follows from them, the feed. It only reads
    Fsck {
        /// Name each defect as a JSON object, one a line
        #[arg(long)]
        json: bool,
        /// How many workers; without it as many as there are cores
        #[arg(long, value_name = "NUMBER")]
        jobs: Option<NonZeroUsize>,
    },
    /// Ask the running service whether it is ready: exit code 0, or 1
    Healthcheck,
    /// Print the OpenAPI document
    Openapi,
}

impl Args {
    pub(super) fn command(&self) -> Command {
        match self.command.clone() {
            None => Command::Serve { fsck: self.fsck },
            Some(Command::Serve { fsck }) => Command::Serve { fsck: fsck || self.fsck },
            Some(other) => other,
        }
    }

    /// The options that are keys of the configuration, as the variables that set these.
    pub(super) fn variables(&self) -> impl Iterator<Item = (String, String)> + use<> {
        let of = self.mirror_of.clone().map(|url| ("NEXTID__MIRROR__OF".to_owned(), url));
        let adopt = self.adopt_mirror.then(|| ("NEXTID__MIRROR__ADOPT".to_owned(), "true".to_owned()));
        of.into_iter().chain(adopt)
    }

    /// Reads a command line, the program's name first.
    pub(super) fn read(service: Service, args: &[String]) -> Result<Self, clap::Error> {
        let matches = command_line(service).try_get_matches_from(args)?;
        Self::from_arg_matches(&matches)
    }
}

/// clap keeps the version for as long as the program runs.
static VERSION: LazyLock<String> = LazyLock::new(|| BuildInfo::current().version_line());

fn command_line(service: Service) -> clap::Command {
    let about = match service {
        Service::Proof => "Binds Avatars to accounts and wallets, and keeps the chains that prove it",
        Service::Kv => "Keeps the JSON that Avatars publish, and the chains that prove it",
    };
    let mut codes = "Exit codes:".to_owned();
    for (code, meaning) in ExitCode::TABLE {
        let _ = write!(codes, "\n  {:>2}  {meaning}", code.number());
    }
    <Args as clap::CommandFactory>::command()
        .name(service.name())
        .bin_name(service.name())
        .about(about)
        .version(VERSION.as_str())
        .after_help(codes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(args: &[&str]) -> Result<Args, clap::Error> {
        let args: Vec<String> =
            std::iter::once("kv-service").chain(args.iter().copied()).map(str::to_owned).collect();
        Args::read(Service::Kv, &args)
    }

    #[test]
    fn the_definition_is_sound() {
        command_line(Service::Proof).debug_assert();
    }

    #[test]
    fn no_command_serves() {
        for args in [[].as_slice(), &["serve"]] {
            assert_eq!(read(args).unwrap().command(), Command::Serve { fsck: false });
        }
        for args in [["--fsck"].as_slice(), &["serve", "--fsck"], &["--fsck", "serve"]] {
            assert_eq!(read(args).unwrap().command(), Command::Serve { fsck: true });
        }
    }

    #[test]
    fn the_config_option_stands_before_or_after_the_command() {
        for args in [["--config", "/x.toml", "migrate"], ["migrate", "--config", "/x.toml"]] {
            let args = read(&args).unwrap();
            assert_eq!((args.command(), args.config), (Command::Migrate, Some(PathBuf::from("/x.toml"))));
        }
        assert_eq!(read(&["config", "--example"]).unwrap().command(), Command::Config { example: true });
    }

    #[test]
    fn help_lists_the_exit_codes() {
        let help = read(&["--help"]).unwrap_err().to_string();
        assert!(
            help.contains("78  the configuration is wrong") && help.contains("Usage: kv-service"),
            "{help}"
        );
        assert!(read(&["sreve"]).unwrap_err().to_string().contains("serve"));
    }
}
