//! The programs under test.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;
use std::time::SystemTime;

use nextid_chaos::run::own_directory;

/// What the services are made of.
const CRATES: [&str; 6] =
    ["nextid-core", "nextid-net", "nextid-platforms", "nextid-service", "proof-service", "kv-service"];

/// Where the services are. Cargo builds the programs of this package only; a test of the whole workspace has built the others,
/// and if not, they are built here.
pub fn programs() -> PathBuf {
    static BUILT: OnceLock<PathBuf> = OnceLock::new();
    let directory = BUILT.get_or_init(|| {
        // Tests are one directory below the programs.
        let directory = own_directory().unwrap().parent().unwrap().to_owned();
        if !are_built(&directory) {
            let built = Command::new(env!("CARGO"))
                .args(["build", "--quiet", "--locked", "-p", "proof-service", "-p", "kv-service"])
                .status();
            assert!(built.is_ok_and(|status| status.success()), "the services can be built");
        }
        directory
    });
    directory.clone()
}

/// Whether both programs are younger than what they are made of. To build them anew would take minutes: with other packages
/// beside them their libraries have other features.
fn are_built(directory: &Path) -> bool {
    let crates = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let parts = ["src", "migrations"];
    let sources =
        CRATES.iter().flat_map(|name| parts.map(|part| youngest(&crates.join(name).join(part)))).max();
    ["proof-service", "kv-service"].iter().all(|name| {
        let built = directory.join(name).metadata().and_then(|program| program.modified()).ok();
        built >= sources.flatten()
    })
}

fn youngest(directory: &Path) -> Option<SystemTime> {
    let entries = std::fs::read_dir(directory).ok()?.flatten();
    let times = entries.map(|entry| match entry.metadata() {
        Ok(file) if file.is_file() => file.modified().ok(),
        _ => youngest(&entry.path()),
    });
    times.max().flatten()
}
