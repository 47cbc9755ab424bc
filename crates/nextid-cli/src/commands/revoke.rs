//! `nextid revoke PLATFORM IDENTITY`

use nextid_core::Action;

use super::counterpart::counterpart;
use super::prove::show_changed;
use crate::cli::RevokeArgs;
use crate::context::{Context, parse_identity};
use crate::error::CliError;
use crate::flow::{Counter, ProofChange, Signers, change_by_signatures};
use crate::keys::{Role, avatar_key};

/// Revokes a binding, by the Avatar or by the other party.
pub async fn run(context: &Context, args: RevokeArgs) -> Result<(), CliError> {
    let identity = parse_identity(args.platform, &args.identity)?;
    let client = context.proof()?;
    let key_file = context.key_file(&args.key)?;
    if !args.by_counterpart {
        let key = avatar_key(&key_file, &context.env)?;
        let avatar = key.avatar();
        let change = ProofChange { action: Action::Delete, identity: &identity, avatar: &avatar };
        let signers = Signers { avatar: Some(&key), counter: None };
        let changed = change_by_signatures(&context.ui, &client, change, signers).await?;
        show_changed(&context.ui, change, &changed);
        return Ok(());
    }
    let (Some(avatar), Some(_)) = (args.avatar, Role::counter(args.platform)) else {
        return Err(CliError::usage(
            format!("an account on {} has no key that could sign", args.platform),
            "Leave --by-counterpart out.",
        ));
    };
    let key = counterpart(context, &identity, args.counter_keystore.as_deref(), &key_file.directory)?;
    let change = ProofChange { action: Action::Delete, identity: &identity, avatar: &avatar };
    let counter = key.as_ref().map_or(Counter::Elsewhere, Counter::Key);
    let signers = Signers { avatar: None, counter: Some(counter) };
    let changed = change_by_signatures(&context.ui, &client, change, signers).await?;
    show_changed(&context.ui, change, &changed);
    Ok(())
}
