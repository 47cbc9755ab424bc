//! The copy of either service.

use nextid_service::db::{Db, Migrations};
use nextid_service::mirror::{Ended, Follower, OriginError, Position, Status, Stop};
use nextid_service::shutdown::Shutdown;

use crate::database;
use crate::error::{CliError, ServiceName};

/// Which service is copied.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// proof-service.
    Proof,
    /// kv-service.
    Kv,
}

impl Kind {
    const ALL: [Self; 2] = [Self::Proof, Self::Kv];

    /// The service that says this of itself.
    pub fn of_hello(hello: &str) -> Option<Self> {
        match hello {
            proof_service::mirror::HELLO => Some(Self::Proof),
            kv_service::mirror::HELLO => Some(Self::Kv),
            _ => None,
        }
    }

    /// Opens the copy of either service.
    ///
    /// # Errors
    /// [`CliError::Usage`], [`CliError::Database`].
    pub async fn open_copy(url: &str) -> Result<(Self, Db), CliError> {
        let (db, found) = database::open_one_of(url, &Self::ALL.map(Self::migrations)).await?;
        let is_kv = found.service == Self::Kv.name();
        Ok((if is_kv { Self::Kv } else { Self::Proof }, db))
    }

    /// `proof-service` or `kv-service`.
    pub fn name(self) -> &'static str {
        self.migrations().service
    }

    /// Its schema.
    pub fn migrations(self) -> &'static Migrations {
        match self {
            Self::Proof => &proof_service::store::MIGRATIONS,
            Self::Kv => &kv_service::store::MIGRATIONS,
        }
    }
}

type ProofFollower = Follower<proof_service::mirror::HttpOrigin, proof_service::store::mirror::ProofKeeper>;
type KvFollower = Follower<kv_service::mirror::HttpOrigin, kv_service::store::mirror::KvKeeper>;

/// What follows a service.
pub enum Copy {
    /// proof-service.
    Proof(Box<ProofFollower>),
    /// kv-service.
    Kv(Box<KvFollower>),
}

impl Copy {
    /// From the service at `url` into the database `to`.
    ///
    /// # Errors
    /// [`CliError::Database`], [`CliError::Service`].
    pub async fn open(kind: Kind, url: &str, to: &str, status: &Status) -> Result<Self, CliError> {
        let db = database::open(to, kind.migrations()).await?;
        Self::of(kind, url, db, status)
    }

    /// As [`Copy::open`], into a database that is open.
    ///
    /// # Errors
    /// [`CliError::Service`].
    pub fn of(kind: Kind, url: &str, db: Db, status: &Status) -> Result<Self, CliError> {
        let failed = CliError::of(ServiceName::Mirrored);
        Ok(match kind {
            Kind::Proof => {
                let store = proof_service::store::Store::new(db);
                let follower = proof_service::mirror::follower(url, store, status.clone()).map_err(failed)?;
                Self::Proof(Box::new(follower))
            }
            Kind::Kv => {
                let store = kv_service::store::Store::new(db);
                let follower = kv_service::mirror::follower(url, store, status.clone()).map_err(failed)?;
                Self::Kv(Box::new(follower))
            }
        })
    }

    /// Follows.
    ///
    /// # Errors
    /// [`Stop`].
    pub async fn run(&mut self, shutdown: &Shutdown, once: bool) -> Result<Ended, Stop> {
        match self {
            Self::Proof(follower) => follower.run(shutdown, once).await,
            Self::Kv(follower) => follower.run(shutdown, once).await,
        }
    }

    /// Where the origin's feed is now.
    ///
    /// # Errors
    /// [`OriginError`].
    pub async fn position(&mut self) -> Result<Position, OriginError> {
        match self {
            Self::Proof(follower) => follower.position().await,
            Self::Kv(follower) => follower.position().await,
        }
    }
}
