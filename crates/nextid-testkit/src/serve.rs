//! How a stand-in runs: on a thread and system of its own, so that it answers whatever the caller's runtime does.

use std::io;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::sync::mpsc;

use actix_web::dev::ServerHandle;
use actix_web::web::{Bytes, PayloadConfig, ServiceConfig};
use actix_web::{App, HttpRequest, HttpServer};

use crate::outcome::LoggedRequest;

/// The largest body that a stand-in reads.
const BODY_LIMIT: usize = 16 * 1024 * 1024;

/// A running server, stopped when dropped.
#[derive(Debug)]
pub(crate) struct Server {
    address: SocketAddr,
    handle: ServerHandle,
}

impl Server {
    /// Binds a free loopback port, lets `make` build the routes for that address, and answers when it returns.
    pub(crate) fn start<C>(name: &str, make: impl FnOnce(SocketAddr) -> C) -> io::Result<Self>
    where
        C: Fn(&mut ServiceConfig) + Clone + Send + 'static,
    {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let address = listener.local_addr()?;
        let handle = serve(name, listener, make(address))?;
        Ok(Self { address, handle })
    }

    /// Where it listens.
    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // The command is sent by the call; nobody has to wait for its end.
        drop(self.handle.stop(false));
    }
}

fn serve<C>(name: &str, listener: TcpListener, configure: C) -> io::Result<ServerHandle>
where
    C: Fn(&mut ServiceConfig) + Clone + Send + 'static,
{
    let (tell, told) = mpsc::channel();
    std::thread::Builder::new().name(name.to_owned()).spawn(move || {
        actix_web::rt::System::new().block_on(async move {
            let server = HttpServer::new(move || {
                App::new().app_data(PayloadConfig::new(BODY_LIMIT)).configure(configure.clone())
            })
            .workers(1)
            .disable_signals()
            .listen(listener);
            match server {
                Ok(server) => {
                    let server = server.run();
                    // The receiver is gone only when the caller is.
                    drop(tell.send(Ok(server.handle())));
                    drop(server.await);
                }
                Err(error) => drop(tell.send(Err(error))),
            }
        });
    })?;
    told.recv().unwrap_or_else(|_| Err(io::Error::other("the stand-in ended before it listened")))
}

/// A request as it is kept for the test.
pub(crate) fn logged(request: &HttpRequest, body: &Bytes) -> LoggedRequest {
    let headers = request.headers().iter();
    let headers =
        headers.filter_map(|(name, value)| Some((name.as_str().to_owned(), value.to_str().ok()?.to_owned())));
    LoggedRequest {
        method: request.method().to_string(),
        target: request.uri().to_string(),
        headers: headers.collect(),
        body: String::from_utf8_lossy(body).into_owned(),
    }
}
