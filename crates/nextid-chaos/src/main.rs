//! `nextid-chaos`: see `scripts/chaos`.

use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use clap::{Parser, ValueEnum};
use nextid_chaos::Failure;
use nextid_chaos::host::Backend;
use nextid_chaos::run::{Settings, own_directory, run};

/// Breaks everything around both services while they are written to, and checks that nothing that was accepted is lost.
#[derive(Debug, Parser)]
#[command(name = "chaos")]
struct Args {
    /// How long, on each database
    #[arg(long, default_value_t = 1.0)]
    minutes: f64,
    /// What is broken when, and what is written; without it one that is new each time
    #[arg(long)]
    seed: Option<u64>,
    /// On which database
    #[arg(long, default_value = "both")]
    database: Which,
    /// Writers of each service
    #[arg(long, default_value_t = 16)]
    writers: u64,
    /// Avatars, beside the one for which half of the writers write
    #[arg(long, default_value_t = 2000)]
    avatars: usize,
    /// Where proof-service and kv-service are; without it beside this program
    #[arg(long, value_name = "DIRECTORY")]
    programs: Option<PathBuf>,
    /// Keep the logs of the services there
    #[arg(long, value_name = "DIRECTORY")]
    logs: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Which {
    Sqlite,
    Postgres,
    Both,
}

#[tokio::main]
async fn main() -> ExitCode {
    let args = Args::parse();
    match all(args).await {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(failure) => {
            let _ = writeln!(std::io::stderr(), "chaos: {failure}");
            ExitCode::from(2)
        }
    }
}

/// Runs on each database, and says whether everything held.
async fn all(args: Args) -> Result<bool, Failure> {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
    let temporary = tempfile::tempdir()?;
    let logs = args.logs.unwrap_or_else(|| temporary.path().to_owned());
    let programs = match args.programs {
        Some(programs) => programs,
        None => own_directory()?,
    };
    let seed = args.seed.unwrap_or(now);
    let length = Duration::try_from_secs_f64(args.minutes * 60.0).map_err(Failure::new)?;
    let mut out = std::io::stdout();
    let mut is_clean = true;
    for backend in [Backend::Sqlite, Backend::Postgres] {
        let is_wanted = match args.database {
            Which::Both => true,
            Which::Sqlite => backend == Backend::Sqlite,
            Which::Postgres => backend == Backend::Postgres,
        };
        if !is_wanted {
            continue;
        }
        let settings = Settings {
            seed,
            length,
            writers: args.writers,
            avatars: args.avatars,
            programs: programs.clone(),
            logs: logs.join(backend.to_string().to_lowercase()),
        };
        writeln!(out, "{backend}: {} minutes with seed {seed}", args.minutes)?;
        let report = run(backend, &settings).await?;
        write!(out, "{report}")?;
        is_clean &= report.is_clean();
    }
    let verdict = if is_clean { "Everything that was accepted is there." } else { "SOMETHING IS WRONG." };
    writeln!(out, "{verdict} To repeat: scripts/chaos --minutes {} --seed {seed}", args.minutes)?;
    Ok(is_clean)
}
