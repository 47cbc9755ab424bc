//! The other party's key: of a wallet, or of the Avatar that becomes an alias.

use std::path::Path;

use nextid_core::{Identity, SecretKey};

use crate::context::Context;
use crate::error::CliError;
use crate::keys::{KeyDirectory, Role, ask_hidden, counter_key};

/// The other party's private key, if it is at hand or typed in. None where the other party signs somewhere else.
///
/// # Errors
/// [`CliError`] of the kinds that concern keys.
pub fn counterpart(
    context: &Context,
    identity: &Identity,
    keystore: Option<&Path>,
    directory: &KeyDirectory,
) -> Result<Option<SecretKey>, CliError> {
    if let Some(key) = counter_key(identity, keystore, directory, &context.env)? {
        return Ok(Some(key));
    }
    // A script answers the string to sign with the signature, and has no key to type.
    if context.ui.is_json() || !Role::has_usable_key(identity.platform()) {
        return Ok(None);
    }
    let question = format!("Private key of {identity}, or Enter to sign with the wallet itself: ");
    match ask_hidden(&question)?.filter(|typed| !typed.trim().is_empty()) {
        Some(typed) => SecretKey::from_hex(&typed).map(Some).map_err(|_| CliError::BadKey),
        None => Ok(None),
    }
}
