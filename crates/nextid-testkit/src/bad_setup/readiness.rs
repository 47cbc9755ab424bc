//! What a running service says of itself.

use super::environment;
use crate::TestDatabase;
use crate::postgres_server::PostgresServer;
use crate::program::{Program, get};

/// `/readyz` says why it is not ready, so does `healthcheck`, and both take it back.
pub fn a_database_that_goes_away(program: &Program) {
    if TestDatabase::postgres_unless_left_out().is_none() {
        return;
    }
    let server = PostgresServer::start();
    let database = server.database();
    let environment = environment(database.url(), &[]);
    let mut running = program.start(&[], &environment);
    let (api, admin) = running.addresses();
    let listen = api.to_string();
    let health = || {
        let environment = [("NEXTID__SERVER__LISTEN", listen.as_str()), ("DATABASE_URL", database.url())];
        program.run(&["healthcheck"], &environment)
    };
    assert_eq!((get(api, "/readyz").0, get(admin, "/readyz").0, health().code), (200, 200, Some(0)));

    server.stop();
    for address in [api, admin] {
        let (status, body) = get(address, "/readyz");
        assert!(status == 503 && body.contains("the database cannot be reached"), "{status} {body}");
    }
    // Alive all the same: a restart would not help.
    assert_eq!(get(api, "/healthz").0, 200);
    let ended = health();
    assert_eq!(ended.code, Some(1), "{ended:?}");
    assert!(ended.reason().contains("503") && ended.reason().contains("cannot be reached"), "{ended:?}");

    server.start_again();
    let back = (0..600).any(|_| {
        let is_ready = get(api, "/readyz").0 == 200;
        if !is_ready {
            std::thread::sleep(std::time::Duration::from_millis(50));
        }
        is_ready
    });
    assert!(back, "it does not find its database again");
    running.terminate();
    let ended = running.wait();
    assert_eq!(ended.code, Some(0), "{ended:?}");
}
