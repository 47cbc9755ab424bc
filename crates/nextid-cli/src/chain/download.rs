//! A ProofChain from a service, which is not believed.

use nextid_client::ProofClient;
use nextid_core::Avatar;

use super::checker::Checker;
use super::report::ChainReport;
use crate::error::{CliError, ServiceName};
use crate::ui::Ui;

/// Downloads the ProofChain of `avatar` page by page, and checks every link as it comes.
///
/// # Errors
/// [`CliError::Service`], or [`CliError::ChainBroken`].
pub async fn download(ui: &Ui, client: &ProofClient, avatar: Avatar) -> Result<ChainReport, CliError> {
    let mut checker = Checker::new(Some(avatar));
    let mut page = 1;
    loop {
        let what = format!("Downloading the chain, {} links so far", checker.links());
        let answer = ui.while_waiting(&what, client.chain_page(&avatar, page)).await;
        let answer = answer.map_err(CliError::of(ServiceName::Proof))?;
        for link in &answer.proof_chain {
            checker.push_proof(link).map_err(|why| broken(client, why))?;
        }
        match answer.pagination.following() {
            Some(next) => page = next,
            None => return finished(client, checker, answer.pagination.total),
        }
    }
}

fn finished(client: &ProofClient, checker: Checker, total: i64) -> Result<ChainReport, CliError> {
    // Links that were appended while the pages came are more than the first page counted, never fewer.
    if i64::try_from(checker.links()).is_ok_and(|links| links < total) {
        return Err(broken(client, format!("it counts {total} links, but gave {}", checker.links())));
    }
    Ok(checker.finish().complete())
}

fn broken(client: &ProofClient, why: String) -> CliError {
    CliError::ChainBroken { place: client.base().to_owned(), line: None, why }
}
