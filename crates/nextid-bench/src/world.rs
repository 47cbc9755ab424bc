//! Databases of one size, with both services on them.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use crate::cpu::Parties;
use crate::failure::Result;
use crate::load::Database;
use crate::people::{Person, people};
use crate::service::{Postgres, Programs, Service, Which};
use crate::writers::{Append, Writers};

/// Where databases are made.
#[derive(Debug, Clone)]
pub struct Place {
    /// The server; none for SQLite.
    pub postgres: Option<Postgres>,
    /// A directory for files of SQLite and for logs.
    pub directory: std::path::PathBuf,
}

/// Both services on databases with the same Avatars.
#[derive(Debug)]
pub struct World {
    /// Whoever is in the databases.
    pub people: Arc<Vec<Person>>,
    /// Links that each had at the beginning.
    pub links: u64,
    /// kv-service.
    pub kv: Service,
    /// proof-service.
    pub proof: Service,
    /// Who writes to kv-service.
    pub kv_writers: Writers,
    /// Who binds wallets.
    pub wallet_writers: Writers,
    /// How long filling took.
    pub filled_in: Duration,
    kv_database: Database,
    proof_database: Database,
    postmaster: Option<u32>,
}

impl Place {
    fn database(&self, which: Which, size: &str) -> Database {
        let service = match which {
            Which::Kv => "kv",
            Which::Proof => "proof",
        };
        let name = format!("{service}_{size}");
        match &self.postgres {
            Some(server) => {
                Database { which, url: server.url(&name), postgres: Some((server.clone(), name)) }
            }
            None => {
                let path = self.directory.join(format!("{name}.db"));
                Database { which, url: format!("sqlite://{}", path.display()), postgres: None }
            }
        }
    }

    /// The directory of the services' logs.
    pub fn logs(&self) -> &Path {
        &self.directory
    }
}

impl World {
    /// Makes both databases and starts both services on them.
    ///
    /// # Errors
    /// With the words of whatever does not work.
    pub fn make(programs: &Programs, place: &Place, size: &str, avatars: usize, links: u64) -> Result<Self> {
        let people = Arc::new(people(avatars)?);
        let kv_database = place.database(Which::Kv, size);
        let proof_database = place.database(Which::Proof, size);
        let filled_in =
            kv_database.fill(programs, &people, links)? + proof_database.fill(programs, &people, links)?;
        Ok(Self {
            kv: programs.start(Which::Kv, &kv_database.url, place.logs())?,
            proof: programs.start(Which::Proof, &proof_database.url, place.logs())?,
            kv_writers: Writers::new(Append::Kv, Arc::clone(&people), links, 1),
            wallet_writers: Writers::new(Append::Wallet, Arc::clone(&people), links, 2),
            filled_in,
            people,
            links,
            kv_database,
            proof_database,
            postmaster: place.postgres.as_ref().map(|server| server.postmaster),
        })
    }

    /// A service of this world.
    pub fn service(&self, which: Which) -> &Service {
        match which {
            Which::Kv => &self.kv,
            Which::Proof => &self.proof,
        }
    }

    /// The database of a service of this world.
    pub fn database(&self, which: Which) -> &Database {
        match which {
            Which::Kv => &self.kv_database,
            Which::Proof => &self.proof_database,
        }
    }

    /// Where a service of this world listens, and whose processor time counts with it.
    pub fn target(&self, which: Which) -> (SocketAddr, Parties) {
        let service = self.service(which);
        (service.address, Parties { service: Some(service.pid()), postmaster: self.postmaster })
    }
}
