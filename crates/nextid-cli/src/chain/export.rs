//! Exports: JSON Lines, first a header that says whose chain it is and where it ends, then a link a line.

use std::io::{BufRead, Read as _};
use std::path::PathBuf;

use nextid_core::Avatar;
use serde::Deserialize;
use serde_json::Value;

use super::checker::Checker;
use super::report::ChainReport;
use crate::error::CliError;

/// What an export's header says that it is.
const FORMAT: &str = "nextid-chain";

/// Bytes that a line has at most; a link with the largest patch has far fewer.
const MAX_LINE: u64 = 16 * 1024 * 1024;

/// The lines of a file, counted.
#[derive(Debug)]
pub struct Lines<R> {
    reader: R,
    name: String,
    number: usize,
}

/// The first line.
#[derive(Debug, Deserialize)]
struct Header {
    version: u64,
    avatar: String,
    #[serde(default)]
    head: Option<HeaderHead>,
}

#[derive(Debug, Deserialize)]
struct HeaderHead {
    seq: u64,
    signature: String,
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

/// Whether a file whose first line is `value` is an export, or links without a header.
pub fn begins_with(value: &Value) -> bool {
    is_header(value) || value.get("signature_payload").is_some()
}

fn is_header(value: &Value) -> bool {
    value.get("format").is_some_and(|format| format == FORMAT)
}

/// Checks an export whose first line is `first`.
pub fn check<R: BufRead>(
    mut lines: Lines<R>,
    first: Value,
    expected: Option<Avatar>,
) -> Result<ChainReport, CliError> {
    if !is_header(&first) {
        let mut checker = Checker::new(expected);
        checker.push(first).map_err(|why| lines.broken(why))?;
        push_all(&mut lines, &mut checker)?;
        return Ok(checker.finish());
    }
    let (avatar, head) = read_header(first, expected).map_err(|why| lines.broken(why))?;
    let mut checker = Checker::new(Some(avatar));
    push_all(&mut lines, &mut checker)?;
    let report = checker.finish();
    let wanted = head.as_ref().map(|head| (head.seq, head.signature.as_str()));
    match (wanted, report.head()) {
        (wanted, found) if wanted == found => Ok(report.complete()),
        (Some((seq, _)), Some((found, _))) if seq == found => {
            Err(lines.broken("the last link is not the head that the header names: its signature is another"))
        }
        (Some((seq, _)), found) => {
            let end =
                found.map_or_else(|| "without a link".to_owned(), |(found, _)| format!("at seq {found}"));
            Err(lines.broken(format!("the file ends {end}, but its header says that the head has seq {seq}")))
        }
        (None, _) => Err(lines.broken("the header says that the chain is empty, but links follow")),
    }
}

fn read_header(value: Value, expected: Option<Avatar>) -> Result<(Avatar, Option<HeaderHead>), String> {
    let header: Header = serde_json::from_value(value).map_err(|error| format!("not a header: {error}"))?;
    if header.version != 1 {
        return Err(format!("the format has version {}; only version 1 is known", header.version));
    }
    let avatar =
        Avatar::parse_with_raw(&header.avatar).map_err(|error| format!("the header's avatar: {error}"))?;
    match expected {
        Some(expected) if expected != avatar => {
            Err(format!("this is the chain of {avatar}, not of {expected}"))
        }
        _ => Ok((avatar, header.head)),
    }
}

fn push_all<R: BufRead>(lines: &mut Lines<R>, checker: &mut Checker) -> Result<(), CliError> {
    while let Some(line) = lines.next_line()? {
        let pushed = serde_json::from_slice(&line)
            .map_err(|error| not_json(&error))
            .and_then(|link| checker.push(link));
        pushed.map_err(|why| lines.broken(why))?;
    }
    Ok(())
}

/// The library counts lines from the beginning of what it was given, which is a line here.
fn not_json(error: &serde_json::Error) -> String {
    let text = error.to_string();
    let what = text.split(" at line ").next().unwrap_or(&text);
    format!("not JSON: {what} at column {}", error.column())
}
