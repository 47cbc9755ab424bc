//! `nextid avatar new|show`

use std::path::PathBuf;

use nextid_core::{Avatar, SecretKey};
use serde::Serialize;
use zeroize::Zeroizing;

use crate::cli::KeyArgs;
use crate::context::Context;
use crate::error::CliError;
use crate::keys::{KeyName, Keystore, Role, avatar_key, new_password, own_avatar};
use crate::ui::Style;

#[derive(Debug, Serialize)]
struct ShownAvatar {
    avatar: String,
    uncompressed: String,
    /// Null where the key comes from the environment.
    keystore: Option<PathBuf>,
    /// Whether the private key was taken out, and fits.
    checked: bool,
}

impl ShownAvatar {
    fn new(avatar: &Avatar, keystore: Option<PathBuf>, checked: bool) -> Self {
        Self { avatar: avatar.to_hex(), uncompressed: avatar.to_uncompressed_hex(), keystore, checked }
    }
}

/// Makes a new Avatar.
pub fn new(context: &Context, name: &KeyName) -> Result<(), CliError> {
    let keys = context.key_directory()?;
    let path = keys.path(name);
    if path.exists() {
        // Before a password is asked for.
        return Err(CliError::KeyExists { path });
    }
    let password = new_password(&context.env, Role::Avatar.password_variables())?;
    let key = fresh_key();
    let keystore =
        Keystore::seal(&key, password.as_bytes()).map_err(|error| CliError::Keystore { path, error })?;
    let path = keys.write_new(name, &keystore)?;
    let shown = ShownAvatar::new(&key.avatar(), Some(path.clone()), true);
    context.ui.result(&shown, || {
        format!(
            "Your Avatar is {}\nIts private key is under your password in {}\nKeep a copy of that file, and the password: \
             without them the Avatar is lost, and nobody can give it back.",
            context.ui.styled(Style::Bold, &shown.avatar),
            path.display(),
        )
    });
    Ok(())
}

/// Shows the public key.
pub fn show(context: &Context, key: &KeyArgs, check: bool) -> Result<(), CliError> {
    let file = context.key_file(key)?;
    let (avatar, path) = own_avatar(&file, &context.env)?;
    if check {
        avatar_key(&file, &context.env)?;
    }
    let shown = ShownAvatar::new(&avatar, path, check);
    context.ui.result(&shown, || {
        let place = match &shown.keystore {
            Some(path) => path.display().to_string(),
            None => Role::Avatar.key_variable().to_owned(),
        };
        let mut text = format!(
            "{}\n  uncompressed  {}\n  key           {place}",
            context.ui.styled(Style::Bold, &shown.avatar),
            shown.uncompressed,
        );
        if check {
            text.push_str("\n  The password opens it.");
        }
        text
    });
    Ok(())
}

/// A new private key from the system's random generator.
pub fn fresh_key() -> SecretKey {
    loop {
        // All but one in 2^128 numbers of 32 bytes are keys.
        if let Ok(key) = SecretKey::from_bytes(Zeroizing::new(rand::random::<[u8; 32]>()).as_slice()) {
            return key;
        }
    }
}
