//! What is said to the user, and in which form.
//!
//! Results go to standard output: sentences, or with `--json` one JSON object a line. Everything else, such as progress,
//! hints and errors, goes to standard error, so that a result can be piped on.

use std::cell::Cell;
use std::future::Future;
use std::io::{ErrorKind, IsTerminal as _, Write};
use std::time::{Duration, Instant};

use serde::Serialize;

use crate::error::CliError;

/// How a text looks on a terminal that has colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Style {
    /// What matters.
    Bold,
    /// What can be passed over.
    Dim,
    /// What went well.
    Good,
    /// What went wrong.
    Bad,
}

/// The two streams of the command.
#[derive(Debug)]
pub struct Ui {
    json: bool,
    out_colours: bool,
    err_colours: bool,
    err_is_terminal: bool,
    failed: Cell<bool>,
}

impl Ui {
    /// For this process. Colours only on a terminal, and not where `NO_COLOR` (<https://no-color.org>) is set.
    pub fn new(json: bool) -> Self {
        let no_color = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        let dumb = std::env::var_os("TERM").is_some_and(|value| value == "dumb");
        let err_is_terminal = std::io::stderr().is_terminal();
        Self {
            json,
            out_colours: !json && !no_color && !dumb && std::io::stdout().is_terminal(),
            err_colours: !no_color && !dumb && err_is_terminal,
            err_is_terminal: err_is_terminal && !dumb,
            failed: Cell::new(false),
        }
    }

    /// Whether scripts read the results.
    pub fn is_json(&self) -> bool {
        self.json
    }

    /// Whether something could not be written to standard output.
    pub fn has_failed(&self) -> bool {
        self.failed.get()
    }

    /// A text in a style, for standard output.
    pub fn styled(&self, style: Style, text: &str) -> String {
        paint(self.out_colours, style, text)
    }

    /// A result: `value` for scripts, or the sentences of `text` for people.
    pub fn result<T: Serialize>(&self, value: &T, text: impl FnOnce() -> String) {
        if self.json {
            // What is shown are texts, numbers and JSON values, which can all be written.
            self.write_out(&serde_json::to_string(value).unwrap_or_default());
        } else {
            self.write_out(&text());
        }
    }

    /// A line of text that scripts have no use for.
    pub fn say(&self, line: &str) {
        if !self.json {
            self.write_out(line);
        }
    }

    /// A remark on standard error, not for scripts.
    pub fn hint(&self, line: &str) {
        if !self.json {
            self.write_err(line);
        }
    }

    /// A question on standard error, with the cursor behind it. Scripts are told by the result before it.
    pub fn ask(&self, question: &str) {
        if !self.json {
            let _ = write!(std::io::stderr(), "{question}");
        }
    }

    /// The error that ends the command: a line that names the cause and the remedy, or an object for scripts.
    pub fn error(&self, error: &CliError) {
        if self.json {
            self.write_err(&error.to_json().to_string());
        } else {
            let name = paint(self.err_colours, Style::Bad, "nextid:");
            self.write_err(&format!("{name} {}. {}", one_line(&error.to_string()), error.remedy()));
        }
    }

    /// Runs `work`, and says on standard error what is being waited for, and how long already.
    pub async fn while_waiting<T>(&self, what: &str, work: impl Future<Output = T>) -> T {
        let mut work = std::pin::pin!(work);
        let begin = Instant::now();
        let mut shown = false;
        loop {
            match tokio::time::timeout(Duration::from_secs(1), &mut work).await {
                Ok(done) => {
                    if shown && self.err_is_terminal {
                        // Back to the beginning of the line, and clear it.
                        self.ask("\r\x1b[K");
                    }
                    return done;
                }
                Err(_) if self.json => {}
                Err(_) if self.err_is_terminal => {
                    self.ask(&format!("\r\x1b[K{what} … {} s", begin.elapsed().as_secs()));
                    shown = true;
                }
                Err(_) if !shown => {
                    self.write_err(&format!("{what} …"));
                    shown = true;
                }
                Err(_) => {}
            }
        }
    }

    fn write_out(&self, text: &str) {
        let mut out = std::io::stdout().lock();
        match writeln!(out, "{text}").and_then(|()| out.flush()) {
            // Who reads us has seen enough: `nextid proofs | head`.
            Err(error) if error.kind() == ErrorKind::BrokenPipe => {}
            Err(_) => self.failed.set(true),
            Ok(()) => {}
        }
    }

    fn write_err(&self, text: &str) {
        // Where standard error is gone there is nobody left to tell.
        let _ = writeln!(std::io::stderr(), "{text}");
    }
}

fn paint(colours: bool, style: Style, text: &str) -> String {
    let code = match style {
        Style::Bold => "1",
        Style::Dim => "2",
        Style::Good => "32",
        Style::Bad => "31",
    };
    if colours { format!("\x1b[{code}m{text}\x1b[0m") } else { text.to_owned() }
}

/// JSON over several lines. What could control a terminal is escaped as far as JSON demands it, and here the rest of it.
pub fn json_lines(value: &serde_json::Value) -> String {
    let text = format!("{value:#}");
    text.chars().map(|c| if c.is_control() && c != '\n' { ' ' } else { c }).collect()
}

/// What a service sends must not be able to write lines of its own, nor to control the terminal.
pub fn one_line(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_are_only_where_they_are_wanted() {
        assert_eq!(paint(true, Style::Good, "x"), "\x1b[32mx\x1b[0m");
        assert_eq!(paint(false, Style::Good, "x"), "x");
    }

    #[test]
    fn a_foreign_text_stays_on_its_line() {
        assert_eq!(one_line("a\r\nb\x1b[2Jc"), "a  b [2Jc");
        let shown = json_lines(&serde_json::json!(["\u{9b}2J", "\u{1b}[2J"]));
        assert_eq!(shown, "[\n  \" 2J\",\n  \"\\u001b[2J\"\n]");
    }
}
