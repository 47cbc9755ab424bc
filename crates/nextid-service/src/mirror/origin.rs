//! What a mirror asks of its origin, and what it does with the answers.

use async_trait::async_trait;
use nextid_core::Avatar;
use thiserror::Error;

use super::Stop;
use crate::db::Db;

/// Where the origin's feed is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Position {
    /// Which life of the origin's database this is.
    pub epoch: String,
    /// The last id of its feed.
    pub latest: i64,
}

/// What the origin tells.
#[derive(Debug, Clone, PartialEq)]
pub enum Told<I> {
    /// An item of the feed, with its id.
    Item(i64, I),
    /// A sign of life: nothing lies between what was told and this id.
    Alive(i64),
}

/// Why the origin cannot be followed now.
#[derive(Debug, Error)]
pub enum OriginError {
    /// It cannot be reached, or has trouble of its own: it is asked again after a while.
    #[error("{0}")]
    Away(String),
    /// It has another epoch, or a feed that ends earlier, than it was asked for.
    #[error("its feed is another one, or has become shorter")]
    Stale,
    /// Asking again does not help.
    #[error(transparent)]
    Stop(#[from] Stop),
}

/// The service that is mirrored.
#[async_trait]
pub trait Origin: Send {
    /// What it tells.
    type Item: Send + 'static;

    /// Its URL, without user and password.
    fn url(&self) -> &str;

    /// Where its feed is, once it is known to be the right service.
    ///
    /// # Errors
    /// [`OriginError`].
    async fn position(&mut self) -> Result<Position, OriginError>;

    /// Begins to follow after this id, in this life of its database. Forgets what was followed before.
    ///
    /// # Errors
    /// [`OriginError`].
    async fn follow(&mut self, after: i64, epoch: &str) -> Result<(), OriginError>;

    /// Waits for what it tells next. Giving up the wait loses nothing.
    ///
    /// # Errors
    /// [`OriginError`]; then it has to be followed anew.
    async fn next(&mut self) -> Result<Told<Self::Item>, OriginError>;

    /// The link that it shows at this place of a chain now; none if there is none.
    ///
    /// # Errors
    /// [`OriginError`].
    async fn link_at(&mut self, avatar: &Avatar, seq: u64) -> Result<Option<Self::Item>, OriginError>;
}

/// What became of items.
#[derive(Debug)]
pub enum Kept {
    /// They are stored.
    All,
    /// The cursor was elsewhere: another process copies as well.
    Overtaken,
    /// One cannot follow the link that was copied: perhaps the origin shows another one at that place.
    Suspect {
        /// Whose chain.
        avatar: Avatar,
        /// The place of the link that was copied.
        seq: u64,
        /// Where the item stands that does not follow.
        feed_id: i64,
        /// Why the mirror stops if nothing more is found.
        stop: Stop,
    },
}

/// The copy.
#[async_trait]
pub trait Keeper: Send + Sync {
    /// What is kept.
    type Item: Send + 'static;

    /// Its database.
    fn db(&self) -> &Db;

    /// Compares an item with what was copied under its id.
    ///
    /// # Errors
    /// [`Stop::Fork`], [`Stop::Rewritten`].
    async fn check(&self, feed_id: i64, item: &Self::Item) -> Result<(), Stop>;

    /// Verifies items and stores them, with the ids that they have, and moves the cursor from where the caller believes it
    /// to be to `to`, all in one transaction. Where an item does not hold, those before it are stored.
    ///
    /// # Errors
    /// [`Stop`].
    async fn keep(&self, from: i64, to: i64, items: Vec<(i64, Self::Item)>) -> Result<Kept, Stop>;
}
