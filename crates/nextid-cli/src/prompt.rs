//! What is typed or piped in.

use std::io::{BufRead as _, IsTerminal as _, Read as _};
use std::path::Path;

use crate::error::CliError;
use crate::ui::Ui;

/// What is read from standard input or from a file has at most this many bytes; no service takes more.
const MAX_BYTES: u64 = 8 * 1024 * 1024;

/// Asks for one line. None at the end of the input.
///
/// # Errors
/// [`CliError::Prompt`].
pub fn line(ui: &Ui, question: &str) -> Result<Option<String>, CliError> {
    ui.ask(question);
    let mut line = String::new();
    let count = std::io::stdin().lock().take(MAX_BYTES).read_line(&mut line).map_err(CliError::Prompt)?;
    if !std::io::stdin().is_terminal() {
        // Nobody typed a line break, so that the next line would begin behind the question.
        ui.ask("\n");
    }
    Ok((count > 0).then(|| line.trim().to_owned()))
}

/// Asks for one line that must not be empty.
///
/// # Errors
/// [`CliError::NoInput`] or [`CliError::Prompt`].
pub fn needed_line(ui: &Ui, what: &'static str) -> Result<String, CliError> {
    let question = format!("{}: ", capitalised(what));
    line(ui, &question)?.filter(|line| !line.is_empty()).ok_or(CliError::NoInput(what))
}

/// Everything that is piped in.
///
/// # Errors
/// [`CliError::NoInput`] at a terminal, where nobody would know what to type; [`CliError::Read`].
pub fn piped(what: &'static str) -> Result<String, CliError> {
    let stdin = std::io::stdin();
    if stdin.is_terminal() {
        return Err(CliError::NoInput(what));
    }
    limited(stdin.lock(), Path::new("standard input"))
}

/// A small file.
///
/// # Errors
/// [`CliError::Read`].
pub fn file(path: &Path) -> Result<String, CliError> {
    let file =
        std::fs::File::open(path).map_err(|source| CliError::Read { path: path.to_owned(), source })?;
    limited(file, path)
}

fn limited(reader: impl std::io::Read, path: &Path) -> Result<String, CliError> {
    let failed = |source| CliError::Read { path: path.to_owned(), source };
    let mut text = String::new();
    let count = reader.take(MAX_BYTES + 1).read_to_string(&mut text).map_err(failed)?;
    if count as u64 > MAX_BYTES {
        return Err(failed(std::io::Error::other(format!("it has more than {MAX_BYTES} bytes"))));
    }
    Ok(text)
}

/// With its first letter as a capital.
pub fn capitalised(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}
