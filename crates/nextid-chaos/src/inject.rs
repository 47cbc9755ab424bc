//! The faults of a schedule, at their time.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::plan::Fault;
use crate::stack::Stack;

/// Breaks what the schedule says. One that comes while another is at work follows it. Returns how many of which kind.
pub async fn inject(stack: Arc<Stack>, schedule: Vec<(Duration, Fault)>) -> BTreeMap<&'static str, u64> {
    let start = Instant::now();
    let end = schedule.last().map_or(Duration::ZERO, |(at, _)| *at) + Duration::from_secs(5);
    let mut done = BTreeMap::new();
    for (at, fault) in schedule {
        if start.elapsed() > end {
            break;
        }
        tokio::time::sleep(at.saturating_sub(start.elapsed())).await;
        apply(&stack, fault).await;
        *done.entry(fault.name()).or_insert(0) += 1;
    }
    done
}

async fn apply(stack: &Stack, fault: Fault) {
    match fault {
        Fault::KillReplica(service, number) => stack.replica(service, number).kill(),
        Fault::RollingRestart(service) => {
            for replica in stack.replicas(service) {
                replica.restart().await;
            }
        }
        Fault::CrashDatabase(down) => stack.host.crash(down).await,
        Fault::KillSession => stack.host.kill_session().await,
        Fault::CutDatabase => stack.host.cut(),
        Fault::StallDatabase(time) => stack.host.stall(time).await,
        Fault::CutClients(service) => {
            for replica in stack.replicas(service) {
                replica.cut_clients();
            }
        }
        Fault::FillDisk(time) => stack.host.fill_disk(time).await,
    }
}
