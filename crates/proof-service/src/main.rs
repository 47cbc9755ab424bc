//! The command line of proof-service.

use nextid_service::boot;
use nextid_service::cli::{self, Fatal, Program};
use nextid_service::config::{Config, Service};
use nextid_service::fsck;
use nextid_service::openapi::Document;
use nextid_service::shutdown::Shutdown;

struct ProofService;

impl Program for ProofService {
    const SERVICE: Service = Service::Proof;

    async fn serve(config: Config, shutdown: Shutdown) -> Result<(), Fatal> {
        let service = proof_service::Service::start(&config, &shutdown).await?;
        Ok(service.wait().await?)
    }

    async fn migrate(config: Config) -> Result<String, Fatal> {
        Ok(boot::migrate(&config, Self::SERVICE, &proof_service::store::MIGRATIONS).await?)
    }

    async fn fsck(
        config: &Config,
        jobs: usize,
        tell: &mut dyn FnMut(fsck::Event),
    ) -> Result<fsck::Progress, Fatal> {
        let migrations = &proof_service::store::MIGRATIONS;
        fsck::check_configured::<proof_service::fsck::ProofChecks>(
            config,
            Self::SERVICE,
            migrations,
            jobs,
            tell,
        )
        .await
    }

    fn openapi() -> Document {
        proof_service::openapi::served()
    }
}

fn main() -> std::process::ExitCode {
    cli::main::<ProofService>()
}
