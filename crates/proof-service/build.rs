//! Packs the description of the API into the program, as `scripts/openapi` wrote it.

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::Path;

use flate2::Compression;
use flate2::write::ZlibEncoder;

const PAGE: &str = "../../docs/openapi/proof-service.json";

fn main() -> io::Result<()> {
    println!("cargo::rerun-if-changed={PAGE}");
    let directory = std::env::var_os("OUT_DIR").ok_or(io::ErrorKind::NotFound)?;
    let packed = File::create(Path::new(&directory).join("openapi.json.zlib"))?;
    let mut packer = ZlibEncoder::new(packed, Compression::best());
    packer.write_all(&fs::read(PAGE)?)?;
    packer.finish()?.flush()
}
