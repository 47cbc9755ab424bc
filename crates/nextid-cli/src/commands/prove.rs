//! `nextid prove PLATFORM IDENTITY`

use nextid_core::Action;
use serde::Serialize;
use serde_json::Value;

use super::counterpart::counterpart;
use super::prove_post;
use crate::cli::ProveArgs;
use crate::context::{Context, parse_identity};
use crate::error::CliError;
use crate::flow::{Counter, ProofChange, ProofChanged, Signers, change_by_signatures};
use crate::keys::{Role, avatar_key};
use crate::ui::{Style, Ui, one_line};

/// Binds an identity to the Avatar.
pub async fn run(context: &Context, args: ProveArgs) -> Result<(), CliError> {
    let identity = parse_identity(args.platform, &args.identity)?;
    let client = context.proof()?;
    let key_file = context.key_file(&args.key)?;
    let key = avatar_key(&key_file, &context.env)?;
    if Role::counter(args.platform).is_none() {
        return prove_post::run(context, &client, &key, &identity, &args).await;
    }
    let counter = counterpart(context, &identity, args.counter_keystore.as_deref(), &key_file.directory)?;
    let signers = Signers {
        avatar: Some(&key),
        counter: Some(counter.as_ref().map_or(Counter::Elsewhere, Counter::Key)),
    };
    let avatar = key.avatar();
    let change = ProofChange { action: Action::Create, identity: &identity, avatar: &avatar };
    let changed = change_by_signatures(&context.ui, &client, change, signers).await?;
    show_changed(&context.ui, change, &changed);
    Ok(())
}

/// What scripts get when a ProofChain has changed.
#[derive(Debug, Serialize)]
pub struct ShownChange<'a> {
    /// `bound` or `revoked`.
    pub step: &'static str,
    /// Where the identity lives.
    pub platform: &'a str,
    /// The identity, normalised.
    pub identity: &'a str,
    /// Whose chain.
    pub avatar: String,
    /// The link's uuid.
    pub uuid: &'a str,
    /// The exact string that was signed.
    pub sign_payload: &'a str,
    /// Whether it had been done before.
    pub replayed: bool,
    /// The link as it is stored, if the service tells.
    pub link: Value,
}

/// Says that a ProofChain has changed.
pub fn show_changed(ui: &Ui, change: ProofChange<'_>, changed: &ProofChanged) {
    let (step, verb) = match change.action {
        Action::Create => ("bound", "is bound to"),
        Action::Delete => ("revoked", "is not bound any more to"),
    };
    let shown = ShownChange {
        step,
        platform: change.identity.platform().as_str(),
        identity: change.identity.as_str(),
        avatar: change.avatar.to_hex(),
        uuid: &changed.issued.uuid,
        sign_payload: &changed.issued.sign_payload,
        replayed: changed.submitted.replayed,
        link: serde_json::to_value(&changed.submitted.link).unwrap_or_default(),
    };
    ui.result(&shown, || {
        let place = changed.submitted.link.as_ref().map(|link| format!(" (link {} of its chain)", link.seq));
        format!(
            "{}:{} {verb} Avatar {}{}",
            shown.platform,
            ui.styled(Style::Bold, &one_line(shown.identity)),
            ui.styled(Style::Bold, &shown.avatar),
            place.unwrap_or_default(),
        )
    });
}
