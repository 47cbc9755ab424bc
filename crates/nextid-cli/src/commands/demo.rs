//! `nextid demo`

use crate::cli::DemoArgs;
use crate::context::{Context, gist_client};
use crate::demo::{self, Services};
use crate::error::{CliError, ServiceName};

/// Walks through the four flows against running services.
pub async fn run(context: &Context, args: DemoArgs) -> Result<(), CliError> {
    let github = match &args.github_url {
        Some(url) => {
            let client = gist_client(url)?;
            // What the demo publishes has no place on the real one, and nobody's token is asked for.
            if !client.is_stand_in().await.map_err(CliError::of(ServiceName::Github))? {
                return Err(CliError::usage(
                    format!("{url} is no stand-in for GitHub"),
                    "Name that of `nextid up --demo`, or leave --github-url out and bind your own account with `nextid prove`.",
                ));
            }
            Some(client)
        }
        None => None,
    };
    let services = Services { proof: context.proof()?, kv: context.kv()?, github };
    demo::walk(&context.ui, &services).await.map(drop)
}
