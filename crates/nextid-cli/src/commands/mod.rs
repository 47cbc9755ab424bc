//! One file per command.

mod avatar;
mod chain;
mod counterpart;
mod demo;
mod import;
mod kv_get;
mod kv_set;
mod mirror;
mod proofs;
mod prove;
mod prove_post;
mod revoke;
mod up;

pub use avatar::fresh_key;

use crate::cli::{AvatarCommand, ChainCommand, Command, KvCommand};
use crate::context::Context;
use crate::error::CliError;

/// Runs a command to its end.
///
/// # Errors
/// [`CliError`], which says what to do.
pub async fn run(context: &Context, command: Command) -> Result<(), CliError> {
    match command {
        Command::Up(args) => up::run(context, args).await,
        Command::Demo(args) => demo::run(context, args).await,
        Command::Avatar(AvatarCommand::New { name }) => avatar::new(context, &name),
        Command::Avatar(AvatarCommand::Show { key, check }) => avatar::show(context, &key, check),
        Command::Prove(args) => prove::run(context, args).await,
        Command::Revoke(args) => revoke::run(context, args).await,
        Command::Proofs(args) => proofs::run(context, args).await,
        Command::Kv(KvCommand::Get { platform, identity, avatar, key }) => {
            kv_get::run(context, platform.zip(identity), avatar, &key).await
        }
        Command::Kv(KvCommand::Set(args)) => kv_set::run(context, args).await,
        Command::Chain(ChainCommand::Verify { source, avatar, only, live, config }) => {
            let registry = if live { Some(chain::platforms(context, config.as_deref())?) } else { None };
            chain::verify(context, &source, avatar, only, registry.as_ref()).await
        }
        Command::Import(args) => import::run(context, args).await,
        Command::Mirror(args) => mirror::run(context, args).await,
    }
}
