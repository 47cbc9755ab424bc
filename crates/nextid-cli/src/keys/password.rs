//! Passwords: from the environment, from a file, or typed in. Never from an argument, which others can see.

use std::io::IsTerminal as _;
use std::path::Path;

use zeroize::Zeroizing;

use super::environment::Environment;
use crate::error::CliError;

/// The variables that one password comes from.
#[derive(Debug, Clone, Copy)]
pub struct PasswordVariables {
    /// The password itself.
    pub password: &'static str,
    /// A file with it.
    pub file: &'static str,
}

/// The password of a keystore that exists.
///
/// # Errors
/// [`CliError::NoPassword`] where nobody can be asked, [`CliError::Read`] or [`CliError::Prompt`].
pub fn password(
    env: &Environment,
    variables: PasswordVariables,
    of: &Path,
) -> Result<Zeroizing<String>, CliError> {
    match given(env, variables)? {
        Some(password) => Ok(password),
        None => ask(&format!("Password of {}: ", of.display()), variables),
    }
}

/// The password of a new keystore; typed in twice, since a slip would lock the key away.
///
/// # Errors
/// As [`password`], and [`CliError::BadPassword`] for an empty one or two that differ.
pub fn new_password(env: &Environment, variables: PasswordVariables) -> Result<Zeroizing<String>, CliError> {
    if let Some(password) = given(env, variables)? {
        return Ok(password);
    }
    let first = ask("New password: ", variables)?;
    if first.is_empty() {
        return Err(CliError::BadPassword("the password is empty"));
    }
    if *first != *ask("The same again: ", variables)? {
        return Err(CliError::BadPassword("the two passwords differ"));
    }
    Ok(first)
}

fn given(env: &Environment, variables: PasswordVariables) -> Result<Option<Zeroizing<String>>, CliError> {
    if let Some(password) = env.secret(variables.password) {
        return Ok(Some(password));
    }
    let Some(path) = env.path(variables.file) else { return Ok(None) };
    let text =
        std::fs::read_to_string(&path).map_err(|source| CliError::Read { path: path.clone(), source })?;
    let text = Zeroizing::new(text);
    // Editors end a file with a line break, which is not part of the password.
    let password = Zeroizing::new(text.trim_end_matches(['\r', '\n']).to_owned());
    if password.is_empty() {
        return Err(CliError::BadPassword("the password file is empty"));
    }
    Ok(Some(password))
}

fn ask(question: &str, variables: PasswordVariables) -> Result<Zeroizing<String>, CliError> {
    ask_hidden(question)?.ok_or(CliError::NoPassword { variable: variables.password, file: variables.file })
}

/// Asks at the terminal, without showing what is typed. None where there is no terminal.
///
/// # Errors
/// [`CliError::Prompt`].
pub fn ask_hidden(question: &str) -> Result<Option<Zeroizing<String>>, CliError> {
    if !std::io::stdin().is_terminal() && !std::io::stderr().is_terminal() {
        return Ok(None);
    }
    rpassword::prompt_password(question).map(|answer| Some(Zeroizing::new(answer))).map_err(CliError::Prompt)
}

#[cfg(test)]
mod tests {
    use super::*;

    const VARIABLES: PasswordVariables = PasswordVariables { password: "PASSWORD", file: "PASSWORD_FILE" };

    fn from(variables: &[(&str, &str)]) -> Result<Option<Zeroizing<String>>, CliError> {
        given(
            &variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect(),
            VARIABLES,
        )
    }

    #[test]
    fn a_file_ends_with_a_line_break_that_does_not_count() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("password");
        std::fs::write(&path, " p w \r\n").unwrap();
        let file = path.to_str().unwrap();
        assert_eq!(from(&[("PASSWORD_FILE", file)]).unwrap().unwrap().as_str(), " p w ");
        assert_eq!(from(&[("PASSWORD_FILE", file), ("PASSWORD", "x")]).unwrap().unwrap().as_str(), "x");
        std::fs::write(&path, "\n").unwrap();
        assert!(matches!(from(&[("PASSWORD_FILE", file)]), Err(CliError::BadPassword(_))));
        assert!(matches!(from(&[("PASSWORD_FILE", "/nowhere")]), Err(CliError::Read { .. })));
        assert!(from(&[("PASSWORD", "")]).unwrap().is_none());
    }
}
