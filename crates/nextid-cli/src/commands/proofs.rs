//! `nextid proofs`

use nextid_client::{FoundAvatar, FoundProof, ProofClient, ProofSearch};
use nextid_core::Platform;
use serde::Serialize;

use crate::cli::ProofsArgs;
use crate::context::Context;
use crate::error::{CliError, ServiceName};
use crate::keys::own_avatar;
use crate::moment;
use crate::ui::{Style, Ui, one_line};

/// Pages that are asked for at most. Who wants more of a search searches for more.
const MAX_PAGES: usize = 25;

#[derive(Debug, Serialize)]
struct Found {
    avatars: Vec<FoundAvatar>,
    /// Whether there are more that are not shown.
    more: bool,
}

/// Shows bindings, of an Avatar or of an identity.
pub async fn run(context: &Context, args: ProofsArgs) -> Result<(), CliError> {
    let client = context.proof()?;
    let (platform, searched, exact) = match (args.identity, args.avatar) {
        (Some(identity), _) => (args.platform, identity, args.exact),
        (None, Some(avatar)) => (Some(Platform::Nextid), avatar.to_hex(), true),
        (None, None) => {
            let (avatar, _) = own_avatar(&context.key_file(&args.key)?, &context.env)?;
            (Some(Platform::Nextid), avatar.to_hex(), true)
        }
    };
    let found = search(&context.ui, &client, platform, &searched, exact).await?;
    context.ui.result(&found, || text(&context.ui, &found, &searched));
    Ok(())
}

async fn search(
    ui: &Ui,
    client: &ProofClient,
    platform: Option<Platform>,
    searched: &str,
    exact: bool,
) -> Result<Found, CliError> {
    let mut avatars: Vec<FoundAvatar> = Vec::new();
    let mut page = 1;
    for _ in 0..MAX_PAGES {
        let search = ProofSearch { platform, identities: &[searched], exact, page };
        let answer = ui.while_waiting("Searching", client.search(&search)).await;
        let answer = answer.map_err(CliError::of(ServiceName::Proof))?;
        // An Avatar with several matching bindings may be on several pages.
        for avatar in answer.ids {
            if !avatars.iter().any(|known| known.avatar == avatar.avatar) {
                avatars.push(avatar);
            }
        }
        match answer.pagination.following() {
            Some(next) => page = next,
            None => return Ok(Found { avatars, more: false }),
        }
    }
    Ok(Found { avatars, more: true })
}

fn text(ui: &Ui, found: &Found, searched: &str) -> String {
    let mut lines = Vec::new();
    for avatar in &found.avatars {
        lines.push(format!("Avatar {}", ui.styled(Style::Bold, &one_line(&avatar.avatar))));
        lines.extend(avatar.alias.iter().map(|alias| format!("  also known as {}", one_line(alias))));
        lines.extend(avatar.proofs.iter().map(|proof| line(ui, proof)));
        if avatar.proofs.is_empty() {
            lines.push("  Nothing is bound to it.".to_owned());
        }
    }
    if found.avatars.is_empty() {
        lines.push(format!("Nothing is bound that fits {}.", one_line(searched)));
    }
    if found.more {
        lines.push("There are more; search for a longer part of the identity.".to_owned());
    }
    lines.join("\n")
}

fn line(ui: &Ui, proof: &FoundProof) -> String {
    let state = if proof.is_valid {
        ui.styled(Style::Good, "valid")
    } else {
        ui.styled(Style::Bad, &format!("not valid: {}", one_line(&proof.invalid_reason)))
    };
    let name = match proof.alt_id.as_str() {
        "" => String::new(),
        alt_id if alt_id == proof.identity => String::new(),
        alt_id => format!(" ({})", one_line(alt_id)),
    };
    let (platform, identity) = (one_line(&proof.platform), one_line(&proof.identity));
    let (since, checked) = (moment::show(&proof.created_at), moment::show(&proof.last_checked_at));
    format!("  {platform}:{identity}{name}  {state}, bound {since}, checked {checked}")
}
