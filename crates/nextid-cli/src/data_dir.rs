//! Where this user's data is.

use std::path::{Path, PathBuf};

use crate::error::CliError;
use crate::keys::Environment;

/// `--data-dir`, or `NEXTID_DATA_DIR`, or `$XDG_DATA_HOME/nextid`, or `~/.local/share/nextid`.
///
/// # Errors
/// [`CliError::NoDataDir`] where none of them is known.
pub fn data_dir(given: Option<&Path>, env: &Environment) -> Result<PathBuf, CliError> {
    if let Some(dir) = given {
        return Ok(dir.to_owned());
    }
    if let Some(dir) = env.path("NEXTID_DATA_DIR") {
        return Ok(dir);
    }
    // The XDG base directory specification says that a relative path is to be ignored.
    let absolute = |name: &str| env.path(name).filter(|path| path.is_absolute());
    let home = || absolute("HOME").map(|home| home.join(".local/share"));
    absolute("XDG_DATA_HOME").or_else(home).map(|data| data.join("nextid")).ok_or(CliError::NoDataDir)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(variables: &[(&str, &str)]) -> Option<PathBuf> {
        let env = variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        data_dir(None, &env).ok()
    }

    #[test]
    fn the_nearest_word_counts() {
        let home = ("HOME", "/home/u");
        assert_eq!(of(&[home]), Some("/home/u/.local/share/nextid".into()));
        assert_eq!(of(&[home, ("XDG_DATA_HOME", "/data")]), Some("/data/nextid".into()));
        assert_eq!(of(&[home, ("XDG_DATA_HOME", "data")]), Some("/home/u/.local/share/nextid".into()));
        assert_eq!(of(&[home, ("NEXTID_DATA_DIR", "here")]), Some("here".into()));
        assert_eq!(of(&[]), None);
        let given = data_dir(Some(Path::new("there")), &Environment::default()).unwrap();
        assert_eq!(given, PathBuf::from("there"));
    }
}
