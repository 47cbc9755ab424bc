//! `nextid up`

use std::path::PathBuf;

use nextid_core::Avatar;
use nextid_testkit::github::GithubStandIn;
use serde::Serialize;

use crate::cli::UpArgs;
use crate::context::{Context, gist_client, kv_client, proof_client};
use crate::demo::{self, Services};
use crate::error::CliError;
use crate::stack::{Stack, StackSettings};
use crate::ui::Style;

#[derive(Debug, Serialize)]
struct Up {
    step: &'static str,
    proof_url: String,
    kv_url: String,
    proof_admin_url: String,
    kv_admin_url: String,
    data_dir: PathBuf,
    /// A stand-in for GitHub on this machine, in the demo; otherwise null.
    github_stand_in_url: Option<String>,
}

/// Runs both services until Ctrl-C, or the end of the demo.
pub async fn run(context: &Context, args: UpArgs) -> Result<(), CliError> {
    let github =
        match args.demo {
            true => Some(GithubStandIn::start().map_err(|error| CliError::Start {
                what: "the stand-in for GitHub",
                why: error.to_string(),
            })?),
            false => None,
        };
    // Removed when this function ends, whichever way.
    let temporary = match (context.given_data_dir(), args.demo) {
        (None, true) => Some(
            tempfile::tempdir().map_err(|source| CliError::Write { path: std::env::temp_dir(), source })?,
        ),
        _ => None,
    };
    let settings = StackSettings {
        data_dir: match &temporary {
            Some(temporary) => temporary.path().to_owned(),
            None => context.data_dir()?,
        },
        proof_listen: args.proof_listen,
        kv_listen: args.kv_listen,
        github: github.as_ref().map(|github| github.base_url().to_owned()),
    };
    let stack = Stack::start(&settings, &context.env).await?;
    say_where(context, &settings, &stack, temporary.is_some());
    if let Some(github) = &github {
        let walked = walk(context, &stack, github).await;
        match &walked {
            Ok(Some(avatar)) if !args.once => say_how_to_go_on(context, &stack, github, avatar),
            _ => stack.shutdown().request(),
        }
        walked?;
    }
    stack.wait().await
}

fn say_where(context: &Context, settings: &StackSettings, stack: &Stack, is_temporary: bool) {
    let ui = &context.ui;
    let up = Up {
        step: "up",
        proof_url: stack.proof_url(),
        kv_url: stack.kv_url(),
        proof_admin_url: stack.proof_admin_url(),
        kv_admin_url: stack.kv_admin_url(),
        data_dir: settings.data_dir.clone(),
        github_stand_in_url: settings.github.clone(),
    };
    ui.result(&up, || {
        let mut lines = vec![
            format!(
                "proof-service  {}  (metrics at {})",
                ui.styled(Style::Bold, &up.proof_url),
                up.proof_admin_url
            ),
            format!(
                "kv-service     {}  (metrics at {})",
                ui.styled(Style::Bold, &up.kv_url),
                up.kv_admin_url
            ),
        ];
        if let Some(github) = &up.github_stand_in_url {
            lines.push(format!("GitHub         {github}  (a stand-in on this machine, NOT GitHub)"));
        }
        let kept = if is_temporary { ", and removed at the end" } else { "" };
        lines.push(format!("Data is in {}{kept}. Ctrl-C stops everything.", up.data_dir.display()));
        lines.join("\n")
    });
}

/// Walks through the four flows, unless stopping is asked for before they end.
async fn walk(context: &Context, stack: &Stack, github: &GithubStandIn) -> Result<Option<Avatar>, CliError> {
    let services = Services {
        proof: proof_client(&stack.proof_url())?,
        kv: kv_client(&stack.kv_url())?,
        github: Some(gist_client(github.base_url())?),
    };
    tokio::select! {
        walked = demo::walk(&context.ui, &services) => walked.map(Some),
        () = stack.shutdown().requested() => Ok(None),
    }
}

fn say_how_to_go_on(context: &Context, stack: &Stack, github: &GithubStandIn, avatar: &Avatar) {
    let (proof, kv, github) = (stack.proof_url(), stack.kv_url(), github.base_url());
    context.ui.say(&format!(
        "\nBoth services stay up until Ctrl-C. Look at what the demo left, or run it again:\n  \
         curl '{proof}/v1/proof?platform=nextid&identity={avatar}'\n  \
         curl '{proof}/v1/proofchain?avatar={avatar}'\n  \
         curl '{kv}/v1/kv?avatar={avatar}'\n  \
         nextid demo --proof-url {proof} --kv-url {kv} --github-url {github}"
    ));
}
