//! Both services, two replicas of each, on the databases of a run.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use nextid_testkit::Outcome;
use nextid_testkit::github::GithubStandIn;

use crate::Failure;
use crate::host::{Backend, Host};
use crate::plan::Service;
use crate::proxy::{Proxy, Target};
use crate::replica::{Replica, Spec};

/// How long the stand-in for GitHub takes: in the midst of a fetch something is likely to break.
const SLOW: Duration = Duration::from_millis(300);

/// Everything that runs during a run.
#[derive(Debug)]
pub struct Stack {
    /// The databases.
    pub host: Host,
    /// Where posts are published.
    pub github: GithubStandIn,
    proof: [Arc<Replica>; 2],
    kv: [Arc<Replica>; 2],
    programs: PathBuf,
}

impl Stack {
    /// Starts everything and waits until all replicas are ready. Their logs go to a directory.
    ///
    /// # Errors
    /// When something does not start.
    pub async fn start(backend: Backend, programs: &Path, logs: &Path) -> Result<Self, Failure> {
        let host = Host::new(backend).await?;
        let github = GithubStandIn::start()?;
        github.script(Outcome::Slow(SLOW));
        let spec = |service: Service, number: usize, more: &[(&str, String)]| {
            let fixed = [
                ("NEXTID__SERVER__LISTEN", "127.0.0.1:0".to_owned()),
                ("NEXTID__SERVER__ADMIN_LISTEN", "127.0.0.1:0".to_owned()),
                ("NEXTID__SERVER__WORKERS", "1".to_owned()),
                ("NEXTID__DATABASE__URL", host.url(service)),
                ("NEXTID__DATABASE__POOL_SIZE", "4".to_owned()),
                ("NEXTID__DATABASE__CONNECT_WAIT_SECS", "10".to_owned()),
            ];
            let environment = fixed.iter().chain(more);
            Spec {
                name: format!("{} {number}", service.name()),
                program: programs.join(service.name()),
                environment: environment.map(|(name, value)| ((*name).to_owned(), value.clone())).collect(),
                log: logs.join(format!("{}-{number}.log", service.name())),
            }
        };
        let of_proof = [("NEXTID__PLATFORMS__GITHUB__BASE_URL", github.base_url().to_owned())];
        let mut proof = Vec::new();
        for number in 0..2 {
            let replica = Replica::start(spec(Service::Proof, number, &of_proof)).await?;
            if !replica.ready().await {
                return Err(not_ready(&replica));
            }
            proof.push(replica);
        }
        let targets = proof.iter().map(|replica| Target::Tcp(replica.address())).collect();
        let to_proof = Proxy::start(targets).await?;
        let of_kv = [("NEXTID__PROOF_SERVICE__URL", format!("http://{}", to_proof.address()))];
        let mut kv = Vec::new();
        for number in 0..2 {
            let replica = Replica::start(spec(Service::Kv, number, &of_kv)).await?;
            if !replica.ready().await {
                return Err(not_ready(&replica));
            }
            kv.push(replica);
        }
        let (Ok(proof), Ok(kv)) = (proof.try_into(), kv.try_into()) else {
            return Err(Failure::new("two replicas of each service were wanted"));
        };
        Ok(Self { host, github, proof, kv, programs: programs.to_owned() })
    }

    /// The replicas of a service.
    pub fn replicas(&self, service: Service) -> &[Arc<Replica>; 2] {
        match service {
            Service::Proof => &self.proof,
            Service::Kv => &self.kv,
        }
    }

    /// One of a service's replicas.
    pub fn replica(&self, service: Service, number: usize) -> &Arc<Replica> {
        let [first, second] = self.replicas(service);
        if number.is_multiple_of(2) { first } else { second }
    }

    /// Where clients reach one of a service's replicas.
    pub fn address(&self, service: Service, number: usize) -> SocketAddr {
        self.replica(service, number).address()
    }

    /// The program of a service.
    pub fn program(&self, service: Service) -> PathBuf {
        self.programs.join(service.name())
    }

    /// Waits until all replicas are ready, once nothing is broken any more. Names those that are not.
    pub async fn recover(&self) -> Vec<String> {
        let mut lost = Vec::new();
        if !self.host.heal().await {
            lost.push("the database server does not come back".to_owned());
        }
        for replica in self.proof.iter().chain(&self.kv) {
            if !replica.ready().await {
                lost.push(not_ready(replica).to_string());
            }
        }
        lost
    }

    /// Stops all replicas, and says how any of them ended when it should not have.
    pub async fn stop(&self) -> Vec<String> {
        for replica in self.kv.iter().chain(&self.proof) {
            replica.stop().await;
        }
        self.proof.iter().chain(&self.kv).flat_map(|replica| replica.endings()).collect()
    }
}

fn not_ready(replica: &Replica) -> Failure {
    Failure::new(format_args!("{} does not become ready; {}", replica.name(), replica.endings().join("; ")))
}
