//! HTML as platforms send it, made into text by lines.

use std::collections::BTreeMap;

use html5gum::emitters::default::DefaultEmitter;
use html5gum::{Token, Tokenizer};

/// Elements inside of each other that are kept track of. Posts have a few; what is deeper counts as text of the last one.
const MAX_DEPTH: usize = 128;

/// Elements without content and without an end tag (HTML Standard, 13.1.2).
const VOID: [&str; 13] =
    ["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"];

/// Elements that stand on lines of their own.
const BLOCKS: [&str; 20] = [
    "address",
    "article",
    "blockquote",
    "dd",
    "div",
    "dl",
    "dt",
    "footer",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "header",
    "li",
    "ol",
    "p",
    "pre",
    "ul",
];

/// Elements whose content nobody sees.
const HIDDEN: [&str; 6] = ["head", "noscript", "script", "style", "template", "title"];

/// An element's start tag.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Tag {
    pub(crate) name: String,
    attributes: BTreeMap<String, String>,
}

impl Tag {
    /// The value of an attribute, entities resolved.
    pub(crate) fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.get(name).map(String::as_str)
    }

    /// Whether `class` is one of its classes.
    pub(crate) fn has_class(&self, class: &str) -> bool {
        self.attribute("class")
            .is_some_and(|classes| classes.split_ascii_whitespace().any(|found| found == class))
    }
}

/// What a document is made of, in its order. Every element that opens closes as well.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Piece<'a> {
    Open(&'a Tag),
    Text(&'a str),
    Close(&'a Tag),
}

/// Walks through a document. Tags that do not fit are passed over, as browsers do.
pub(crate) fn walk(html: &str, mut visit: impl FnMut(Piece<'_>)) {
    let mut emitter = DefaultEmitter::default();
    // Otherwise what looks like a tag in a script would be one.
    emitter.naively_switch_states(true);
    let mut open: Vec<Tag> = Vec::new();
    // A text cannot fail to be read, so that flattening drops nothing.
    for token in Tokenizer::new_with_emitter(html, emitter).flatten() {
        match token {
            Token::String(text) => visit(Piece::Text(&String::from_utf8_lossy(&text))),
            Token::StartTag(start) => {
                let attributes = start.attributes.iter();
                let tag = Tag {
                    name: lossy(&start.name),
                    attributes: attributes.map(|(name, value)| (lossy(name), lossy(&value.value))).collect(),
                };
                let is_void = VOID.contains(&tag.name.as_str());
                if !is_void && open.len() >= MAX_DEPTH {
                    continue;
                }
                visit(Piece::Open(&tag));
                if is_void {
                    visit(Piece::Close(&tag));
                } else {
                    open.push(tag);
                }
            }
            Token::EndTag(end) => {
                let name = lossy(&end.name);
                if let Some(at) = open.iter().rposition(|tag| tag.name == name) {
                    for tag in open.drain(at..).rev() {
                        visit(Piece::Close(&tag));
                    }
                }
            }
            Token::Comment(_) | Token::Doctype(_) | Token::Error(_) => {}
        }
    }
    for tag in open.drain(..).rev() {
        visit(Piece::Close(&tag));
    }
}

fn lossy(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// Makes text of the pieces that it is given.
#[derive(Debug, Default)]
pub(crate) struct TextBuilder {
    text: String,
    quotes: usize,
    hidden: usize,
    at_line_start: bool,
}

impl TextBuilder {
    pub(crate) fn add(&mut self, piece: &Piece<'_>) {
        match piece {
            Piece::Open(tag) => self.open(tag),
            Piece::Text(text) => self.push(text),
            Piece::Close(tag) => self.close(tag),
        }
    }

    pub(crate) fn finish(self) -> String {
        self.text.trim_matches('\n').to_owned()
    }

    fn open(&mut self, tag: &Tag) {
        let name = tag.name.as_str();
        if name == "br" {
            self.break_line();
        } else if name == "img" && tag.attribute("class").is_some_and(|class| class.contains("emoji")) {
            self.push(tag.attribute("alt").unwrap_or_default());
        }
        if BLOCKS.contains(&name) {
            self.end_line();
        }
        self.quotes += usize::from(name == "blockquote");
        self.hidden += usize::from(HIDDEN.contains(&name));
    }

    fn close(&mut self, tag: &Tag) {
        let name = tag.name.as_str();
        if BLOCKS.contains(&name) {
            self.end_line();
        }
        self.quotes = self.quotes.saturating_sub(usize::from(name == "blockquote"));
        self.hidden = self.hidden.saturating_sub(usize::from(HIDDEN.contains(&name)));
    }

    /// Line ends in the source are kept: the servers that send them show them as such. Spaces at the beginning of a line
    /// are not seen.
    fn push(&mut self, text: &str) {
        if self.hidden > 0 {
            return;
        }
        for c in text.chars() {
            match c {
                '\n' => self.break_line(),
                ' ' | '\t' | '\r' if self.at_line_start || self.text.is_empty() => {}
                _ => {
                    if self.at_line_start || self.text.is_empty() {
                        self.start_line();
                    }
                    self.text.push(c);
                }
            }
        }
    }

    /// Quotations are marked as in plain text, so that a line in one is not taken for the author's own.
    fn start_line(&mut self) {
        for _ in 0..self.quotes {
            self.text.push_str("> ");
        }
        self.at_line_start = false;
    }

    fn break_line(&mut self) {
        self.text.push('\n');
        self.at_line_start = true;
    }

    fn end_line(&mut self) {
        if !self.text.is_empty() && !self.at_line_start {
            self.break_line();
        }
    }
}

/// The text of a piece of HTML: a line for every line that is seen, entities resolved.
pub(crate) fn to_text(html: &str) -> String {
    let mut text = TextBuilder::default();
    walk(html, |piece| text.add(&piece));
    text.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines() {
        for (html, text) in [
            ("", ""),
            ("plain", "plain"),
            ("a<br>b<br/>c<BR />d", "a\nb\nc\nd"),
            ("<p>a</p><p>b</p>", "a\nb"),
            ("<p>a<br><br>b</p>\n<p>c", "a\n\nb\n\nc"),
            ("<div>  a </div> <div>b</div>", "a \nb"),
            ("a\nb", "a\nb"),
            ("a &amp; b &lt;c&gt; &#39;d&#39; &#x41; e&nbsp;f", "a & b <c> 'd' A e\u{a0}f"),
            ("<b>a</b><i>b</i> <a href=\"x\">c</a>", "ab c"),
            ("a<wbr>b&shy;c", "ab\u{ad}c"),
            ("<ul><li>a<li>b</ul>", "a\nb"),
            ("<i class=\"emoji\" style=\"x\"><b>🎭</b></i> a", "🎭 a"),
            ("<img class=\"x emoji\" alt=\"🎭\"><img alt=\"b\"> a", "🎭 a"),
            ("a<script>b<br>c</script><style>d</style><!-- e -->f", "af"),
            ("a</p></b>b", "ab"),
            ("<b>a<p>b</b>c", "a\nb\nc"),
            ("a < b > c", "a < b > c"),
        ] {
            assert_eq!(to_text(html), text, "{html:?}");
        }
    }

    #[test]
    fn quotations_are_marked() {
        assert_eq!(
            to_text(
                "<p>He says:</p><blockquote><p>a<br>b</p><blockquote>c</blockquote></blockquote><p>d</p>"
            ),
            "He says:\n> a\n> b\n> > c\nd"
        );
    }

    #[test]
    fn what_opens_closes() {
        let mut depth = 0_i32;
        let mut deepest = 0;
        let html = format!("{}x{}", "<b><p>".repeat(1000), "</i></p>".repeat(1000));
        walk(&html, |piece| {
            depth += match piece {
                Piece::Open(_) => 1,
                Piece::Close(_) => -1,
                Piece::Text(_) => 0,
            };
            deepest = deepest.max(depth);
        });
        assert_eq!((depth, deepest), (0, 128));
    }

    #[test]
    fn attributes() {
        let mut seen = Vec::new();
        walk("<a HREF='x&amp;y' class=\"a b\n c\" href=z>", |piece| {
            if let Piece::Open(tag) = piece {
                seen.push((
                    tag.attribute("href").map(str::to_owned),
                    tag.has_class("b"),
                    tag.has_class("a b"),
                ));
            }
        });
        assert_eq!(seen, [(Some("x&y".to_owned()), true, false)]);
    }
}
