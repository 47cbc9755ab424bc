//! `nextid chain verify`

use std::path::Path;

use nextid_core::Avatar;

use crate::chain::{ChainReport, check_file, download_kv, download_proof};
use crate::cli::ChainKind;
use crate::context::Context;
use crate::error::CliError;

/// Checks a chain from a file, or the chains of an Avatar.
pub async fn verify(
    context: &Context,
    source: &str,
    avatar: Option<Avatar>,
    only: Option<ChainKind>,
) -> Result<(), CliError> {
    let path = Path::new(source);
    let named = match Avatar::parse_with_raw(source) {
        Ok(named) if source != "-" && !path.exists() => named,
        _ if only.is_some() => {
            return Err(CliError::usage("--only is for chains that are downloaded", "Leave it out."));
        }
        _ => {
            show(context, &check_file(path, avatar)?);
            return Ok(());
        }
    };
    if avatar.is_some_and(|avatar| avatar != named) {
        return Err(CliError::usage("two different Avatars are named", "Leave --avatar out."));
    }
    if only != Some(ChainKind::Kv) {
        show(context, &download_proof(&context.ui, &context.proof()?, named).await?);
    }
    if only != Some(ChainKind::Proof) {
        show(context, &download_kv(&context.ui, &context.kv()?, named).await?);
    }
    Ok(())
}

fn show(context: &Context, report: &ChainReport) {
    context.ui.result(report, || report.text(&context.ui));
}
