//! Where a private key comes from.

use std::path::{Path, PathBuf};

use nextid_core::{Avatar, Identity, Platform, SecretKey};

use super::directory::{KeyDirectory, KeyName, read_keystore};
use super::environment::Environment;
use super::password::{PasswordVariables, password};
use crate::error::CliError;

/// Whose key it is. It decides which variables are looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// The Avatar's.
    Avatar,
    /// The wallet's that is bound.
    Wallet,
    /// The Avatar's that becomes an alias.
    Target,
}

impl Role {
    /// Who signs besides the Avatar on a platform; none where a post is published instead.
    pub fn counter(platform: Platform) -> Option<Self> {
        match platform {
            Platform::Ethereum | Platform::Solana => Some(Self::Wallet),
            Platform::Nextid => Some(Self::Target),
            _ => None,
        }
    }

    /// Whether the other party's key is one that can be used here. Solana's are of another kind: its wallets sign themselves.
    pub fn has_usable_key(platform: Platform) -> bool {
        matches!(platform, Platform::Ethereum | Platform::Nextid)
    }

    /// The variable that holds the key in hexadecimal.
    pub fn key_variable(self) -> &'static str {
        match self {
            Self::Avatar => "NEXTID_AVATAR_KEY",
            Self::Wallet => "NEXTID_WALLET_KEY",
            Self::Target => "NEXTID_TARGET_KEY",
        }
    }

    /// The variable that names a keystore.
    pub fn keystore_variable(self) -> &'static str {
        match self {
            Self::Avatar => "NEXTID_KEYSTORE",
            Self::Wallet => "NEXTID_WALLET_KEYSTORE",
            Self::Target => "NEXTID_TARGET_KEYSTORE",
        }
    }

    /// The variables that hold the keystore's password, or name a file with it.
    pub fn password_variables(self) -> PasswordVariables {
        let (password, file) = match self {
            Self::Avatar => ("NEXTID_PASSWORD", "NEXTID_PASSWORD_FILE"),
            Self::Wallet => ("NEXTID_WALLET_PASSWORD", "NEXTID_WALLET_PASSWORD_FILE"),
            Self::Target => ("NEXTID_TARGET_PASSWORD", "NEXTID_TARGET_PASSWORD_FILE"),
        };
        PasswordVariables { password, file }
    }
}

/// Which key the command line asks for. What it does not say, the environment says, and after that the data directory.
#[derive(Debug, Clone)]
pub struct KeyFile {
    /// `--keystore`.
    pub keystore: Option<PathBuf>,
    /// `--name`.
    pub name: Option<KeyName>,
    /// Where named keys are.
    pub directory: KeyDirectory,
}

/// A place where the Avatar's key is.
enum Place {
    Variable(SecretKey),
    File(PathBuf),
}

impl KeyFile {
    fn place(&self, env: &Environment) -> Result<Place, CliError> {
        if let Some(path) = &self.keystore {
            return Ok(Place::File(path.clone()));
        }
        if let Some(name) = &self.name {
            return Ok(Place::File(self.directory.path(name)));
        }
        if let Some(key) = from_variable(env, Role::Avatar)? {
            return Ok(Place::Variable(key));
        }
        let path = env.path(Role::Avatar.keystore_variable());
        Ok(Place::File(path.unwrap_or_else(|| self.directory.path(&KeyName::default()))))
    }
}

/// The Avatar's private key.
///
/// # Errors
/// [`CliError`] of the kinds that concern keys.
pub fn avatar_key(file: &KeyFile, env: &Environment) -> Result<SecretKey, CliError> {
    match file.place(env)? {
        Place::Variable(key) => Ok(key),
        Place::File(path) => open(&path, env, Role::Avatar),
    }
}

/// The Avatar itself, without its private key where the keystore tells it.
///
/// # Errors
/// As [`avatar_key`].
pub fn own_avatar(file: &KeyFile, env: &Environment) -> Result<(Avatar, Option<PathBuf>), CliError> {
    match file.place(env)? {
        Place::Variable(key) => Ok((key.avatar(), None)),
        Place::File(path) => {
            let said = existing(&path)?.avatar();
            let avatar = match said {
                Some(avatar) => avatar,
                None => open(&path, env, Role::Avatar)?.avatar(),
            };
            Ok((avatar, Some(path)))
        }
    }
}

/// The private key of the other party, if one is at hand: from `--counter-keystore`, the environment, or, for an alias,
/// our own keys.
///
/// # Errors
/// As [`avatar_key`].
pub fn counter_key(
    identity: &Identity,
    keystore: Option<&Path>,
    directory: &KeyDirectory,
    env: &Environment,
) -> Result<Option<SecretKey>, CliError> {
    let Some(role) = Role::counter(identity.platform()).filter(|_| Role::has_usable_key(identity.platform()))
    else {
        return Ok(None);
    };
    if let Some(path) = keystore {
        return open(path, env, role).map(Some);
    }
    if let Some(key) = from_variable(env, role)? {
        return Ok(Some(key));
    }
    let own = || Avatar::parse(identity.as_str()).ok().and_then(|avatar| directory.find(&avatar));
    match env.path(role.keystore_variable()).or_else(|| own().filter(|_| role == Role::Target)) {
        Some(path) => open(&path, env, role).map(Some),
        None => Ok(None),
    }
}

fn from_variable(env: &Environment, role: Role) -> Result<Option<SecretKey>, CliError> {
    let variable = role.key_variable();
    match env.secret(variable) {
        Some(text) => SecretKey::from_hex(&text).map(Some).map_err(|_| CliError::BadKeyVariable { variable }),
        None => Ok(None),
    }
}

fn existing(path: &Path) -> Result<super::Keystore, CliError> {
    read_keystore(path).map_err(|error| match error {
        CliError::Read { path, source } if source.kind() == std::io::ErrorKind::NotFound => {
            CliError::NoKey { path }
        }
        other => other,
    })
}

/// A key of ours that has no password of its own in the environment has the usual one.
fn open(path: &Path, env: &Environment, role: Role) -> Result<SecretKey, CliError> {
    let keystore = existing(path)?;
    let own = role.password_variables();
    let has_own = env.get(own.password).is_some() || env.get(own.file).is_some();
    let variables = if has_own { own } else { Role::Avatar.password_variables() };
    let password = password(env, variables, path)?;
    keystore.open(password.as_bytes()).map_err(|error| CliError::Keystore { path: path.to_owned(), error })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::keys::Keystore;

    fn key(byte: u8) -> SecretKey {
        SecretKey::from_bytes(&[byte; 32]).unwrap()
    }

    fn env(variables: &[(&str, &str)]) -> Environment {
        variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    struct Keys {
        _dir: tempfile::TempDir,
        file: KeyFile,
    }

    fn keys(sealed: &[(&str, u8)]) -> Keys {
        let dir = tempfile::tempdir().unwrap();
        let directory = KeyDirectory::of(dir.path());
        for (name, byte) in sealed {
            let keystore = Keystore::seal(&key(*byte), b"p").unwrap();
            directory.write_new(&name.parse().unwrap(), &keystore).unwrap();
        }
        Keys { _dir: dir, file: KeyFile { keystore: None, name: None, directory } }
    }

    #[test]
    fn what_the_command_line_says_comes_before_the_environment_and_that_before_the_default() {
        let Keys { _dir, file } = keys(&[("default", 1), ("work", 2)]);
        let hex = "03".repeat(32);
        let with_key = env(&[("NEXTID_PASSWORD", "p"), ("NEXTID_AVATAR_KEY", &hex)]);
        let without = env(&[("NEXTID_PASSWORD", "p")]);
        assert_eq!(avatar_key(&file, &without).unwrap().avatar(), key(1).avatar());
        assert_eq!(avatar_key(&file, &with_key).unwrap().avatar(), key(3).avatar());
        let named = KeyFile { name: Some("work".parse().unwrap()), ..file };
        assert_eq!(avatar_key(&named, &with_key).unwrap().avatar(), key(2).avatar());
    }

    #[test]
    fn the_avatar_is_known_without_a_password() {
        let Keys { _dir, file } = keys(&[("default", 1)]);
        assert_eq!(own_avatar(&file, &env(&[])).unwrap().0, key(1).avatar());
    }

    #[test]
    fn what_is_wrong_with_a_key_is_told_apart() {
        let Keys { _dir, file } = keys(&[("default", 1)]);
        let wrong = avatar_key(&file, &env(&[("NEXTID_PASSWORD", "q")])).unwrap_err();
        assert!(matches!(wrong, CliError::Keystore { .. }), "{wrong}");
        let bad = avatar_key(&file, &env(&[("NEXTID_AVATAR_KEY", "0x00")])).unwrap_err();
        assert!(matches!(bad, CliError::BadKeyVariable { .. }), "{bad}");
        let missing = KeyFile { name: Some("nobody".parse().unwrap()), ..file };
        assert!(matches!(avatar_key(&missing, &env(&[])), Err(CliError::NoKey { .. })));
    }

    #[test]
    fn an_alias_among_our_own_keys_signs_by_itself() {
        let Keys { _dir, file } = keys(&[("default", 1), ("second", 2)]);
        let target = Identity::parse(Platform::Nextid, &key(2).avatar().to_hex()).unwrap();
        let env = env(&[("NEXTID_PASSWORD", "p")]);
        let found = counter_key(&target, None, &file.directory, &env).unwrap().unwrap();
        assert_eq!(found.avatar(), key(2).avatar());
        let stranger = Identity::parse(Platform::Nextid, &key(9).avatar().to_hex()).unwrap();
        assert!(counter_key(&stranger, None, &file.directory, &env).unwrap().is_none());
        let post = Identity::parse(Platform::Github, "octocat").unwrap();
        assert!(counter_key(&post, None, &file.directory, &env).unwrap().is_none());
    }
}
