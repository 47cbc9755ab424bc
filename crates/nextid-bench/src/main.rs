//! The command behind `scripts/bench`.

use std::io::Write as _;

use clap::Parser as _;
use nextid_bench::failure::{Context as _, Failure, Result};
use nextid_bench::options::{Command, Databases, Options, RunOptions};
use nextid_bench::run::{Run, say};
use nextid_bench::service::{Postgres, Programs};
use nextid_bench::world::Place;
use nextid_bench::{cpu, hello, report};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

fn main() -> std::process::ExitCode {
    let done = match Options::parse().command {
        Command::Hello => hello::serve(),
        Command::Run(options) => run(&options),
    };
    match done {
        Ok(()) => std::process::ExitCode::SUCCESS,
        Err(failure) => {
            say(&failure.to_string());
            std::process::ExitCode::FAILURE
        }
    }
}

fn run(options: &RunOptions) -> Result<()> {
    // Each subscriber of the event stream is an open file.
    let limit = getrlimit(Resource::Nofile);
    setrlimit(Resource::Nofile, Rlimit { current: limit.maximum, maximum: limit.maximum })
        .context("the limit of open files")?;
    let programs = Programs { directory: options.programs.clone(), access_log: options.access_log };
    let mut sections = Vec::new();
    if options.database != Databases::Sqlite {
        if options.postgres_socket.is_empty() {
            return Err(Failure::new(
                "--postgres-socket, --postgres-programs and --postmaster say which PostgreSQL",
            ));
        }
        let server = Postgres {
            socket: options.postgres_socket.clone(),
            user: options.postgres_user.clone(),
            programs: options.postgres_programs.clone().unwrap_or_default(),
            postmaster: options.postmaster,
        };
        sections.push(("PostgreSQL", measure(options, programs.clone(), Some(server))?));
    }
    if options.database != Databases::Postgres {
        sections.push(("SQLite", measure(options, programs, None)?));
    }
    let mut text = format!("On {}, on {}.\n\n", cpu::machine(), today());
    for (title, tables) in &sections {
        text.push_str(&format!("## {title}\n\n{tables}\n"));
    }
    std::io::stdout().write_all(text.as_bytes()).context("printing")?;
    if let (Some(output), Some(template)) = (&options.output, &options.template) {
        let page = std::fs::read_to_string(template).context(template.display())?;
        let page = page.replace("{{results}}", text.trim_end()).replace("{{shape}}", &shape(options));
        std::fs::write(output, page).context(output.display())?;
    }
    Ok(())
}

fn measure(options: &RunOptions, programs: Programs, postgres: Option<Postgres>) -> Result<String> {
    let directory = tempfile::Builder::new().prefix("nextid-bench-").tempdir().context("a directory")?;
    let place = Place { postgres, directory: directory.path().to_owned() };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().context("a runtime")?;
    let results = runtime.block_on(Run::new(options, programs, place)?.measure())?;
    Ok(report::tables(&results))
}

fn shape(options: &RunOptions) -> String {
    format!(
        "{} Avatars in the small database and {} in the large one, each with {} links; {} rounds of {} seconds for each line",
        report::number(options.avatars as f64),
        report::number(options.large_avatars as f64),
        options.links_each,
        options.rounds,
        options.seconds
    )
}

/// The date in UTC, as `2026-01-31`.
fn today() -> String {
    let output = std::process::Command::new("date").args(["-u", "+%F"]).output();
    output.map(|output| String::from_utf8_lossy(&output.stdout).trim().to_owned()).unwrap_or_default()
}
