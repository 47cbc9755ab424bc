//! The HTTP server of a service: its API on one address, `/metrics`, `/healthz` and `/readyz` for the operator on another.
//!
//! A service gives its routes; limits, errors, CORS, metrics and stopping are the same for both. It runs as a process of
//! its own, or inside another program (tests, `nextid up`), which then decides when to stop.

mod admin;
mod listener;
mod open_files;
mod stalled;
#[cfg(test)]
mod tests;

use std::fmt;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use actix_web::dev::ServerHandle;
use actix_web::web::ServiceConfig;
use tokio::task::JoinHandle;

use crate::config::{Config, Service};
use crate::health::Readiness;
use crate::http::Cors;
use crate::metrics::Metrics;
use crate::shutdown::Shutdown;

/// Registers routes; called once for each worker thread.
pub type Routes = Arc<dyn Fn(&mut ServiceConfig) + Send + Sync>;

/// What a service hands to its server.
#[derive(Clone)]
pub struct Spec {
    /// Which service it is.
    pub service: Service,
    /// How it answers browsers.
    pub cors: Cors,
    /// Its API. `/readyz`, and 404 for everything else, are added.
    pub routes: Routes,
    /// What the operator's address serves besides `/metrics` and `/readyz`: the service's `/healthz`.
    pub admin_routes: Routes,
    /// When it is ready.
    pub readiness: Readiness,
    /// What it measures.
    pub metrics: Metrics,
}

impl fmt::Debug for Spec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Spec")
            .field("service", &self.service)
            .field("cors", &self.cors)
            .finish_non_exhaustive()
    }
}

/// Why a server cannot run.
#[derive(Debug, thiserror::Error)]
pub enum ServerError {
    /// Another program listens there.
    #[error("{key}: {address} is taken by another program")]
    AddressTaken {
        /// The key to change.
        key: &'static str,
        /// The address.
        address: SocketAddr,
    },
    /// The address cannot be listened at.
    #[error("{key}: cannot listen at {address}: {source}")]
    Listen {
        /// The key to change.
        key: &'static str,
        /// The address.
        address: SocketAddr,
        /// Why.
        source: std::io::Error,
    },
    /// It ended though nobody asked it to.
    #[error("the server ended by itself: {0}")]
    Ended(String),
}

/// A server that answers.
#[derive(Debug)]
pub struct Running {
    service: Service,
    address: SocketAddr,
    admin_address: SocketAddr,
    main: Part,
    admin: Part,
    shutdown: Shutdown,
    grace: Duration,
}

/// One of the two listeners.
#[derive(Debug)]
struct Part {
    handle: ServerHandle,
    task: JoinHandle<std::io::Result<()>>,
}

/// Starts to listen and to answer. Needs a tokio runtime, and no signal handlers are installed: `shutdown` decides.
///
/// # Errors
/// When an address cannot be listened at; the error names the key.
pub fn start(spec: Spec, config: &Config, shutdown: &Shutdown) -> Result<Running, ServerError> {
    let service = spec.service;
    let spec = Spec { readiness: spec.readiness.until(shutdown), ..spec };
    let (main, address) = listener::api(&spec, config)?;
    let (admin, admin_address) = listener::admin(&spec, config)?;
    let running = Running {
        service,
        address,
        admin_address,
        main: Part { handle: main.handle(), task: tokio::spawn(main) },
        admin: Part { handle: admin.handle(), task: tokio::spawn(admin) },
        shutdown: shutdown.clone(),
        grace: Duration::from_secs(config.server.shutdown_grace_secs),
    };
    let (address, admin_address) = (address.to_string(), admin_address.to_string());
    log::info!(service = service.name(), address = address.as_str(), admin = admin_address.as_str(); "listening");
    Ok(running)
}

impl Running {
    /// Where the API listens: the port is real where 0 was asked for.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Where the operator's routes listen.
    pub fn admin_address(&self) -> SocketAddr {
        self.admin_address
    }

    /// Waits until stopping is asked for, then until accepted requests are answered, at most for the grace. Metrics and
    /// readiness can be read until then.
    ///
    /// # Errors
    /// When the server ends without being asked.
    pub async fn wait(mut self) -> Result<(), ServerError> {
        tokio::select! {
            () = self.shutdown.requested() => {}
            ended = &mut self.main.task => return Err(why(ended)),
            ended = &mut self.admin.task => return Err(why(ended)),
        }
        let began = Instant::now();
        tokio::select! {
            () = self.main.handle.stop(true) => {}
            () = self.shutdown.forced() => {}
            // The framework looks at its connections once a second: it may be late by that.
            () = tokio::time::sleep(self.grace + Duration::from_secs(2)) => {}
        }
        // A server that is dropped closes what is left.
        self.main.task.abort();
        let _ = (&mut self.main.task).await;
        self.admin.handle.stop(false).await;
        let ms = began.elapsed().as_millis();
        log::info!(service = self.service.name(), ms; "stopped");
        Ok(())
    }
}

fn why(ended: Result<std::io::Result<()>, tokio::task::JoinError>) -> ServerError {
    ServerError::Ended(match ended {
        Ok(Ok(())) => "without an error".to_owned(),
        Ok(Err(error)) => error.to_string(),
        Err(error) => error.to_string(),
    })
}
