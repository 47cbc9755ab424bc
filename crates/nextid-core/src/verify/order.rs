//! What proof chains and KV chains have in common: places, pointers, uuids and time.

use std::collections::HashSet;

use super::defect::Defect;
use crate::avatar::Avatar;
use crate::created_at::CreatedAt;
use crate::link_uuid::LinkUuid;

/// The last link of a chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    /// Its place.
    pub seq: u64,
    /// Its signature in base64, which the next link's `prev` must be.
    pub signature: String,
    /// Its second.
    pub created_at: CreatedAt,
}

/// Where the links that are checked begin.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Anchor {
    /// At the chain's first link.
    Genesis,
    /// After a link that is already trusted. What was bound before it is not known, so that a revocation of something
    /// unseen is taken.
    After(Head),
}

/// Checks that links follow each other.
#[derive(Debug)]
pub(super) struct Order {
    avatar: Avatar,
    /// The Avatar as the services spell it: links say so again and again, and reading a key costs a square root.
    spellings: [String; 2],
    head: Option<Head>,
    uuids: HashSet<LinkUuid>,
    pub(super) position: u64,
}

/// The fields of a link that say where it belongs.
pub(super) struct Place<'a> {
    pub(super) avatar: &'a str,
    pub(super) seq: u64,
    pub(super) prev: Option<&'a str>,
    pub(super) uuid: LinkUuid,
    pub(super) created_at: CreatedAt,
}

impl Order {
    pub(super) fn new(avatar: Avatar, anchor: Anchor) -> Self {
        let head = match anchor {
            Anchor::Genesis => None,
            Anchor::After(head) => Some(head),
        };
        let spellings = [avatar.to_hex(), avatar.to_uncompressed_hex()];
        Self { avatar, spellings, head, uuids: HashSet::new(), position: 0 }
    }

    pub(super) fn add_used(&mut self, uuids: impl IntoIterator<Item = LinkUuid>) {
        self.uuids.extend(uuids);
    }

    pub(super) fn avatar(&self) -> &Avatar {
        &self.avatar
    }

    /// Whether a text is this Avatar, in any spelling.
    pub(super) fn is_avatar(&self, text: &str) -> bool {
        self.spellings.iter().any(|spelling| spelling == text)
            || Avatar::parse(text).is_ok_and(|avatar| avatar == self.avatar)
    }

    pub(super) fn into_head(self) -> Option<Head> {
        self.head
    }

    pub(super) fn check(&self, place: &Place<'_>) -> Result<(), Defect> {
        if !self.is_avatar(place.avatar) {
            let found = Avatar::parse(place.avatar)
                .map_err(|error| Defect::BadField { field: "avatar", why: error.to_string() })?;
            return Err(Defect::OtherAvatar { found: found.to_hex() });
        }
        let expected = match &self.head {
            None => 0,
            Some(head) => head.seq.checked_add(1).ok_or_else(|| Defect::BadField {
                field: "seq",
                why: "no place follows that of the link before".to_owned(),
            })?,
        };
        if place.seq != expected {
            return Err(Defect::WrongSeq { expected });
        }
        let head_signature = self.head.as_ref().map(|head| head.signature.as_str());
        if place.prev != head_signature {
            return Err(Defect::WrongPrev {
                expected: head_signature.map(str::to_owned),
                found: place.prev.map(str::to_owned),
            });
        }
        if self.uuids.contains(&place.uuid) {
            return Err(Defect::UuidReused);
        }
        match &self.head {
            Some(head) if place.created_at < head.created_at => {
                Err(Defect::TimeGoesBack { before: head.created_at.seconds() })
            }
            _ => Ok(()),
        }
    }

    /// Takes a link that passed every check as the new head.
    pub(super) fn advance(&mut self, place: &Place<'_>, signature: &str) {
        self.uuids.insert(place.uuid);
        self.head =
            Some(Head { seq: place.seq, signature: signature.to_owned(), created_at: place.created_at });
        self.position += 1;
    }
}

pub(super) fn bad_field<E: std::fmt::Display>(field: &'static str) -> impl FnOnce(E) -> Defect {
    move |error| Defect::BadField { field, why: error.to_string() }
}
