//! The user's keystores: `keys/<name>.json` in the data directory, for nobody else to read.

use std::fmt;
use std::fs::{self, DirBuilder};
use std::io::{ErrorKind, Write as _};
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use nextid_core::Avatar;

use super::keystore::{Keystore, MAX_BYTES};
use crate::error::CliError;

/// What a key is called.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyName(String);

impl Default for KeyName {
    fn default() -> Self {
        Self("default".to_owned())
    }
}

impl FromStr for KeyName {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
        if text.is_empty() || text.len() > 64 || text.starts_with('.') || !text.chars().all(is_plain) {
            return Err(
                "a key's name has 1 to 64 letters, digits, '-', '_' and '.', and does not begin with '.'",
            );
        }
        Ok(Self(text.to_owned()))
    }
}

impl fmt::Display for KeyName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Where the keystores are.
#[derive(Debug, Clone)]
pub struct KeyDirectory(PathBuf);

impl KeyDirectory {
    /// The keys of this data directory.
    pub fn of(data_dir: &Path) -> Self {
        Self(data_dir.join("keys"))
    }

    /// The file of a key, whether it exists or not.
    pub fn path(&self, name: &KeyName) -> PathBuf {
        self.0.join(format!("{name}.json"))
    }

    /// Writes a new keystore, completely or not at all. An existing one is never replaced: with it the identity that it
    /// holds would be lost.
    ///
    /// # Errors
    /// [`CliError::KeyExists`] or [`CliError::Write`].
    pub fn write_new(&self, name: &KeyName, keystore: &Keystore) -> Result<PathBuf, CliError> {
        let path = self.path(name);
        let failed = |source| CliError::Write { path: path.clone(), source };
        DirBuilder::new().recursive(true).mode(0o700).create(&self.0).map_err(failed)?;
        // Readable by its owner alone from the first byte on.
        let mut file = tempfile::NamedTempFile::new_in(&self.0).map_err(failed)?;
        file.write_all(keystore.to_json().as_bytes()).map_err(failed)?;
        file.write_all(b"\n").map_err(failed)?;
        file.as_file().sync_all().map_err(failed)?;
        match file.persist_noclobber(&path) {
            Ok(_) => Ok(path),
            Err(error) if error.error.kind() == ErrorKind::AlreadyExists => Err(CliError::KeyExists { path }),
            Err(error) => Err(failed(error.error)),
        }
    }

    /// The keystore of an Avatar, if it is among ours and says so.
    pub fn find(&self, avatar: &Avatar) -> Option<PathBuf> {
        let files = fs::read_dir(&self.0).ok()?.filter_map(|entry| Some(entry.ok()?.path()));
        let mut json: Vec<PathBuf> =
            files.filter(|path| path.extension().is_some_and(|end| end == "json")).collect();
        json.sort();
        json.into_iter()
            .find(|path| read_keystore(path).is_ok_and(|keystore| keystore.avatar() == Some(*avatar)))
    }
}

/// Reads a keystore file; the key in it stays closed.
///
/// # Errors
/// [`CliError::Read`] or [`CliError::Keystore`].
pub fn read_keystore(path: &Path) -> Result<Keystore, CliError> {
    let failed = |source| CliError::Read { path: path.to_owned(), source };
    let length = fs::metadata(path).map_err(failed)?.len();
    if usize::try_from(length).map_or(true, |length| length > MAX_BYTES) {
        return Err(failed(std::io::Error::other("the file is too large for a keystore")));
    }
    let text = fs::read_to_string(path).map_err(failed)?;
    Keystore::parse(&text).map_err(|error| CliError::Keystore { path: path.to_owned(), error })
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use nextid_core::SecretKey;

    use super::*;

    fn sealed(byte: u8) -> (Avatar, Keystore) {
        let key = SecretKey::from_bytes(&[byte; 32]).unwrap();
        (key.avatar(), Keystore::seal(&key, b"p").unwrap())
    }

    #[test]
    fn a_keystore_is_private_and_never_replaced() {
        let dir = tempfile::tempdir().unwrap();
        let keys = KeyDirectory::of(&dir.path().join("data"));
        let (name, (avatar, keystore)) = (KeyName::default(), sealed(7));
        let path = keys.write_new(&name, &keystore).unwrap();
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!((mode(&path), mode(path.parent().unwrap())), (0o600, 0o700));
        let before = fs::read(&path).unwrap();
        assert!(matches!(keys.write_new(&name, &sealed(8).1), Err(CliError::KeyExists { .. })));
        assert_eq!(fs::read(&path).unwrap(), before);
        assert_eq!(keys.find(&avatar), Some(path));
        assert_eq!(keys.find(&sealed(9).0), None);
        assert_eq!(fs::read_dir(dir.path().join("data/keys")).unwrap().count(), 1, "nothing is left behind");
    }

    #[test]
    fn a_name_is_no_path() {
        for name in ["", ".", "..", "../x", "a/b", "a b", ".hidden", "ä", &"x".repeat(65)] {
            assert!(name.parse::<KeyName>().is_err(), "{name}");
        }
        for name in ["default", "work-2.old_1"] {
            assert_eq!(name.parse::<KeyName>().unwrap().to_string(), name);
        }
    }

    #[test]
    fn a_file_that_cannot_be_a_keystore_is_not_read() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("large.json");
        fs::write(&path, vec![b' '; MAX_BYTES + 1]).unwrap();
        assert!(matches!(read_keystore(&path), Err(CliError::Read { .. })));
    }
}
