//! The worker: claims endpoints that something waits for, has it sent, and writes how that went.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{Mutex, Notify};
use tokio::task::JoinHandle;
use tokio::time::Instant;

use super::deliverer::Deliverer;
use super::hands::Hands;
use crate::db::DbError;
use crate::feed::FeedWatch;
use crate::shutdown::Shutdown;

/// However fast the feed grows, it is looked for what waits this often at most: a look is a few queries.
const SPACING: Duration = Duration::from_millis(20);

/// The running worker. Dropping it ends it at once, as killing the process would.
#[derive(Debug)]
pub struct WebhookWorker {
    stop: Arc<Notify>,
    task: Mutex<Option<JoinHandle<()>>>,
    abort: tokio::task::AbortHandle,
}

impl WebhookWorker {
    pub(super) fn spawn(of: Arc<Deliverer>, news: FeedWatch, shutdown: Shutdown, grace: Duration) -> Self {
        let stop = Arc::new(Notify::new());
        let task = tokio::spawn(serve(of, news, shutdown, Arc::clone(&stop), grace));
        Self { stop, abort: task.abort_handle(), task: Mutex::new(Some(task)) }
    }

    /// Ends it when the messages that are under way have ended, within the grace, and what became of them is written.
    pub async fn stop(&self) {
        self.stop.notify_one();
        if let Some(task) = self.task.lock().await.take()
            && let Err(error) = task.await
        {
            log::error!("the worker that delivers webhooks ended early: {error}");
        }
    }
}

impl Drop for WebhookWorker {
    fn drop(&mut self) {
        self.abort.abort();
    }
}

async fn serve(
    of: Arc<Deliverer>,
    mut news: FeedWatch,
    shutdown: Shutdown,
    stop: Arc<Notify>,
    grace: Duration,
) {
    let mut hands = Hands::new(Arc::clone(&of));
    let mut healthy = true;
    let mut shown: Option<Instant> = None;
    let mut is_used = false;
    loop {
        let (seen, looked) = (news.latest(), Instant::now());
        let mut outcome = step(&mut hands).await;
        if outcome.is_ok() && shown.is_none_or(|at| at.elapsed() >= of.rules.poll) {
            match of.store.overview().await {
                Ok(overview) => {
                    is_used = overview.enabled > 0;
                    of.metrics.show(&overview);
                }
                Err(error) => outcome = Err(error),
            }
            shown = Some(Instant::now());
        }
        match &outcome {
            Err(error) if healthy => log::warn!("webhooks are not delivered: {error}"),
            Ok(_) if !healthy => log::info!("webhooks are delivered again"),
            _ => {}
        }
        healthy = outcome.is_ok();
        let again = Instant::now() + wait(&of, outcome.ok().flatten());
        let again = hands.renewal().map_or(again, |renewal| renewal.min(again));
        tokio::select! {
            () = shutdown.requested() => break,
            () = stop.notified() => break,
            () = of.wake.notified() => {
                hands_on(&mut hands).await;
                shown = None;
            }
            () = growth(&mut news, seen, looked + SPACING), if healthy && is_used => {}
            () = hands.await_ended() => {}
            () = tokio::time::sleep_until(again) => {}
        }
    }
    drain(hands, &shutdown, grace).await;
}

/// One round: writes, renews, claims.
async fn step(hands: &mut Hands) -> Result<Option<i64>, DbError> {
    hands.write_ended().await?;
    if hands.renewal().is_some_and(|renewal| renewal <= Instant::now()) {
        hands.renew().await?;
    }
    hands.claim().await
}

/// An endpoint was changed: whoever holds it is to know at once.
async fn hands_on(hands: &mut Hands) {
    if let Err(error) = hands.renew().await {
        log::debug!("claims are renewed later: {error}");
    }
}

/// How long there is nothing to do, as far as is known.
fn wait(of: &Deliverer, next_at: Option<i64>) -> Duration {
    let left = next_at.map(|at| u64::try_from(at - of.now()).unwrap_or(0));
    left.map_or(of.rules.poll, |left| Duration::from_millis(left.max(1)).min(of.rules.poll))
}

/// Waits until the feed grows, and until `earliest`; for ever if it does not grow any more.
async fn growth(news: &mut FeedWatch, seen: i64, earliest: Instant) {
    if news.beyond(seen).await.is_none() {
        std::future::pending::<()>().await;
    }
    tokio::time::sleep_until(earliest).await;
}

/// Lets what is under way end, within the grace, and writes it.
async fn drain(mut hands: Hands, shutdown: &Shutdown, grace: Duration) {
    hands.stop(false);
    let end = Instant::now() + grace;
    while !hands.are_empty() {
        let renewal = hands.renewal().unwrap_or(end);
        tokio::select! {
            () = hands.await_ended() => {}
            () = shutdown.forced() => break,
            () = tokio::time::sleep_until(end) => break,
            () = tokio::time::sleep_until(renewal) => {}
        }
        let written = match renewal <= Instant::now() {
            true => hands.renew().await,
            false => hands.write_ended().await,
        };
        if let Err(error) = written {
            log::warn!("what became of webhooks could not be written, some are sent again: {error}");
            break;
        }
    }
    hands.stop(true);
    while !hands.are_empty() {
        hands.await_ended().await;
        if let Err(error) = hands.write_ended().await {
            log::warn!("claims of webhooks could not be given back, they end by themselves: {error}");
            return;
        }
    }
}
