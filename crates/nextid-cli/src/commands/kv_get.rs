//! `nextid kv get`

use nextid_core::{Avatar, Platform};
use serde_json::Value;

use crate::cli::KeyArgs;
use crate::context::{Context, parse_identity};
use crate::error::{CliError, ServiceName};
use crate::keys::own_avatar;
use crate::ui::{Style, Ui, json_lines, one_line};

/// Shows what is published.
pub async fn run(
    context: &Context,
    under: Option<(Platform, String)>,
    avatar: Option<Avatar>,
    key: &KeyArgs,
) -> Result<(), CliError> {
    let (ui, client) = (&context.ui, context.kv()?);
    let under = under.map(|(platform, identity)| parse_identity(platform, &identity)).transpose()?;
    let is_own = key.name.is_some() || key.keystore.is_some();
    if let (Some(identity), None, false) = (&under, avatar, is_own) {
        let values = ui.while_waiting("Reading", client.by_identity(identity)).await;
        let values = values.map_err(CliError::of(ServiceName::Kv))?;
        ui.result(&serde_json::json!({"values": values}), || {
            let shown: Vec<String> = values
                .iter()
                .map(|value| shown(ui, &format!("Avatar {}", value.avatar), &value.content))
                .collect();
            or_nothing(&shown)
        });
        return Ok(());
    }
    let avatar = match avatar {
        Some(avatar) => avatar,
        None => own_avatar(&context.key_file(key)?, &context.env)?.0,
    };
    let content = ui.while_waiting("Reading", client.get(&avatar)).await;
    let mut content = content.map_err(CliError::of(ServiceName::Kv))?;
    if let Some(identity) = &under {
        let platform = identity.platform();
        content.proofs.retain(|namespace| {
            namespace.platform == platform.as_str()
                && parse_identity(platform, &namespace.identity)
                    .is_ok_and(|found| found.as_str() == identity.as_str())
        });
    }
    ui.result(&content, || {
        let shown: Vec<String> = content
            .proofs
            .iter()
            .map(|namespace| {
                let revoked = if namespace.bound { "" } else { " (not bound any more)" };
                let title = format!("{}:{}{revoked}", namespace.platform, namespace.identity);
                shown(ui, &title, &namespace.content)
            })
            .collect();
        or_nothing(&shown)
    });
    Ok(())
}

/// A title, and the content below it.
fn shown(ui: &Ui, title: &str, content: &Value) -> String {
    format!("{}\n{}", ui.styled(Style::Bold, &one_line(title)), json_lines(content))
}

fn or_nothing(shown: &[String]) -> String {
    if shown.is_empty() { "Nothing is published.".to_owned() } else { shown.join("\n") }
}
