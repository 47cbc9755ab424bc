//! The public page of a message, as `?embed=1` gives it.
//!
//! What counts in its markup: the message is the element of the class `tgme_widget_message` whose `data-post` is
//! `channel/number`; in it `tgme_widget_message_author` holds a link `tgme_widget_message_author_name` to the person who
//! wrote it, or, for a post of the channel itself, only a link `tgme_widget_message_owner_name` to the channel;
//! `tgme_widget_message_text` holds the text. The message that is replied to (`tgme_widget_message_reply`) and the preview
//! of a link have texts and names of the same classes, which are not the author's. People cannot write classes.

use super::Place;
use crate::html::{Piece, Tag, TextBuilder, walk};
use crate::location::SiteUrl;
use crate::{Account, Evidence, FetchError};

/// Parts of a message that show somebody else's words.
const FOREIGN: [&str; 4] = [
    "tgme_widget_message_reply",
    "tgme_widget_message_link_preview",
    "tgme_widget_message_poll",
    "tgme_widget_message_footer",
];

/// What the page of the message at this place shows.
///
/// # Errors
/// [`FetchError::NotFound`] if the page says so, [`FetchError::Odd`] if it is no such page.
pub fn evidence(place: &Place, body: &[u8]) -> Result<Evidence, FetchError> {
    let mut page = Page::default();
    walk(&String::from_utf8_lossy(body), |piece| page.visit(place, &piece));
    if !page.found {
        return Err(if page.says_missing {
            FetchError::NotFound
        } else {
            FetchError::Odd("not the page of this message".to_owned())
        });
    }
    // What is forwarded was written by somebody else, and service messages quote.
    let own = !page.forwarded && !page.service;
    let author = page.writer.or(page.owner).filter(|_| own);
    let account = author.and_then(Named::into_account);
    let text = page.text.map(TextBuilder::finish).unwrap_or_default();
    Ok(Evidence::post(account, text, place.address()))
}

/// A name that is shown, and the page that it links to.
#[derive(Debug, Default)]
struct Named {
    link: Option<String>,
    shown: String,
}

impl Named {
    fn of(tag: &Tag) -> Self {
        Self { link: tag.attribute("href").map(str::to_owned), shown: String::new() }
    }

    /// The account; none if the name links to none, as that of an account without a user name.
    fn into_account(self) -> Option<Account> {
        let url = SiteUrl::parse(self.link.as_deref()?, |host| matches!(host, "t.me" | "telegram.me"))?;
        let [name] = url.segments().try_into().ok()?;
        Some(Account {
            name: name.to_owned(),
            other_names: Vec::new(),
            id: None,
            display_name: Some(self.shown),
        })
    }
}

/// Which part of the message the walk is in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    /// The message itself.
    Message,
    Foreign,
    Author,
    Writer,
    Owner,
    Text,
    Inner,
}

#[derive(Debug, Default)]
struct Page {
    found: bool,
    says_missing: bool,
    forwarded: bool,
    service: bool,
    writer: Option<Named>,
    owner: Option<Named>,
    text: Option<TextBuilder>,
    /// The parts of the message that are open, one per element.
    open: Vec<Part>,
}

impl Page {
    fn visit(&mut self, place: &Place, piece: &Piece<'_>) {
        match piece {
            Piece::Open(tag) => {
                let part = self.part(place, tag);
                if self.is_in(Part::Text) {
                    self.add_to_text(piece);
                }
                if let Some(part) = part {
                    self.open.push(part);
                }
            }
            Piece::Close(_) => {
                self.open.pop();
                if self.is_in(Part::Text) {
                    self.add_to_text(piece);
                }
            }
            Piece::Text(text) => {
                if self.is_in(Part::Text) {
                    self.add_to_text(piece);
                } else if let Some(name) = self.open_name() {
                    name.shown.push_str(text);
                }
            }
        }
    }

    /// What an element is that opens; none outside of the message.
    fn part(&mut self, place: &Place, tag: &Tag) -> Option<Part> {
        self.says_missing |= tag.has_class("tgme_widget_message_error");
        if self.open.is_empty() {
            let is_message = tag.has_class("tgme_widget_message")
                && tag.attribute("data-post").is_some_and(|post| place.is(post));
            if !is_message || self.found {
                return None;
            }
            self.found = true;
            self.service = tag.has_class("service_message");
            return Some(Part::Message);
        }
        if self.is_in(Part::Foreign) || self.is_in(Part::Text) {
            return Some(Part::Inner);
        }
        if FOREIGN.iter().any(|class| tag.has_class(class)) {
            return Some(Part::Foreign);
        }
        if tag.has_class("tgme_widget_message_forwarded_from") {
            self.forwarded = true;
            return Some(Part::Foreign);
        }
        if tag.has_class("tgme_widget_message_text") && self.text.is_none() {
            self.text = Some(TextBuilder::default());
            return Some(Part::Text);
        }
        if tag.has_class("tgme_widget_message_author") {
            return Some(Part::Author);
        }
        if self.is_in(Part::Author) {
            if tag.has_class("tgme_widget_message_author_name") && self.writer.is_none() {
                self.writer = Some(Named::of(tag));
                return Some(Part::Writer);
            }
            if tag.has_class("tgme_widget_message_owner_name") && self.owner.is_none() {
                self.owner = Some(Named::of(tag));
                return Some(Part::Owner);
            }
        }
        Some(Part::Inner)
    }

    fn is_in(&self, part: Part) -> bool {
        self.open.contains(&part)
    }

    fn add_to_text(&mut self, piece: &Piece<'_>) {
        if let Some(text) = &mut self.text {
            text.add(piece);
        }
    }

    fn open_name(&mut self) -> Option<&mut Named> {
        if self.is_in(Part::Writer) {
            self.writer.as_mut()
        } else if self.is_in(Part::Owner) {
            self.owner.as_mut()
        } else {
            None
        }
    }
}
