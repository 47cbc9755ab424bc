//! A mirror that runs beside the routes of its service.

use tokio::sync::Mutex;
use tokio::task::JoinHandle;

use super::follower::Follower;
use super::origin::{Keeper, Origin};
use crate::shutdown::Shutdown;

/// The running task. Dropping it ends it at once, as killing the process would.
#[derive(Debug)]
pub struct MirrorTask {
    task: Mutex<Option<JoinHandle<()>>>,
    abort: tokio::task::AbortHandle,
}

impl MirrorTask {
    /// Follows on the current tokio runtime until stopping is asked for, or until the mirror has to stop: then what was
    /// copied goes on being served.
    ///
    /// # Panics
    /// Outside of a tokio runtime.
    pub fn spawn<I, O, K>(mut follower: Follower<O, K>, shutdown: Shutdown) -> Self
    where
        I: Send + 'static,
        O: Origin<Item = I> + 'static,
        K: Keeper<Item = I> + 'static,
    {
        let task = tokio::spawn(async move {
            if let Err(stop) = follower.run(&shutdown, false).await {
                log::error!("mirror.code" = stop.code(); "the mirror has stopped: {stop}");
            }
        });
        Self { abort: task.abort_handle(), task: Mutex::new(Some(task)) }
    }

    /// Waits for its end, once stopping was asked for.
    pub async fn wait(&self) {
        if let Some(task) = self.task.lock().await.take()
            && let Err(error) = task.await
        {
            log::error!("the mirror ended early: {error}");
        }
    }
}

impl Drop for MirrorTask {
    fn drop(&mut self) {
        self.abort.abort();
    }
}
