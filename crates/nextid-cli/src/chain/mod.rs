//! Chains, checked without believing where they come from.

mod checker;
mod download;
mod export;
mod live;
mod pages;
mod posts;
mod report;

pub use download::{download_kv, download_proof};
pub use live::judge;
pub use posts::Posts;
pub use report::ChainReport;

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::Path;

use nextid_core::Avatar;

use crate::error::CliError;

/// Checks a chain in a file: an export in JSON Lines, or saved answers of `/v1/proofchain` or `/v1/kvchain`.
///
/// `expected` is whose chain it must be. `posts` takes down what has to be fetched to check it.
///
/// # Errors
/// [`CliError::ChainBroken`], which names the line; [`CliError::Read`].
pub fn check_file(path: &Path, expected: Option<Avatar>, posts: &mut Posts) -> Result<ChainReport, CliError> {
    if path == Path::new("-") {
        return check_lines(std::io::stdin().lock(), "standard input", expected, posts);
    }
    let file = File::open(path).map_err(|source| CliError::Read { path: path.to_owned(), source })?;
    check_lines(BufReader::new(file), &path.display().to_string(), expected, posts)
}

#[cfg(test)]
fn check_reader(reader: impl BufRead, name: &str, expected: Option<Avatar>) -> Result<ChainReport, CliError> {
    check_lines(reader, name, expected, &mut Posts::ignored())
}

fn check_lines(
    reader: impl BufRead,
    name: &str,
    expected: Option<Avatar>,
    posts: &mut Posts,
) -> Result<ChainReport, CliError> {
    let mut lines = export::Lines::new(reader, name);
    let Some(first) = lines.next_line()? else {
        return Err(lines.broken("the file is empty"));
    };
    match serde_json::from_slice(&first) {
        Ok(value) if export::is_header(&value) => export::check(lines, &first, expected, posts),
        Ok(value) if export::is_link(&value) => export::check_links(lines, value, expected, posts),
        _ => pages::check(lines, first, expected, posts),
    }
}

#[cfg(test)]
mod tests;
