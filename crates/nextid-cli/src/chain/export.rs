//! Exports: JSON Lines, first a header that says whose chain it is and where it ends, then a link a line.

use std::io::{BufRead, Read as _};
use std::path::PathBuf;

use nextid_core::Avatar;
use nextid_core::export::{ExportError, ExportVerifier, FORMAT};
use serde_json::Value;

use super::checker::Checker;
use super::posts::Posts;
use super::report::ChainReport;
use crate::error::CliError;

/// Bytes that a line has at most; a link with the largest patch has far fewer.
const MAX_LINE: u64 = 16 * 1024 * 1024;

/// The lines of a file, counted.
#[derive(Debug)]
pub struct Lines<R> {
    reader: R,
    name: String,
    number: usize,
}

impl<R: BufRead> Lines<R> {
    pub fn new(reader: R, name: &str) -> Self {
        Self { reader, name: name.to_owned(), number: 0 }
    }

    /// The next line that is not blank, without its end.
    pub fn next_line(&mut self) -> Result<Option<Vec<u8>>, CliError> {
        loop {
            let mut line = Vec::new();
            let read = self.reader.by_ref().take(MAX_LINE + 1).read_until(b'\n', &mut line);
            let count = read.map_err(|source| CliError::Read { path: PathBuf::from(&self.name), source })?;
            if count == 0 {
                return Ok(None);
            }
            self.number += 1;
            if count as u64 > MAX_LINE {
                return Err(self.broken("the line is too long for a link"));
            }
            let text = line.trim_ascii();
            if !text.is_empty() {
                return Ok(Some(text.to_vec()));
            }
        }
    }

    /// Everything that is left.
    pub fn rest(&mut self) -> Result<Vec<u8>, CliError> {
        let mut rest = Vec::new();
        let read = self.reader.read_to_end(&mut rest);
        read.map_err(|source| CliError::Read { path: PathBuf::from(&self.name), source })?;
        Ok(rest)
    }

    /// The number of the line that was read last, from 1.
    pub fn number(&self) -> usize {
        self.number
    }

    /// An error at the line that was read last.
    pub fn broken(&self, why: impl Into<String>) -> CliError {
        self.broken_at(self.number.max(1), why)
    }

    /// An error at a line.
    pub fn broken_at(&self, line: usize, why: impl Into<String>) -> CliError {
        CliError::ChainBroken {
            place: format!("{}, line {line}", self.name),
            line: Some(line),
            why: why.into(),
        }
    }
}

/// Whether the first line of a file is an export's header.
pub fn is_header(value: &Value) -> bool {
    value.get("format").is_some_and(|format| format == FORMAT)
}

/// Whether the first line of a file is a link already.
pub fn is_link(value: &Value) -> bool {
    value.get("signature_payload").is_some()
}

/// Checks an export whose header is `first`.
pub fn check<R: BufRead>(
    mut lines: Lines<R>,
    first: &[u8],
    expected: Option<Avatar>,
    posts: &mut Posts,
) -> Result<ChainReport, CliError> {
    let mut verifier = ExportVerifier::new(expected);
    // The verifier does not see blank lines, so that the number of a line is told by the reader.
    let broken = |lines: &Lines<R>, error: &ExportError| lines.broken(error.defect.to_string());
    verifier.push_line(first).map_err(|error| broken(&lines, &error))?;
    while let Some(line) = lines.next_line()? {
        verifier.push_line(&line).map_err(|error| broken(&lines, &error))?;
        posts.note_line(&line);
    }
    verifier.finish().map(ChainReport::of_export).map_err(|error| broken(&lines, &error))
}

/// Checks links without a header, of which `first` is the first. Whether more follow after the last is not known.
pub fn check_links<R: BufRead>(
    mut lines: Lines<R>,
    first: Value,
    expected: Option<Avatar>,
    posts: &mut Posts,
) -> Result<ChainReport, CliError> {
    let mut checker = Checker::new(expected);
    posts.note(&first);
    checker.push(first).map_err(|why| lines.broken(why))?;
    while let Some(line) = lines.next_line()? {
        let pushed = serde_json::from_slice(&line)
            .map_err(|error| not_json(&error))
            .and_then(|link| checker.push(link));
        pushed.map_err(|why| lines.broken(why))?;
        posts.note_line(&line);
    }
    Ok(checker.finish())
}

/// The library counts lines from the beginning of what it was given, which is a line here.
fn not_json(error: &serde_json::Error) -> String {
    let text = error.to_string();
    let what = text.split(" at line ").next().unwrap_or(&text);
    format!("not JSON: {what} at column {}", error.column())
}
