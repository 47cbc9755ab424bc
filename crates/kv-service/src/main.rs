//! The command line of kv-service.

use nextid_service::boot;
use nextid_service::cli::{self, Fatal, Program};
use nextid_service::config::{Config, Service};
use nextid_service::fsck;
use nextid_service::openapi::Document;
use nextid_service::shutdown::Shutdown;

struct KvService;

impl Program for KvService {
    const SERVICE: Service = Service::Kv;

    async fn serve(config: Config, shutdown: Shutdown) -> Result<(), Fatal> {
        let service = kv_service::Service::start(&config, &shutdown).await?;
        Ok(service.wait().await?)
    }

    async fn migrate(config: Config) -> Result<String, Fatal> {
        Ok(boot::migrate(&config, Self::SERVICE, &kv_service::store::MIGRATIONS).await?)
    }

    async fn fsck(
        config: &Config,
        jobs: usize,
        tell: &mut dyn FnMut(fsck::Event),
    ) -> Result<fsck::Progress, Fatal> {
        let migrations = &kv_service::store::MIGRATIONS;
        fsck::check_configured::<kv_service::fsck::KvChecks>(config, Self::SERVICE, migrations, jobs, tell)
            .await
    }

    fn openapi() -> Document {
        kv_service::openapi::served()
    }
}

fn main() -> std::process::ExitCode {
    cli::main::<KvService>()
}
