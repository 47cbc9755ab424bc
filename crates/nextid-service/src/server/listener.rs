//! Builds the two listeners.

use std::io::ErrorKind;
use std::net::SocketAddr;
use std::time::Duration;

use actix_web::dev::Server;
use actix_web::middleware::from_fn;
use actix_web::{App, HttpServer, web};

use super::{ServerError, Spec, admin, open_files, stalled};
use crate::config::{Config, ServerConfig};
use crate::health::readyz;
use crate::http::{BodyLimits, Edge, framework_extractors, get, not_found};

/// How long a connection that we close may take to take notice.
const CLOSING: Duration = Duration::from_secs(2);
/// The operator's address needs few.
const ADMIN_CONNECTIONS: usize = 64;

/// The listener of the API.
pub(super) fn api(spec: &Spec, config: &Config) -> Result<(Server, SocketAddr), ServerError> {
    let edge = Edge::new(spec.cors, spec.metrics.http().clone(), config.log.access);
    let limits = BodyLimits::from(config);
    let (routes, readiness) = (spec.routes.clone(), web::Data::new(spec.readiness.clone()));
    let server = HttpServer::new(move || {
        let edge = edge.clone();
        App::new()
            .app_data(limits)
            .app_data(web::PayloadConfig::new(limits.bytes))
            .app_data(readiness.clone())
            .configure(framework_extractors)
            .configure(|cfg| routes(cfg))
            .service(web::resource("/readyz").route(get(readyz)))
            .default_service(web::to(not_found))
            .wrap(from_fn(move |request, next| edge.clone().serve(request, next)))
    });
    let workers = workers(&config.server);
    let server = server
        .workers(workers)
        .max_connections(connections(&config.server).div_ceil(workers))
        .backlog(config.server.backlog)
        .keep_alive(Duration::from_secs(config.server.keep_alive_secs))
        .client_request_timeout(Duration::from_secs(config.server.request_timeout_secs))
        .client_disconnect_timeout(CLOSING)
        .shutdown_timeout(config.server.shutdown_grace_secs)
        // Who closes its half is gone: what it asked for and still waits, is given up.
        .h1_allow_half_closed(false)
        // An event is small, and must not wait for the client's word that the one before it came.
        .tcp_nodelay(true)
        .on_connect(stalled::limit(config.server.stall_timeout_secs))
        .disable_signals()
        .bind(config.server.listen)
        .map_err(|error| refused("server.listen", config.server.listen, error))?;
    let address = server.addrs().first().copied().unwrap_or(config.server.listen);
    Ok((server.run(), address))
}

/// The listener of the operator.
pub(super) fn admin(spec: &Spec, config: &Config) -> Result<(Server, SocketAddr), ServerError> {
    let edge = Edge::new(spec.cors, spec.metrics.http().clone(), false);
    let (routes, readiness) = (spec.admin_routes.clone(), web::Data::new(spec.readiness.clone()));
    let metrics = web::Data::new(spec.metrics.clone());
    let server = HttpServer::new(move || {
        let edge = edge.clone();
        App::new()
            .app_data(readiness.clone())
            .app_data(metrics.clone())
            .configure(framework_extractors)
            .configure(|cfg| routes(cfg))
            .service(web::resource("/readyz").route(get(readyz)))
            .service(web::resource("/metrics").route(get(admin::metrics)))
            .default_service(web::to(not_found))
            .wrap(from_fn(move |request, next| edge.clone().serve(request, next)))
    });
    let server = server
        .workers(1)
        .max_connections(ADMIN_CONNECTIONS)
        .client_request_timeout(Duration::from_secs(config.server.request_timeout_secs))
        .client_disconnect_timeout(CLOSING)
        .shutdown_timeout(0)
        .disable_signals()
        .bind(config.server.admin_listen)
        .map_err(|error| refused("server.admin_listen", config.server.admin_listen, error))?;
    let address = server.addrs().first().copied().unwrap_or(config.server.admin_listen);
    Ok((server.run(), address))
}

fn refused(key: &'static str, address: SocketAddr, source: std::io::Error) -> ServerError {
    if source.kind() == ErrorKind::AddrInUse {
        ServerError::AddressTaken { key, address }
    } else {
        ServerError::Listen { key, address, source }
    }
}

fn workers(config: &ServerConfig) -> usize {
    match usize::try_from(config.workers) {
        Ok(0) | Err(_) => std::thread::available_parallelism().map_or(1, usize::from).min(512),
        Ok(workers) => workers,
    }
}

fn connections(config: &ServerConfig) -> usize {
    let allowed = open_files::for_connections(config.max_connections);
    if allowed < config.max_connections {
        let wanted = config.max_connections;
        log::warn!(wanted, allowed; "fewer connections than server.max_connections: too few files may be open");
    }
    usize::try_from(allowed).unwrap_or(usize::MAX)
}
