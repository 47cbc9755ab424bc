//! The file, line by line.

use std::collections::hash_map::RandomState;
use std::fs::File;
use std::hash::{BuildHasher as _, Hasher as _};
use std::io::{BufRead as _, BufReader, Read as _, Seek as _, SeekFrom};
use std::marker::PhantomData;
use std::path::{Path, PathBuf};

use nextid_core::Avatar;
use nextid_core::export::{ChainService, ExportDefect, ExportError, ExportVerifier, FORMAT};
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::error::ImportError;

/// Bytes that a line has at most; a link with the largest patch has far fewer.
const MAX_LINE: u64 = 16 * 1024 * 1024;

/// A chain of a file that was verified from its first link to the head that its header names.
#[derive(Debug, Clone)]
pub struct VerifiedExport {
    /// Whose chain.
    pub avatar: Avatar,
    /// Which service's.
    pub service: ChainService,
    /// How many links it has.
    pub links: u64,
    /// The number of its header's line, from 1.
    pub line: u64,
    path: PathBuf,
    /// Where the line after the header begins.
    offset: u64,
    print: u64,
    keys: RandomState,
}

/// Verifies every chain of a file. A file without a chain is an error.
///
/// # Errors
/// [`ImportError::Broken`], which names the line; [`ImportError::Read`].
pub fn scan(path: &Path) -> Result<Vec<VerifiedExport>, ImportError> {
    let keys = RandomState::new();
    let mut lines = Lines::open(path, 0, 0)?;
    let mut chains = Vec::new();
    let mut chain: Option<Scanned> = None;
    while let Some(line) = lines.next()? {
        let begins = chain.is_none() || is_header(&line);
        if begins && !line.trim_ascii().is_empty() {
            chains.extend(chain.take().map(|chain| chain.finish(path, &keys)).transpose()?);
            chain = Some(Scanned::begin(&lines, &line, &keys)?);
        } else if let Some(chain) = &mut chain {
            chain.push(&line)?;
        }
    }
    match chain {
        Some(chain) => chains.push(chain.finish(path, &keys)?),
        None => return Err(ExportError { line: lines.number.max(1), defect: ExportDefect::Empty }.into()),
    }
    Ok(chains)
}

/// A link may hold the word; only a header has it as its format.
fn is_header(line: &[u8]) -> bool {
    let named = line.windows(FORMAT.len()).any(|part| part == FORMAT.as_bytes());
    named
        && serde_json::from_slice::<Value>(line)
            .is_ok_and(|value| value.get("format").is_some_and(|format| format == FORMAT))
}

/// A chain that is being verified.
struct Scanned {
    verifier: ExportVerifier,
    line: u64,
    offset: u64,
    print: std::hash::DefaultHasher,
}

impl Scanned {
    fn begin(lines: &Lines, header: &[u8], keys: &RandomState) -> Result<Self, ImportError> {
        let mut chain = Self {
            verifier: ExportVerifier::new(None),
            line: lines.number,
            offset: lines.offset,
            print: keys.build_hasher(),
        };
        chain.check(header)?;
        Ok(chain)
    }

    fn push(&mut self, line: &[u8]) -> Result<(), ImportError> {
        self.check(line)?;
        let line = line.trim_ascii();
        if !line.is_empty() {
            self.print.write(line);
        }
        Ok(())
    }

    fn check(&mut self, line: &[u8]) -> Result<(), ImportError> {
        let before = self.line - 1;
        self.verifier.push_line(line).map_err(|error| moved(before, error))
    }

    fn finish(self, path: &Path, keys: &RandomState) -> Result<VerifiedExport, ImportError> {
        let before = self.line - 1;
        let state = self.verifier.finish().map_err(|error| moved(before, error))?;
        Ok(VerifiedExport {
            avatar: state.avatar,
            service: state.service,
            links: state.links,
            line: self.line,
            path: path.to_owned(),
            offset: self.offset,
            print: self.print.finish(),
            keys: keys.clone(),
        })
    }
}

/// The verifier counts from the chain's header.
fn moved(before: u64, error: ExportError) -> ImportError {
    ExportError { line: before + error.line, ..error }.into()
}

impl VerifiedExport {
    /// Reads the links once more, each with the number of its line. What comes after they were verified is the same, or
    /// the last item is [`ImportError::Changed`]: nothing may be kept before it.
    ///
    /// # Errors
    /// [`ImportError::Read`].
    pub fn lines<L: DeserializeOwned>(&self) -> Result<LinkLines<L>, ImportError> {
        Ok(LinkLines {
            lines: Lines::open(&self.path, self.offset, self.line)?,
            left: self.links,
            print: self.keys.build_hasher(),
            wanted: self.print,
            is_over: false,
            kind: PhantomData,
        })
    }
}

/// The links of a verified chain.
#[derive(Debug)]
pub struct LinkLines<L> {
    lines: Lines,
    left: u64,
    print: std::hash::DefaultHasher,
    wanted: u64,
    is_over: bool,
    kind: PhantomData<fn() -> L>,
}

impl<L: DeserializeOwned> LinkLines<L> {
    fn next_link(&mut self) -> Result<Option<(u64, L)>, ImportError> {
        while self.left > 0 {
            let line = self.lines.next()?.ok_or(ImportError::Changed)?;
            let line = line.trim_ascii();
            if !line.is_empty() {
                self.left -= 1;
                self.print.write(line);
                let link = serde_json::from_slice(line).map_err(|_| ImportError::Changed)?;
                return Ok(Some((self.lines.number, link)));
            }
        }
        if self.print.finish() == self.wanted { Ok(None) } else { Err(ImportError::Changed) }
    }
}

impl<L: DeserializeOwned> Iterator for LinkLines<L> {
    type Item = Result<(u64, L), ImportError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.is_over {
            return None;
        }
        let next = self.next_link().transpose();
        self.is_over = !matches!(next, Some(Ok(_)));
        next
    }
}

/// The lines of a file, counted.
#[derive(Debug)]
struct Lines {
    reader: BufReader<File>,
    path: PathBuf,
    /// The number of the line that was read last.
    number: u64,
    /// Where the next line begins.
    offset: u64,
}

impl Lines {
    fn open(path: &Path, offset: u64, number: u64) -> Result<Self, ImportError> {
        let opened = File::open(path).and_then(|mut file| {
            file.seek(SeekFrom::Start(offset))?;
            Ok(file)
        });
        let file = opened.map_err(|source| ImportError::Read { path: path.to_owned(), source })?;
        Ok(Self { reader: BufReader::new(file), path: path.to_owned(), number, offset })
    }

    fn next(&mut self) -> Result<Option<Vec<u8>>, ImportError> {
        let mut line = Vec::new();
        let count = (&mut self.reader)
            .take(MAX_LINE + 1)
            .read_until(b'\n', &mut line)
            .map_err(|source| ImportError::Read { path: self.path.clone(), source })?;
        if count == 0 {
            return Ok(None);
        }
        self.number += 1;
        self.offset += count as u64;
        if count as u64 > MAX_LINE {
            return Err(ImportError::LongLine { line: self.number });
        }
        Ok(Some(line))
    }
}
