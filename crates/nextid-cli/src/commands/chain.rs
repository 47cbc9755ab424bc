//! `nextid chain verify`

use std::path::Path;

use nextid_core::Avatar;

use crate::chain::{check_file, download};
use crate::context::Context;
use crate::error::CliError;

/// Checks a chain from a file, or of an Avatar.
pub async fn verify(context: &Context, source: &str, avatar: Option<Avatar>) -> Result<(), CliError> {
    let path = Path::new(source);
    let report = match Avatar::parse_with_raw(source) {
        Ok(named) if source != "-" && !path.exists() => {
            if avatar.is_some_and(|avatar| avatar != named) {
                return Err(CliError::usage("two different Avatars are named", "Leave --avatar out."));
            }
            download(&context.ui, &context.proof()?, named).await?
        }
        _ => check_file(path, avatar)?,
    };
    context.ui.result(&report, || report.text(&context.ui));
    Ok(())
}
