//! Exports as files, a second database, a store beside the service.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use nextid_core::Avatar;
use nextid_core::verify::ProofChainState;
use nextid_service::db::{Db, DbSettings};
use nextid_service::fsck;
use nextid_service::import::{ImportError, Imported, scan};
use nextid_testkit::{Backend, TestDatabase};
use proof_service::fsck::ProofChecks;
use proof_service::store::{MIGRATIONS, Store};
use tempfile::NamedTempFile;

use crate::support::App;

/// The second at which tests import.
pub const NOW: i64 = 1_800_000_000;

/// Another database of the same kind.
pub fn another(db: &TestDatabase) -> TestDatabase {
    match db.backend() {
        Backend::Sqlite => TestDatabase::sqlite(),
        Backend::Postgres => TestDatabase::postgres(),
    }
}

/// A store on a database, beside whichever service runs on it.
pub async fn store(db: &TestDatabase) -> Store {
    let settings = DbSettings { pool_size: 2, ..DbSettings::new(db.url()) };
    MIGRATIONS.run(&settings).await.unwrap();
    Store::new(Db::open(settings).await.unwrap())
}

/// Checks the whole database as `fsck` does.
pub async fn assert_sound(db: &TestDatabase) {
    let mut tell = |event| {
        if let fsck::Event::Defect(defect) = event {
            panic!("{defect:?}");
        }
    };
    fsck::check::<ProofChecks>(store(db).await.db(), 2, &mut tell).await.unwrap();
}

/// A published vector.
pub fn vector(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/vectors").join(name)
}

/// A text in a file.
pub fn file(text: &str) -> NamedTempFile {
    let file = NamedTempFile::new().unwrap();
    std::fs::write(file.path(), text).unwrap();
    file
}

/// Verifies everything in a file and then takes it over.
pub async fn import(store: &Store, path: &Path) -> Result<Vec<Imported>, ImportError> {
    let mut imported = Vec::new();
    for chain in scan(path)? {
        imported.push(store.import(&chain, NOW).await?);
    }
    Ok(imported)
}

/// As [`import`], of a text.
pub async fn import_text(store: &Store, text: &str) -> Result<Vec<Imported>, ImportError> {
    import(store, file(text).path()).await
}

impl App {
    /// The export of an Avatar's chain, as text.
    pub async fn export(&self, avatar: &Avatar) -> String {
        self.get(&format!("/v1/avatar/{avatar}/export")).await.expect_status(200).text()
    }

    /// Waits until two services tell the same of an Avatar.
    pub async fn same_as(&self, other: &Self, avatar: &Avatar) -> ProofChainState {
        let deadline = Instant::now() + Duration::from_secs(20);
        let wanted = other.export(avatar).await;
        while self.export(avatar).await != wanted {
            assert!(Instant::now() < deadline, "the copy does not come up");
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        self.verified(avatar).await
    }
}
