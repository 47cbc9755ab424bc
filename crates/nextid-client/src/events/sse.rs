//! Reads server-sent events as the HTML standard says (section 9.2, "Server-sent events"), within a bound.
//!
//! Not a library's parser, because none of the maintained ones bounds what a server may send before an event ends, or
//! shows ids that come without data, by which a reader with a filter gets on.

use std::collections::VecDeque;

/// What ends with an empty line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Message {
    /// The last id so far, of this message or of one before it.
    pub(super) id: String,
    /// `message` where none was given.
    pub(super) event: String,
    /// None: there was an id alone, or a comment, which dispatches nothing.
    pub(super) data: Option<String>,
}

/// More than the bound came without the end of a message.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct TooLong;

#[derive(Debug)]
pub(super) struct Parser {
    max_bytes: usize,
    line: Vec<u8>,
    /// The line before ended with CR, so that LF is no line of its own.
    skips_lf: bool,
    is_first: bool,
    id: String,
    event: String,
    data: Option<String>,
}

impl Parser {
    /// A parser that takes messages of at most `max_bytes`.
    pub(super) fn new(max_bytes: usize) -> Self {
        Self {
            max_bytes,
            line: Vec::new(),
            skips_lf: false,
            is_first: true,
            id: String::new(),
            event: String::new(),
            data: None,
        }
    }

    /// Reads what has arrived, and adds the messages that end in it.
    pub(super) fn push(&mut self, chunk: &[u8], messages: &mut VecDeque<Message>) -> Result<(), TooLong> {
        let mut rest = chunk;
        while !rest.is_empty() {
            if self.skips_lf {
                self.skips_lf = false;
                rest = rest.strip_prefix(b"\n").unwrap_or(rest);
                continue;
            }
            let Some(length) = rest.iter().position(|byte| matches!(byte, b'\n' | b'\r')) else {
                self.line.extend_from_slice(rest);
                return self.check();
            };
            let (line, after) = rest.split_at(length);
            self.line.extend_from_slice(line);
            self.check()?;
            self.skips_lf = after.first() == Some(&b'\r');
            rest = after.get(1..).unwrap_or_default();
            let line = std::mem::take(&mut self.line);
            self.take_line(&line, messages);
        }
        Ok(())
    }

    fn check(&self) -> Result<(), TooLong> {
        let held =
            self.line.len() + self.data.as_ref().map_or(0, String::len) + self.event.len() + self.id.len();
        if held > self.max_bytes { Err(TooLong) } else { Ok(()) }
    }

    fn take_line(&mut self, line: &[u8], messages: &mut VecDeque<Message>) {
        let text = String::from_utf8_lossy(line);
        let line = if std::mem::take(&mut self.is_first) {
            text.strip_prefix('\u{feff}').unwrap_or(&text)
        } else {
            &text
        };
        if line.is_empty() {
            let event = std::mem::take(&mut self.event);
            let event = if event.is_empty() { "message".to_owned() } else { event };
            messages.push_back(Message { id: self.id.clone(), event, data: self.data.take() });
            return;
        }
        let (field, value) = line.split_once(':').unwrap_or((line, ""));
        let value = value.strip_prefix(' ').unwrap_or(value);
        match field {
            "event" => value.clone_into(&mut self.event),
            "data" => match &mut self.data {
                Some(data) => {
                    data.push('\n');
                    data.push_str(value);
                }
                None => self.data = Some(value.to_owned()),
            },
            "id" if !value.contains('\0') => value.clone_into(&mut self.id),
            // A comment, a field of no meaning, or `retry`, which is for who reconnects by himself.
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(stream: &str, piece: usize) -> Vec<(String, String, Option<String>)> {
        let (mut parser, mut messages) = (Parser::new(1000), VecDeque::new());
        for chunk in stream.as_bytes().chunks(piece) {
            parser.push(chunk, &mut messages).unwrap();
        }
        messages.into_iter().map(|message| (message.id, message.event, message.data)).collect()
    }

    #[test]
    fn a_stream_is_read_wherever_it_is_cut() {
        let stream = "\u{feff}retry: 10\r\nevent: link\nid: 7\rdata: {\"a\":\"ä\"}\n\n: heartbeat\nid: 9\n\n\
                      data\r\n\r\ndata:x\ndata:  y\nnonsense\n\nid: 1\0\n\nid\ndata: z\n\ndata: no end";
        let message = |id: &str, event: &str, data: Option<&str>| {
            (id.to_owned(), event.to_owned(), data.map(str::to_owned))
        };
        let wanted = [
            message("7", "link", Some("{\"a\":\"ä\"}")),
            message("9", "message", None),
            message("9", "message", Some("")),
            message("9", "message", Some("x\n y")),
            message("9", "message", None),
            message("", "message", Some("z")),
        ];
        for piece in 1..=stream.len() {
            assert_eq!(read(stream, piece), wanted, "in pieces of {piece}");
        }
    }

    #[test]
    fn what_does_not_end_is_given_up() {
        for stream in ["x".repeat(2000), "data: x\n".repeat(1000), format!("data: {}\n\n", "x".repeat(2000))]
        {
            let mut messages = VecDeque::new();
            assert_eq!(Parser::new(1000).push(stream.as_bytes(), &mut messages), Err(TooLong));
            assert_eq!(messages, []);
        }
        let mut messages = VecDeque::new();
        let many = "data: x\n\n".repeat(1000);
        assert_eq!(Parser::new(100).push(many.as_bytes(), &mut messages), Ok(()));
        assert_eq!(messages.len(), 1000);
    }
}
