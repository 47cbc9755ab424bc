//! Chains from the services, which are not believed.

use nextid_client::{ClientError, ExportLines, KvClient, ProofClient};
use nextid_core::Avatar;
use nextid_core::export::{ChainService, ExportVerifier};

use super::posts::Posts;
use super::report::ChainReport;
use crate::error::{CliError, ServiceName};
use crate::ui::Ui;

/// Downloads the ProofChain of `avatar`, and checks every link as it comes. `posts` takes down what has to be fetched to
/// check it.
///
/// # Errors
/// [`CliError::Service`], or [`CliError::ChainBroken`].
pub async fn download_proof(
    ui: &Ui,
    client: &ProofClient,
    avatar: Avatar,
    posts: &mut Posts,
) -> Result<ChainReport, CliError> {
    let download = Download { ui, service: ServiceName::Proof, base: client.base() };
    let lines = ui.while_waiting("Asking for the ProofChain", client.export(&avatar)).await;
    download.check(lines, avatar, ChainService::Proof, posts).await
}

/// Downloads the KVChain of `avatar`, and checks every link as it comes.
///
/// # Errors
/// [`CliError::Service`], or [`CliError::ChainBroken`].
pub async fn download_kv(ui: &Ui, client: &KvClient, avatar: Avatar) -> Result<ChainReport, CliError> {
    let download = Download { ui, service: ServiceName::Kv, base: client.base() };
    let lines = ui.while_waiting("Asking for the KVChain", client.export(&avatar)).await;
    download.check(lines, avatar, ChainService::Kv, &mut Posts::ignored()).await
}

/// Where a chain comes from.
struct Download<'a> {
    ui: &'a Ui,
    service: ServiceName,
    base: &'a str,
}

impl Download<'_> {
    async fn check(
        self,
        lines: Result<ExportLines, ClientError>,
        avatar: Avatar,
        wanted: ChainService,
        posts: &mut Posts,
    ) -> Result<ChainReport, CliError> {
        let mut lines = lines.map_err(CliError::of(self.service))?;
        let mut verifier = ExportVerifier::new(Some(avatar));
        loop {
            let what = format!("Downloading the chain, {} links so far", verifier.links());
            let line = self.ui.while_waiting(&what, lines.next_line()).await;
            match line.map_err(CliError::of(self.service))? {
                Some(line) => {
                    verifier.push_line(&line).map_err(|error| self.broken(error.line, &error.defect))?;
                    posts.note_line(&line);
                }
                None => break,
            }
        }
        let state = verifier.finish().map_err(|error| self.broken(error.line, &error.defect))?;
        if state.service != wanted {
            return Err(self.broken(1, &format!("this is a chain of {}", state.service.as_str())));
        }
        Ok(ChainReport::of_export(state))
    }

    fn broken(&self, line: u64, why: &dyn std::fmt::Display) -> CliError {
        CliError::ChainBroken {
            place: format!("the export of {}, line {line}", self.base),
            line: usize::try_from(line).ok(),
            why: why.to_string(),
        }
    }
}
