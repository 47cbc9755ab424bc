//! Stopping: asked for once, by a signal or by the program, and seen by everything that has to end.

use std::sync::Arc;

use tokio::sync::watch;

/// Whether the process is to stop. Clones share one state.
#[derive(Debug, Clone)]
pub struct Shutdown(Arc<watch::Sender<Phase>>);

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Phase {
    Running,
    /// Accepted work is finished, nothing new is begun.
    Draining,
    /// Whatever is unfinished is given up.
    Forced,
}

impl Default for Shutdown {
    fn default() -> Self {
        Self::new()
    }
}

impl Shutdown {
    /// Nothing has been asked for yet.
    pub fn new() -> Self {
        Self(Arc::new(watch::Sender::new(Phase::Running)))
    }

    /// Asks to stop: accepted requests are finished within the grace.
    pub fn request(&self) {
        self.raise(Phase::Draining);
    }

    /// Asks to stop at once.
    pub fn force(&self) {
        self.raise(Phase::Forced);
    }

    fn raise(&self, phase: Phase) {
        self.0.send_if_modified(|current| {
            let higher = *current < phase;
            *current = (*current).max(phase);
            higher
        });
    }

    /// Whether stopping has been asked for.
    pub fn is_requested(&self) -> bool {
        *self.0.borrow() >= Phase::Draining
    }

    /// Waits until stopping is asked for. Long answers and workers end then.
    pub async fn requested(&self) {
        self.reached(Phase::Draining).await;
    }

    /// Waits until stopping at once is asked for.
    pub async fn forced(&self) {
        self.reached(Phase::Forced).await;
    }

    async fn reached(&self, phase: Phase) {
        let mut receiver = self.0.subscribe();
        // It cannot fail: `self` holds the sender.
        let _ = receiver.wait_for(|current| *current >= phase).await;
    }

    /// SIGTERM and SIGINT ask to stop, the second of them to stop at once. For a process that is the service; where the
    /// service runs inside another program, that program decides.
    ///
    /// # Errors
    /// When the handlers cannot be installed.
    pub fn on_signals(&self) -> std::io::Result<()> {
        use tokio::signal::unix::{SignalKind, signal};
        let mut terminate = signal(SignalKind::terminate())?;
        let mut interrupt = signal(SignalKind::interrupt())?;
        let shutdown = self.clone();
        tokio::spawn(async move {
            loop {
                let name = tokio::select! {
                    _ = terminate.recv() => "SIGTERM",
                    _ = interrupt.recv() => "SIGINT",
                };
                if shutdown.is_requested() {
                    log::warn!(signal = name; "stopping at once");
                    shutdown.force();
                    return;
                }
                log::info!(signal = name; "stopping when accepted requests are answered");
                shutdown.request();
            }
        });
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt as _;

    use super::*;

    #[tokio::test]
    async fn everyone_sees_the_request_and_it_never_goes_back() {
        let shutdown = Shutdown::new();
        let other = shutdown.clone();
        assert!(other.requested().now_or_never().is_none());
        shutdown.request();
        other.requested().await;
        assert!(other.is_requested());
        assert!(other.forced().now_or_never().is_none());
        shutdown.force();
        shutdown.request();
        other.forced().await;
    }
}
