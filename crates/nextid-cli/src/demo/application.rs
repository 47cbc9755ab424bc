//! The first flow: an Avatar is bound to an account on an application.

use nextid_client::{GistClient, GistFile, IssuedProofPayload, ProofPayloadRequest, ProofSubmission};
use nextid_core::{Action, post_text};
use serde_json::json;

use super::narrator::Narrator;
use super::{Cast, Services};
use crate::error::{CliError, ServiceName};
use crate::flow::{confirmed, submit};
use crate::publish;

/// What the stand-in takes for a token: anything.
const TOKEN: &str = "stand-in";

/// Binds the account, or without a stand-in shows how it is done. Whether the account is bound.
pub async fn bind(narrator: &Narrator<'_>, services: &Services, cast: &Cast) -> Result<bool, CliError> {
    narrator.title("1. Bind the Avatar to an application: GitHub");
    let avatar = cast.avatar.avatar();
    let request = ProofPayloadRequest { action: Action::Create, identity: &cast.account, avatar: &avatar };
    let issued = services.proof.payload(&request).await.map_err(CliError::of(ServiceName::Proof))?;
    let signature = cast.avatar.personal_sign(issued.sign_payload.as_bytes()).to_base64();
    let template = issued.post_content.get("default").map(String::as_str).unwrap_or_default();
    let post = publish::post(template, &avatar, &signature);
    narrator.text("proof-service makes a string; the Avatar signs it; the account publishes the signature in a public gist.");
    narrator.field("String to sign", &issued.sign_payload);
    narrator.field("Signed by the Avatar", &signature);
    match &services.github {
        Some(github) => {
            publish_and_submit(narrator, services, github, cast, &issued, &post).await.map(|()| true)
        }
        None => {
            explain(narrator, cast, &post);
            Ok(false)
        }
    }
}

async fn publish_and_submit(
    narrator: &Narrator<'_>,
    services: &Services,
    github: &GistClient,
    cast: &Cast,
    issued: &IssuedProofPayload,
    post: &str,
) -> Result<(), CliError> {
    let avatar = cast.avatar.avatar();
    let login = cast.account.as_str();
    let name = post_text::file_name(&avatar);
    let file = GistFile { description: "A NextID proof", name: &name, content: post };
    let gist = github.publish(login, TOKEN, file).await.map_err(CliError::of(ServiceName::Github))?;
    narrator.text(&format!(
        "{login} publishes it as gist {gist} on the stand-in for GitHub, over HTTP as on GitHub itself. The stand-in is \
         not GitHub: it believes anyone who gives a name."
    ));
    narrator.block(&format!("The gist's file {name}"), post);
    let submission = ProofSubmission {
        action: Action::Create,
        identity: &cast.account,
        avatar: &avatar,
        proof_location: Some(&gist),
        uuid: &issued.uuid,
        created_at: &issued.created_at,
        signature: None,
        counter_signature: None,
    };
    let submitted = narrator
        .ui()
        .while_waiting("proof-service fetches the gist", submit(&services.proof, &submission))
        .await;
    let submitted = confirmed(submitted.map_err(CliError::of(ServiceName::Proof))?, issued)?;
    narrator.proves(&format!(
        "whoever controls {login} agreed, for nobody else can publish there; and whoever holds the Avatar's key agreed, \
         for nobody else can sign. proof-service fetched the gist itself, and rebuilt the signed string instead of \
         believing what stands in it."
    ));
    narrator.step(&json!({
        "step": "bind_application", "platform": "github", "identity": login, "proof_location": gist,
        "sign_payload": issued.sign_payload, "post": post, "link": submitted.link, "skipped": false,
    }));
    Ok(())
}

fn explain(narrator: &Narrator<'_>, cast: &Cast, post: &str) {
    let guide = publish::guide(cast.account.platform(), &cast.avatar.avatar());
    narrator.block(&guide.publish, post);
    narrator.text(
        "This step ends here: publishing takes an account, and no stand-in for GitHub is at hand. Bind your own account \
         with `nextid prove github LOGIN`, or see the whole flow with `nextid up --demo`.",
    );
    narrator.step(&json!({"step": "bind_application", "platform": "github", "post": post, "skipped": true}));
}
