//! `nextid chain verify`

use std::path::Path;

use nextid_core::Avatar;
use nextid_platforms::Registry;
use nextid_service::config::{Config, Service};

use crate::chain::{ChainReport, Posts, check_file, download_kv, download_proof, judge};
use crate::cli::ChainKind;
use crate::context::Context;
use crate::error::CliError;

/// What fetches posts, with the settings that a proof-service would have here.
pub fn platforms(context: &Context, file: Option<&Path>) -> Result<Registry, CliError> {
    const SECTIONS: [&str; 2] = ["NEXTID__PLATFORMS__", "NEXTID__NET__"];
    let variables = context
        .env
        .iter()
        .filter(|(name, _)| SECTIONS.iter().any(|section| name.starts_with(section)))
        .map(|(name, value)| (name.to_owned(), value.to_owned()));
    let unusable = |why: &dyn std::fmt::Display| {
        CliError::usage(
            format!("the platforms' settings: {why}"),
            "See docs/command.md, section chain verify.",
        )
    };
    let config = Config::load(Service::Proof, file, variables).map_err(|error| unusable(&error))?;
    proof_service::registry(&config).map_err(|error| unusable(&error))
}

/// Checks a chain from a file, or the chains of an Avatar. With platforms, what proves the bindings is looked at as well.
pub async fn verify(
    context: &Context,
    source: &str,
    avatar: Option<Avatar>,
    only: Option<ChainKind>,
    live: Option<&Registry>,
) -> Result<(), CliError> {
    let mut posts = if live.is_some() { Posts::gathered() } else { Posts::ignored() };
    let path = Path::new(source);
    let named = match Avatar::parse_with_raw(source) {
        Ok(named) if source != "-" && !path.exists() => named,
        _ if only.is_some() => {
            return Err(CliError::usage("--only is for chains that are downloaded", "Leave it out."));
        }
        _ => {
            let report = check_file(path, avatar, &mut posts)?;
            return show(context, report, &posts, live).await;
        }
    };
    if avatar.is_some_and(|avatar| avatar != named) {
        return Err(CliError::usage("two different Avatars are named", "Leave --avatar out."));
    }
    let mut outcome = Ok(());
    if only != Some(ChainKind::Kv) {
        let report = download_proof(&context.ui, &context.proof()?, named, &mut posts).await?;
        outcome = show(context, report, &posts, live).await;
    }
    if only != Some(ChainKind::Proof) {
        let report = download_kv(&context.ui, &context.kv()?, named).await?;
        context.ui.result(&report, || report.text(&context.ui));
    }
    outcome
}

async fn show(
    context: &Context,
    mut report: ChainReport,
    posts: &Posts,
    live: Option<&Registry>,
) -> Result<(), CliError> {
    if let Some(registry) = live {
        judge(&context.ui, &mut report, posts, registry).await;
    }
    context.ui.result(&report, || report.text(&context.ui));
    report.live_outcome()
}
