//! A client that takes nothing of its answer.
//!
//! The framework asks for more of an answer only when the client has taken what there is, so that nothing above the
//! connection notices that it never does. The system does: `TCP_USER_TIMEOUT` (RFC 5482) is how long sent data may stay
//! unacknowledged, or wait for a window that is closed, before the connection is given up. Other systems than Linux do not
//! have it.

use std::any::Any;

use actix_web::dev::Extensions;

/// What a listener does with each of its connections.
#[cfg(target_os = "linux")]
pub(super) fn limit(secs: u32) -> impl Fn(&dyn Any, &mut Extensions) + Send + Sync + 'static {
    let ms = secs.saturating_mul(1000);
    move |connection, _| {
        if let Some(stream) = connection.downcast_ref::<actix_web::rt::net::TcpStream>()
            && let Err(error) = rustix::net::sockopt::set_tcp_user_timeout(stream, ms)
        {
            log::debug!("a connection keeps the system's time-out: {error}");
        }
    }
}

/// As on Linux, without the limit.
#[cfg(not(target_os = "linux"))]
pub(super) fn limit(_: u32) -> impl Fn(&dyn Any, &mut Extensions) + Send + Sync + 'static {
    |_, _| {}
}
