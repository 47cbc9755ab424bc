//! `nextid kv set`

use nextid_core::{Identity, Platform, SecretKey};
use serde::Serialize;
use serde_json::{Map, Value};

use crate::cli::KvSetArgs;
use crate::context::{Context, parse_identity};
use crate::error::CliError;
use crate::flow::write_kv;
use crate::keys::avatar_key;
use crate::prompt;
use crate::ui::{Style, json_lines, one_line};

#[derive(Debug, Serialize)]
struct Written<'a> {
    platform: &'a str,
    identity: &'a str,
    avatar: String,
    uuid: &'a str,
    sign_payload: &'a str,
    signature: &'a str,
    replayed: bool,
    /// What is published under the identity now.
    content: Value,
    /// The link as it is stored, if the service tells.
    link: Value,
}

/// Writes a merge patch.
pub async fn run(context: &Context, args: KvSetArgs) -> Result<(), CliError> {
    let ui = &context.ui;
    let patch = patch(&args)?;
    let client = context.kv()?;
    let key = avatar_key(&context.key_file(&args.key)?, &context.env)?;
    let identity = match args.platform.zip(args.identity.as_deref()) {
        Some((platform, identity)) => parse_identity(platform, identity)?,
        None => own_namespace(&key)?,
    };
    let written = ui.while_waiting("Writing", write_kv(ui, &client, &key, &identity, &patch)).await?;
    let content = written.submitted.content.proofs.iter().find(|namespace| {
        namespace.platform == identity.platform().as_str()
            && parse_identity(identity.platform(), &namespace.identity)
                .is_ok_and(|found| found.as_str() == identity.as_str())
    });
    let shown = Written {
        platform: identity.platform().as_str(),
        identity: identity.as_str(),
        avatar: key.avatar().to_hex(),
        uuid: &written.issued.uuid,
        sign_payload: &written.issued.sign_payload,
        signature: &written.signature,
        replayed: written.submitted.replayed,
        content: content.map(|namespace| namespace.content.clone()).unwrap_or_default(),
        link: serde_json::to_value(&written.submitted.link).unwrap_or_default(),
    };
    ui.result(&shown, || {
        let title = format!("{}:{}", shown.platform, one_line(shown.identity));
        format!("Published under {}:\n{}", ui.styled(Style::Bold, &title), json_lines(&shown.content))
    });
    Ok(())
}

/// The namespace of the Avatar itself.
pub fn own_namespace(key: &SecretKey) -> Result<Identity, CliError> {
    parse_identity(Platform::Nextid, &key.avatar().to_hex())
}

fn patch(args: &KvSetArgs) -> Result<Map<String, Value>, CliError> {
    let text = match (args.patch.as_deref(), &args.file) {
        (_, Some(path)) => prompt::file(path)?,
        (None | Some("-"), None) => prompt::piped("a JSON merge patch")?,
        (Some(text), None) => text.to_owned(),
    };
    let example = r#"Give an object, such as '{"theme":"dark","old":null}'."#;
    match serde_json::from_str(&text) {
        Ok(Value::Object(patch)) => Ok(patch),
        Ok(_) => Err(CliError::usage("the patch is not a JSON object", example)),
        Err(error) => Err(CliError::usage(format!("the patch is not JSON: {error}"), example)),
    }
}
