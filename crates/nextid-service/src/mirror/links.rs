//! What differs between the links of the two services, as far as copying them goes.

use std::fmt::Display;

use nextid_core::link::{KvLink, ProofLink};
use nextid_core::verify::{Anchor, ChainError, Head, KvChainVerifier, ProofChainVerifier};
use nextid_core::{Avatar, LinkUuid};
use serde::Serialize;

use crate::db::{DbConnection, DbError};
use crate::import::Unkept;

/// The link object of a service's contract, with what verifies chains of it.
pub trait CopiedLink: Serialize {
    /// Verifies a chain, link for link.
    type Verifier;

    /// Whose chain.
    ///
    /// # Errors
    /// When it is not a key.
    fn avatar(&self) -> Result<Avatar, impl Display>;
    /// An Avatar as the service shows it.
    fn shown(avatar: &Avatar) -> String;
    /// The place.
    fn seq(&self) -> u64;
    /// The signed uuid.
    fn uuid(&self) -> &str;

    /// Begins at an anchor.
    fn verifier(avatar: Avatar, anchor: Anchor) -> Self::Verifier;
    /// Tells it of uuids that were used before the anchor.
    fn with_used(verifier: Self::Verifier, uuids: Vec<LinkUuid>) -> Self::Verifier;
    /// Verifies that this is the next link.
    ///
    /// # Errors
    /// [`ChainError`].
    fn follow(&self, verifier: &mut Self::Verifier) -> Result<(), ChainError>;
}

macro_rules! copied_link {
    ($link:ty, $verifier:ty, $parse:path, $shown:path) => {
        impl CopiedLink for $link {
            type Verifier = $verifier;

            fn avatar(&self) -> Result<Avatar, impl Display> {
                $parse(&self.avatar)
            }

            fn shown(avatar: &Avatar) -> String {
                $shown(avatar)
            }

            fn seq(&self) -> u64 {
                self.seq
            }

            fn uuid(&self) -> &str {
                &self.uuid
            }

            fn verifier(avatar: Avatar, anchor: Anchor) -> Self::Verifier {
                <$verifier>::new(avatar, anchor)
            }

            fn with_used(verifier: Self::Verifier, uuids: Vec<LinkUuid>) -> Self::Verifier {
                verifier.with_used(uuids)
            }

            fn follow(&self, verifier: &mut Self::Verifier) -> Result<(), ChainError> {
                verifier.push(self)
            }
        }
    };
}

copied_link!(ProofLink, ProofChainVerifier, Avatar::parse, Avatar::to_hex);
copied_link!(KvLink, KvChainVerifier, Avatar::parse_with_raw, Avatar::to_uncompressed_hex);

/// Where a service keeps the links that are copied.
pub trait CopiedLinks: 'static {
    /// A link as it is told.
    type Link: CopiedLink;
    /// A link as it is stored.
    type Row;
    /// A link that can be stored.
    type New;

    /// How the feed refers to links.
    const KIND: i16;

    /// Prepares a link for storing, at a second.
    ///
    /// # Errors
    /// [`Unkept`].
    fn prepare(link: &Self::Link, now: i64) -> Result<Self::New, Unkept>;
    /// The first column in which two links differ.
    fn difference(new: &Self::New, row: &Self::Row) -> Option<&'static str>;
    /// A stored link as it is told.
    fn told(row: &Self::Row) -> Self::Link;
    /// What the next link has to follow.
    fn head(row: &Self::Row) -> Head;
    /// The link at a place of a chain, or at its end.
    ///
    /// # Errors
    /// The database's.
    fn row(conn: &mut DbConnection, avatar: &Avatar, seq: Option<i64>) -> Result<Option<Self::Row>, DbError>;
    /// Tells a verifier what follows from the links before its anchor.
    ///
    /// # Errors
    /// The database's.
    fn informed(
        conn: &mut DbConnection,
        avatar: &Avatar,
        verifier: <Self::Link as CopiedLink>::Verifier,
    ) -> Result<<Self::Link as CopiedLink>::Verifier, DbError>;
    /// Stores links, and what follows from them. Their rows' ids.
    ///
    /// # Errors
    /// The database's.
    fn store(conn: &mut DbConnection, new: &[Self::New]) -> Result<Vec<i64>, DbError>;
}
