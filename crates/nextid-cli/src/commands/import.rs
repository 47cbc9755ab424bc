//! `nextid import`

use std::path::{Path, PathBuf};

use nextid_core::export::ChainService;
use nextid_service::boot;
use nextid_service::config::{Config, Service};
use nextid_service::db::Db;
use nextid_service::import::{ImportError, Imported, VerifiedExport, scan};
use serde::Serialize;
use tempfile::NamedTempFile;

use crate::cli::{ChainKind, ImportArgs};
use crate::context::Context;
use crate::database;
use crate::error::CliError;

/// A chain that was taken over.
#[derive(Debug, Serialize)]
struct Report {
    step: &'static str,
    service: &'static str,
    avatar: String,
    links: u64,
    known: u64,
    added: u64,
    unchecked: u64,
}

/// Verifies every chain of a file, and then takes them over, one after the other, each whole or not at all.
pub async fn run(context: &Context, args: ImportArgs) -> Result<(), CliError> {
    let spooled = (args.file == Path::new("-")).then(spool).transpose()?;
    let name = if spooled.is_some() { "standard input".to_owned() } else { args.file.display().to_string() };
    let path = spooled.as_ref().map_or(args.file.as_path(), |file| file.path());
    let failed = |error| CliError::Import { file: name.clone(), error };

    let chains = scan(path).map_err(failed)?;
    let service = service_of(&chains, args.service).map_err(failed)?;
    let store = Store::open(&args.to, service).await?;
    let now = boot::now().seconds();
    for chain in &chains {
        let imported = store.import(chain, now).await.map_err(failed)?;
        show(context, chain, &imported);
    }
    Ok(())
}

/// A file is read twice, which standard input cannot be.
fn spool() -> Result<NamedTempFile, CliError> {
    let failed = |source| CliError::Write { path: std::env::temp_dir(), source };
    let mut file = NamedTempFile::new().map_err(failed)?;
    std::io::copy(&mut std::io::stdin().lock(), &mut file).map_err(failed)?;
    Ok(file)
}

/// Whose chains they are: one service's, since they go into one database.
fn service_of(chains: &[VerifiedExport], wanted: Option<ChainKind>) -> Result<ChainService, ImportError> {
    let wanted = wanted.map(|kind| match kind {
        ChainKind::Proof => ChainService::Proof,
        ChainKind::Kv => ChainService::Kv,
    });
    let expected = wanted.or(chains.first().map(|chain| chain.service)).unwrap_or(ChainService::Proof);
    match chains.iter().find(|chain| chain.service != expected) {
        Some(other) => Err(ImportError::OtherService {
            line: other.line,
            found: other.service.as_str(),
            expected: expected.as_str(),
        }),
        None => Ok(expected),
    }
}

/// The database of either service.
enum Store {
    Proof(proof_service::store::Store),
    Kv(kv_service::store::Store),
}

impl Store {
    async fn open(url: &str, service: ChainService) -> Result<Self, CliError> {
        let open = async |migrations| -> Result<Db, CliError> { database::open(url, migrations).await };
        Ok(match service {
            ChainService::Proof => {
                let db = open(&proof_service::store::MIGRATIONS).await?;
                Self::Proof(proof_service::store::Store::new(db))
            }
            ChainService::Kv => {
                let db = open(&kv_service::store::MIGRATIONS).await?;
                Self::Kv(kv_service::store::Store::new(db))
            }
        })
    }

    async fn import(&self, chain: &VerifiedExport, now: i64) -> Result<Imported, ImportError> {
        match self {
            Self::Proof(store) => store.import(chain, now).await,
            Self::Kv(store) => store.import(chain, now).await,
        }
    }
}

fn show(context: &Context, chain: &VerifiedExport, imported: &Imported) {
    let report = Report {
        step: "imported",
        service: chain.service.as_str(),
        avatar: chain.avatar.to_hex(),
        links: chain.links,
        known: imported.known,
        added: imported.added,
        unchecked: imported.unchecked,
    };
    context.ui.result(&report, || {
        format!("{}: {} links added, {} were there already.", report.avatar, report.added, report.known)
    });
    if imported.unchecked > 0 {
        context.ui.hint(&format!(
            "{} bindings are not valid before proof-service has looked at their proofs itself.",
            imported.unchecked
        ));
    }
    let limit =
        Config::built_in(Service::Kv, &PathBuf::from("/")).map(|config| config.limits.namespace_bytes);
    if limit.is_ok_and(|limit| imported.largest_namespace > limit) {
        context.ui.hint(&format!(
            "A content has {} bytes, more than a service allows unless it is set up so. It is kept, and can only shrink.",
            imported.largest_namespace
        ));
    }
}
