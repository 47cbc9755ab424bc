//! What is measured, and how long.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Parser, Subcommand, ValueEnum};

/// Measures both services beside the floors of the same machine. `scripts/bench` sets everything up and calls it.
#[derive(Debug, Parser)]
#[command(version, about, args_override_self = true)]
pub struct Options {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Measures, and prints the tables.
    Run(Box<RunOptions>),
    /// Serves the same answer to everything: the floor of the framework.
    Hello,
}

/// Which databases.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Databases {
    /// PostgreSQL only.
    Postgres,
    /// SQLite only.
    Sqlite,
    /// One after the other.
    Both,
}

/// A group of lines of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Row {
    /// KV submits.
    Submit,
    /// Reads of an Avatar from both services.
    Read,
    /// Payloads of both services.
    Payload,
    /// Ethereum bindings.
    Bind,
    /// Latencies at eight clients.
    P99,
    /// Resident memory of everything else that is measured.
    Memory,
    /// Cold starts.
    Start,
    /// Sizes of the programs.
    Size,
    /// The feed.
    Feed,
    /// The event stream.
    Events,
    /// Checking chains.
    Verify,
    /// Submits, reads, payloads and bindings in the large database.
    Large,
    /// Fuzzy search in the large database.
    Search,
}

/// How to measure.
#[derive(Debug, Clone, Args)]
pub struct RunOptions {
    /// Which databases.
    #[arg(long, value_enum, default_value = "both")]
    pub database: Databases,
    /// The directory of both services' programs.
    #[arg(long)]
    pub programs: PathBuf,
    /// The directory of a PostgreSQL's socket.
    #[arg(long, default_value = "")]
    pub postgres_socket: String,
    /// Its user, who may do everything.
    #[arg(long, default_value = "nextid")]
    pub postgres_user: String,
    /// The directory of `psql` and `pgbench`; none: where PATH says.
    #[arg(long)]
    pub postgres_programs: Option<PathBuf>,
    /// The first process of that PostgreSQL.
    #[arg(long, default_value_t = 0)]
    pub postmaster: u32,
    /// Avatars in the small database.
    #[arg(long, default_value_t = 10_000)]
    pub avatars: usize,
    /// Avatars in the large database; 0 leaves it out.
    #[arg(long, default_value_t = 1_000_000)]
    pub large_avatars: usize,
    /// Links of each Avatar, in both.
    #[arg(long, default_value_t = 5)]
    pub links_each: u64,
    /// Rounds, in each of which everything is measured once.
    #[arg(long, default_value_t = 5)]
    pub rounds: u32,
    /// Seconds that one measurement of a round takes.
    #[arg(long, default_value_t = 3)]
    pub seconds: u64,
    /// Only these lines.
    #[arg(long, value_enum, value_delimiter = ',')]
    pub rows: Vec<Row>,
    /// Log every request, which the services do unless they are told not to.
    #[arg(long)]
    pub access_log: bool,
    /// Record with `perf`, into this directory, what the service does in each line of the last round.
    #[arg(long)]
    pub perf: Option<PathBuf>,
    /// Where the page is written that `--template` becomes.
    #[arg(long, requires = "template")]
    pub output: Option<PathBuf>,
    /// The page, with `{{…}}` where results go.
    #[arg(long)]
    pub template: Option<PathBuf>,
}

impl RunOptions {
    /// Whether these lines are wanted.
    pub fn wants(&self, row: Row) -> bool {
        self.rows.is_empty() || self.rows.contains(&row)
    }

    /// Whether a large database is needed.
    pub fn wants_large(&self) -> bool {
        self.large_avatars > 0 && (self.wants(Row::Large) || self.wants(Row::Search))
    }

    /// How long one measurement takes.
    pub fn time(&self) -> Duration {
        Duration::from_secs(self.seconds)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory as _;

    #[test]
    fn options_are_sound() {
        Options::command().debug_assert();
        let parsed = Options::parse_from(["bench", "run", "--programs", "x", "--rows", "submit,p99"]);
        let Command::Run(options) = parsed.command else { panic!("not a run") };
        assert!(options.wants(Row::P99) && !options.wants(Row::Read) && !options.wants_large());
    }
}
