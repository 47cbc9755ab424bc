//! `nextid prove` where something has to be published.

use std::time::{Duration, Instant};

use nextid_client::{
    ClientError, IssuedProofPayload, ProofClient, ProofPayloadRequest, ProofSubmission, ProofSubmitted, codes,
};
use nextid_core::{Action, Identity, SecretKey};
use serde::Serialize;

use super::prove::show_changed;
use crate::cli::ProveArgs;
use crate::context::Context;
use crate::error::{CliError, ServiceName};
use crate::flow::{ProofChange, ProofChanged, confirmed, submit};
use crate::ui::{Style, Ui};
use crate::{prompt, publish};

/// How long to wait between two looks for the post, unless the service says.
const PAUSE: Duration = Duration::from_secs(3);

/// What scripts get before they publish.
#[derive(Debug, Serialize)]
struct ToPublish<'a> {
    step: &'static str,
    platform: &'a str,
    identity: &'a str,
    avatar: String,
    /// What to do with the post.
    instruction: &'a str,
    post: &'a str,
    sign_payload: &'a str,
    signature: &'a str,
    uuid: &'a str,
    created_at: &'a str,
    /// What is read from standard input next; null: any line, or its end.
    expects: Option<&'static str>,
}

/// Shows what to publish, waits until it is, and has it looked at.
pub async fn run(
    context: &Context,
    client: &ProofClient,
    key: &SecretKey,
    identity: &Identity,
    args: &ProveArgs,
) -> Result<(), CliError> {
    let ui = &context.ui;
    let avatar = key.avatar();
    let change = ProofChange { action: Action::Create, identity, avatar: &avatar };
    let request = ProofPayloadRequest { action: change.action, identity, avatar: &avatar };
    let issued = client.payload(&request).await.map_err(CliError::of(ServiceName::Proof))?;
    let signature = key.personal_sign(issued.sign_payload.as_bytes()).to_base64();
    let post = publish::post(content(&issued, &args.lang)?, &avatar, &signature);
    let guide = publish::guide(identity.platform(), &avatar);
    let to_publish = ToPublish {
        step: "publish",
        platform: identity.platform().as_str(),
        identity: identity.as_str(),
        avatar: avatar.to_hex(),
        instruction: &guide.publish,
        post: &post,
        sign_payload: &issued.sign_payload,
        signature: &signature,
        uuid: &issued.uuid,
        created_at: &issued.created_at,
        expects: guide.location,
    };
    ui.result(&to_publish, || format!("{}:\n\n{post}\n", ui.styled(Style::Bold, &guide.publish)));

    let location = match guide.location {
        Some(what) => Some(publish::location(identity.platform(), &prompt::needed_line(ui, what)?)),
        None => {
            prompt::line(ui, "Press Enter when it is there: ")?;
            None
        }
    };
    let submission = ProofSubmission {
        action: change.action,
        identity,
        avatar: &avatar,
        proof_location: location.as_deref(),
        uuid: &issued.uuid,
        created_at: &issued.created_at,
        signature: None,
        counter_signature: None,
    };
    let submitted = submit_when_there(ui, client, &submission, Duration::from_secs(args.wait)).await?;
    let submitted = confirmed(submitted, &issued)?;
    show_changed(
        ui,
        change,
        &ProofChanged { issued, signature: Some(signature), counter_signature: None, submitted },
    );
    Ok(())
}

fn content<'a>(issued: &'a IssuedProofPayload, language: &str) -> Result<&'a str, CliError> {
    issued.post_content.get(language).map(String::as_str).ok_or_else(|| {
        let known: Vec<&str> = issued.post_content.keys().map(String::as_str).collect();
        CliError::usage(
            format!("there is no text in {language:?}"),
            format!("There is one in {}.", known.join(", ")),
        )
    })
}

/// Submits until the post is found. Platforms, and DNS most of all, take a while to show what was published.
async fn submit_when_there(
    ui: &Ui,
    client: &ProofClient,
    submission: &ProofSubmission<'_>,
    wait: Duration,
) -> Result<ProofSubmitted, CliError> {
    let begin = Instant::now();
    let attempts = async {
        loop {
            let error = match submit(client, submission).await {
                Ok(submitted) => return Ok(submitted),
                Err(error) => error,
            };
            let pause = pause_after(&error).filter(|pause| begin.elapsed() + *pause <= wait);
            match pause {
                Some(pause) => tokio::time::sleep(pause).await,
                None => return Err(error),
            }
        }
    };
    ui.while_waiting("Waiting for the proof to be found", attempts)
        .await
        .map_err(CliError::of(ServiceName::Proof))
}

/// How long to wait before looking again; none where looking again changes nothing.
fn pause_after(error: &ClientError) -> Option<Duration> {
    let again = error.is_code(codes::PROOF_MISSING) || error.is_passing();
    again.then(|| error.api().and_then(|api| api.retry_after).unwrap_or(PAUSE))
}
