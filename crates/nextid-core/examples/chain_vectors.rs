//! Writes the chains that other implementations of a verifier can be tested with, into `docs/vectors` or the directory
//! that is given. The same in every run.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "it is made of helpers of tests, which fail with them"
)]

#[path = "../tests/it/chain_vectors/mod.rs"]
mod chain_vectors;
#[path = "../tests/it/support/mod.rs"]
#[expect(dead_code, reason = "the tests need more of it")]
mod support;

use std::path::PathBuf;

fn main() -> std::io::Result<()> {
    let directory = std::env::args_os().nth(1).map_or_else(
        || PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/vectors")),
        PathBuf::from,
    );
    let vectors = chain_vectors::all();
    for part in ["valid", "invalid"] {
        std::fs::create_dir_all(directory.join(part))?;
    }
    for vector in &vectors {
        std::fs::write(directory.join(vector.path()), vector.text())?;
    }
    std::fs::write(directory.join("index.json"), chain_vectors::index(&vectors))
}
