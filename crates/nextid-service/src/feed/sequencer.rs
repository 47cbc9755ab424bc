//! The task that numbers the feed.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use tokio::sync::{Notify, watch};
use tokio::task::JoinHandle;

use super::{FeedWatch, lease, mover, reader};
use crate::db::{Db, DbConnection, DbError};

/// How a [`Sequencer`] works.
#[derive(Clone, Debug)]
pub struct SequencerSettings {
    /// How often it looks for what other replicas have appended or numbered.
    pub poll: Duration,
    /// How far apart rounds begin while there is always something to number: each costs as much as some appends, however
    /// little it moves.
    pub pace: Duration,
    /// How long after its last move a holder that was killed still blocks the others.
    pub lease: Duration,
    /// The most rows that one transaction moves.
    pub batch: i64,
}

impl Default for SequencerSettings {
    fn default() -> Self {
        Self {
            poll: Duration::from_millis(250),
            pace: Duration::from_millis(15),
            lease: Duration::from_secs(2),
            batch: 2000,
        }
    }
}

/// Numbers the feed of one database, in turn with those of other replicas. See [the module](super) for how.
///
/// Dropping it ends its task without giving the lease back; [`Sequencer::stop`] gives it back.
#[derive(Debug)]
pub struct Sequencer {
    shared: Arc<Shared>,
    latest: watch::Receiver<i64>,
    task: tokio::sync::Mutex<Option<JoinHandle<()>>>,
    abort: tokio::task::AbortHandle,
}

#[derive(Debug)]
struct Shared {
    db: Db,
    settings: SequencerSettings,
    holder: String,
    news: Notify,
    stopping: AtomicBool,
    healthy: AtomicBool,
}

impl Sequencer {
    /// Starts the task on the current tokio runtime.
    ///
    /// # Panics
    /// Outside of a tokio runtime.
    pub fn spawn(db: Db, settings: SequencerSettings) -> Self {
        let shared = Arc::new(Shared {
            db,
            settings,
            holder: uuid::Uuid::new_v4().simple().to_string(),
            news: Notify::new(),
            stopping: AtomicBool::new(false),
            healthy: AtomicBool::new(true),
        });
        let (sender, latest) = watch::channel(0);
        let task = tokio::spawn(serve(Arc::clone(&shared), sender));
        let abort = task.abort_handle();
        Self { shared, latest, task: tokio::sync::Mutex::new(Some(task)), abort }
    }

    /// Says that something was committed. Cheap; to be called after every append.
    pub fn wake(&self) {
        self.shared.news.notify_one();
    }

    /// Tells when the feed has grown, by whichever replica.
    pub fn watch(&self) -> FeedWatch {
        FeedWatch::new(self.latest.clone())
    }

    /// Whether its last look at the database went well. If not, appends go on and the feed stands still.
    pub fn is_healthy(&self) -> bool {
        self.shared.healthy.load(Ordering::Relaxed)
    }

    /// Numbers what waits, gives the lease back and ends the task.
    pub async fn stop(&self) {
        self.shared.stopping.store(true, Ordering::Release);
        self.shared.news.notify_one();
        if let Some(task) = self.task.lock().await.take()
            && let Err(error) = task.await
        {
            log::error!("the sequencer ended early: {error}");
        }
    }
}

impl Drop for Sequencer {
    fn drop(&mut self) {
        self.abort.abort();
    }
}

async fn serve(shared: Arc<Shared>, latest: watch::Sender<i64>) {
    // What waits from the time before this process, too.
    let mut look_first = true;
    loop {
        // Read before the work: what is committed before `stop` is numbered by the round that follows.
        let stopping = shared.stopping.load(Ordering::Acquire);
        let began = Instant::now();
        let outcome = round(&shared, look_first).await;
        note(&shared, &outcome);
        if let Ok(round) = outcome {
            latest.send_if_modified(|known| std::mem::replace(known, round.latest) != round.latest);
            if round.is_full {
                continue;
            }
        }
        if stopping {
            break;
        }
        let woken = tokio::time::timeout(shared.settings.poll, shared.news.notified()).await.is_ok();
        look_first = !woken;
        if woken {
            tokio::time::sleep(shared.settings.pace.saturating_sub(began.elapsed())).await;
        }
    }
    let holder = shared.holder.clone();
    if let Err(error) = shared.db.write(move |conn| lease::release(conn, &holder)).await {
        log::warn!("the feed's lease could not be given back, it ends by itself: {error}");
    }
}

/// How a round ended.
#[derive(Clone, Copy, Debug)]
struct Round {
    /// The feed's highest id.
    latest: i64,
    /// As many rows as fit were moved, so there may be more.
    is_full: bool,
}

/// Moves what waits, unless another replica has the lease.
///
/// A round that was not woken looks first, which is a read, where taking the lease would be a durable commit four
/// times a second for nothing.
async fn round(shared: &Shared, look_first: bool) -> Result<Round, DbError> {
    if look_first {
        let look = |conn: &mut DbConnection| Ok((mover::has_waiting(conn)?, reader::latest_id(conn)?));
        let (has_waiting, latest) = shared.db.primary(look).await?;
        if !has_waiting {
            return Ok(Round { latest, is_full: false });
        }
    }
    let (holder, ttl, batch) = (shared.holder.clone(), shared.settings.lease, shared.settings.batch.max(1));
    shared
        .db
        .write(move |conn| {
            if !lease::take(conn, &holder, ttl)? {
                return Ok(Round { latest: reader::latest_id(conn)?, is_full: false });
            }
            let moved = mover::move_waiting(conn, batch)?;
            let is_full = i64::try_from(moved.taken).is_ok_and(|taken| taken >= batch);
            Ok(Round { latest: moved.latest, is_full })
        })
        .await
}

/// Logs when the feed comes to stand and when it goes on, not every attempt between.
fn note(shared: &Shared, outcome: &Result<Round, DbError>) {
    let was_healthy = shared.healthy.swap(outcome.is_ok(), Ordering::Relaxed);
    match outcome {
        Err(error) if was_healthy => log::warn!("the feed stands still: {error}"),
        Ok(_) if !was_healthy => log::info!("the feed goes on"),
        _ => {}
    }
}
