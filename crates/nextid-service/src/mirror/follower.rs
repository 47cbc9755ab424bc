//! The loop of a mirror: follow, gather, keep, and begin again where it was interrupted.

use std::time::Duration;

use tokio::time::Instant;

use super::origin::{Keeper, Kept, Origin, OriginError, Position, Told};
use super::status::Status;
use super::{Mark, Stop, mark};
use crate::db::{DbError, MaybeDbError as _};
use crate::shutdown::Shutdown;

/// The most items of one transaction.
const BATCH: usize = 200;
/// How long is waited for one more item before those that are there are stored.
const GATHER: Duration = Duration::from_millis(5);
/// The first pause after a failure, and the longest.
const PAUSES: (Duration, Duration) = (Duration::from_millis(200), Duration::from_secs(30));
/// How often it is written down that nothing more was to be copied.
const NOTE: Duration = Duration::from_secs(10);

/// Follows an origin.
#[derive(Debug)]
pub struct Follower<O, K> {
    origin: O,
    keeper: K,
    status: Status,
    noted: Option<Instant>,
}

/// How following ended without a reason to stop.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    /// Everything that was there at the beginning is copied.
    CaughtUp,
    /// Stopping was asked for.
    Asked,
}

/// How a connection to the origin ended.
enum Interrupted {
    Ended(Ended),
    /// To be begun again after a pause.
    Again(String),
}

impl<I, O, K> Follower<O, K>
where
    I: Send + 'static,
    O: Origin<Item = I>,
    K: Keeper<Item = I>,
{
    /// Follows `origin` into `keeper`.
    pub fn new(origin: O, keeper: K, status: Status) -> Self {
        Self { origin, keeper, status, noted: None }
    }

    /// Where the origin's feed is now.
    ///
    /// # Errors
    /// [`OriginError`].
    pub async fn position(&mut self) -> Result<Position, OriginError> {
        self.origin.position().await
    }

    /// Makes the database this origin's mirror, if it is not.
    ///
    /// # Errors
    /// [`OriginError`].
    pub async fn claim(&mut self) -> Result<(Mark, Position), OriginError> {
        let position = self.origin.position().await?;
        let (url, epoch) = (self.origin.url().to_owned(), position.epoch.clone());
        let claimed =
            self.keeper.db().attempt(move |conn| mark::claim(conn, &url, &epoch).map_err(Stop::from));
        let mark = claimed.await.map_err(sorted)?;
        if position.latest < mark.cursor {
            return Err(Stop::WentBack { latest: position.latest, cursor: mark.cursor }.into());
        }
        self.status.seen(mark.cursor, position.latest);
        Ok((mark, position))
    }

    /// Follows until stopping is asked for, or with `once` until everything is copied that is there now. An origin or a
    /// database that is away is waited for.
    ///
    /// # Errors
    /// [`Stop`].
    pub async fn run(&mut self, shutdown: &Shutdown, once: bool) -> Result<Ended, Stop> {
        let (mut pause, longest) = PAUSES;
        loop {
            let before = self.status.lag().cursor;
            let interrupted = tokio::select! {
                interrupted = self.connection(once) => interrupted,
                () = shutdown.requested() => Ok(Interrupted::Ended(Ended::Asked)),
            };
            let why = match interrupted {
                Ok(Interrupted::Ended(ended)) => return Ok(ended),
                Ok(Interrupted::Again(why)) => why,
                Err(stop) => {
                    self.status.stop(stop.to_string());
                    return Err(stop);
                }
            };
            if self.status.lag().cursor > before {
                pause = PAUSES.0;
            }
            if self.status.away(why.clone()) {
                log::warn!(
                    "mirror.origin" = self.origin.url(), "mirror.why" = why.as_str();
                    "the mirror waits for its origin"
                );
            }
            tokio::select! {
                () = tokio::time::sleep(pause) => pause = (pause * 2).min(longest),
                () = shutdown.requested() => return Ok(Ended::Asked),
            }
        }
    }

    async fn connection(&mut self, once: bool) -> Result<Interrupted, Stop> {
        match self.follow(once).await {
            Ok(ended) => Ok(Interrupted::Ended(ended)),
            // The next time, claiming says which of the two it is.
            Err(error @ (OriginError::Away(_) | OriginError::Stale)) => {
                Ok(Interrupted::Again(error.to_string()))
            }
            Err(OriginError::Stop(stop)) => match stop.as_db() {
                Some(error) if error.is_temporary() => Ok(Interrupted::Again(error.to_string())),
                _ => Err(stop),
            },
        }
    }

    async fn follow(&mut self, once: bool) -> Result<Ended, OriginError> {
        let (mark, position) = self.claim().await?;
        let (mut cursor, mut latest) = (mark.cursor, position.latest);
        let goal = position.latest;
        let mut is_compared = cursor == 0;
        log::info!(
            "mirror.origin" = self.origin.url(), "mirror.cursor" = cursor, "mirror.latest" = latest;
            "the mirror follows its origin"
        );
        // The last item comes once more, to be compared: a feed that was rewritten has another one there.
        self.origin.follow((cursor - 1).max(0), &mark.epoch).await?;
        loop {
            if cursor >= latest {
                self.note_caught_up().await?;
            }
            if once && is_compared && cursor >= goal {
                return Ok(Ended::CaughtUp);
            }
            let (items, seen) = self.gather(cursor).await?;
            is_compared = true;
            if seen > cursor {
                self.keep(cursor, seen, items).await?;
                cursor = seen;
            }
            latest = latest.max(cursor);
            self.status.seen(cursor, latest);
        }
    }

    async fn keep(&mut self, from: i64, to: i64, items: Vec<(i64, I)>) -> Result<(), OriginError> {
        match self.keeper.keep(from, to, items).await? {
            Kept::All => Ok(()),
            Kept::Overtaken => Err(OriginError::Away("another process copies as well".to_owned())),
            Kept::Suspect { avatar, seq, feed_id, stop } => {
                // If the origin shows another link at that place, checking it says so, and keeps both.
                if let Some(link) = self.origin.link_at(&avatar, seq).await? {
                    self.keeper.check(feed_id, &link).await?;
                }
                Err(stop.into())
            }
        }
    }

    /// Waits for an item, and takes what is there with it. Returns up to which id everything was told.
    async fn gather(&mut self, after: i64) -> Result<(Vec<(i64, I)>, i64), OriginError> {
        let (mut items, mut seen) = (Vec::new(), after);
        let mut told = self.origin.next().await?;
        loop {
            match told {
                Told::Item(id, item) if id > seen => {
                    seen = id;
                    items.push((id, item));
                }
                // What was told before, once more.
                Told::Item(id, item) => self.keeper.check(id, &item).await?,
                Told::Alive(id) => seen = seen.max(id),
            }
            if items.len() >= BATCH {
                break;
            }
            match tokio::time::timeout(GATHER, self.origin.next()).await {
                Ok(Ok(next)) => told = next,
                // What was told is kept before anything is said of how it ended.
                Ok(Err(_)) if seen > after => break,
                Ok(Err(error)) => return Err(error),
                Err(_) => break,
            }
        }
        Ok((items, seen))
    }

    async fn note_caught_up(&mut self) -> Result<(), OriginError> {
        if self.noted.is_some_and(|at| at.elapsed() < NOTE) {
            return Ok(());
        }
        let now = crate::boot::now().seconds();
        self.keeper
            .db()
            .write(move |conn| mark::caught_up(conn, now))
            .await
            .map_err(|error| sorted(error.into()))?;
        self.noted = Some(Instant::now());
        Ok(())
    }
}

/// A database that is away is waited for, as an origin is.
fn sorted(stop: Stop) -> OriginError {
    match stop.as_db() {
        Some(error) if error.is_temporary() => OriginError::Away(error.to_string()),
        _ => stop.into(),
    }
}

impl From<DbError> for OriginError {
    fn from(error: DbError) -> Self {
        sorted(error.into())
    }
}
