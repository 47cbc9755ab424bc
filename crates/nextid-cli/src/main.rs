//! The `nextid` command.
//!
//! `cli` is the command line, `commands` has one file per command, `flow` the three steps of every change, `keys` where
//! private keys come from, `chain` the check of chains, `demo` the walk through the four flows, `stack` both services in
//! one process, `database` a service's database, `ui` what is said and in which form, `error`, `remedy` and `exit` how a command ends.

#![expect(clippy::result_large_err, reason = "a command ends with its first error, which is moved once")]

mod chain;
mod cli;
mod commands;
mod context;
mod data_dir;
mod database;
mod demo;
mod error;
mod exit;
mod flow;
mod keys;
mod moment;
mod prompt;
mod publish;
mod remedy;
mod stack;
mod ui;

use std::process::ExitCode;

use clap::Parser as _;

use crate::cli::Cli;
use crate::context::Context;
use crate::error::CliError;
use crate::exit::Exit;

fn main() -> ExitCode {
    let Cli { global, command } = Cli::parse();
    let context = Context::new(global);
    let done = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| CliError::Start { what: "the runtime", why: error.to_string() })
        .and_then(|runtime| runtime.block_on(commands::run(&context, command)));
    match done {
        Err(error) => {
            context.ui.error(&error);
            error.exit().into()
        }
        // What was asked for was done, but nobody could be told.
        Ok(()) if context.ui.has_failed() => Exit::Failure.into(),
        Ok(()) => Exit::Success.into(),
    }
}
