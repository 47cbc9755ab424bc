//! Writes the description of the API, generated from the handlers. Run by `scripts/openapi`.

use std::error::Error;
use std::io::Write as _;

use nextid_service::build_info::BuildInfo;
use nextid_service::openapi;

fn main() -> Result<(), Box<dyn Error>> {
    let document = proof_service::openapi::document(&BuildInfo::current())?;
    Ok(std::io::stdout().write_all(openapi::write(&document)?.as_bytes())?)
}
