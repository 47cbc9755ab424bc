//! The command line of a service.

use std::fmt::Write as _;
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
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Clone, Subcommand, PartialEq, Eq)]
pub(super) enum Command {
    /// Run the service (what no command does as well)
    Serve,
    /// Run the migrations of the database, and end
    Migrate,
    /// Print the configuration in force, without its secrets
    Config {
        /// Print an annotated example with every key instead
        #[arg(long)]
        example: bool,
    },
    /// Ask the running service whether it is ready: exit code 0, or 1
    Healthcheck,
    /// Print the OpenAPI document
    Openapi,
}

impl Args {
    pub(super) fn command(&self) -> Command {
        self.command.clone().unwrap_or(Command::Serve)
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
        assert_eq!(read(&[]).unwrap().command(), Command::Serve);
        assert_eq!(read(&["serve"]).unwrap().command(), Command::Serve);
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
