//! `/readyz`: whether this process can do its work now, and if not, why.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use actix_web::http::StatusCode;
use actix_web::web;
use futures_util::future::join_all;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::http::Json;
use crate::shutdown::Shutdown;

/// How long one check may take before it counts as failed.
const LIMIT: Duration = Duration::from_secs(2);

/// What a check found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// All is well.
    Ok,
    /// Work goes on, but not all of it, or not for long.
    Degraded(String),
    /// No work can be done.
    Unready(String),
}

/// How a process, or a part of it, is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// All is well.
    Ok,
    /// Work goes on, but not all of it, or not for long.
    Degraded,
    /// No work can be done.
    Unready,
}

/// The answer of `/readyz`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Report {
    /// The worst of the checks.
    pub status: Status,
    /// Every check.
    pub checks: Vec<CheckReport>,
}

/// One check of `/readyz`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CheckReport {
    /// What was checked.
    #[schema(example = "database")]
    pub name: String,
    /// What was found.
    pub status: Status,
    /// Why it is not `ok`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
}

type Check = Arc<dyn Fn() -> Pin<Box<dyn Future<Output = Outcome> + Send>> + Send + Sync>;

/// The checks of a process.
#[derive(Clone, Default)]
pub struct Readiness {
    checks: Vec<(&'static str, Check)>,
}

impl fmt::Debug for Readiness {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.checks.iter().map(|(name, _)| name)).finish()
    }
}

impl Readiness {
    /// No checks: always ready.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a check. It is asked for every `/readyz`, all of them at once, and has two seconds.
    #[must_use]
    pub fn check<F, Fut>(mut self, name: &'static str, check: F) -> Self
    where
        F: Fn() -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Outcome> + Send + 'static,
    {
        self.checks.push((name, Arc::new(move || Box::pin(check()))));
        self
    }

    /// Adds how a mirror is, if this process is one.
    #[must_use]
    pub fn mirror(self, status: Option<crate::mirror::Status>) -> Self {
        match status {
            Some(status) => self.check("mirror", move || std::future::ready(status.outcome())),
            None => self,
        }
    }

    /// A process that stops is not ready, so that nobody sends it more.
    #[must_use]
    pub fn until(self, shutdown: &Shutdown) -> Self {
        let shutdown = shutdown.clone();
        self.check("running", move || {
            let stopping = shutdown.is_requested();
            async move { if stopping { Outcome::Unready("stopping".to_owned()) } else { Outcome::Ok } }
        })
    }

    /// Runs all checks.
    pub async fn report(&self) -> Report {
        let checks = join_all(self.checks.iter().map(|(name, check)| async move {
            let outcome = tokio::time::timeout(LIMIT, check())
                .await
                .unwrap_or_else(|_| Outcome::Unready(format!("no answer within {} s", LIMIT.as_secs())));
            CheckReport::new(name, outcome)
        }))
        .await;
        let status = checks.iter().map(|check| check.status).max().unwrap_or(Status::Ok);
        Report { status, checks }
    }
}

impl CheckReport {
    /// What the check `name` found.
    pub fn new(name: &str, outcome: Outcome) -> Self {
        let (status, why) = match outcome {
            Outcome::Ok => (Status::Ok, None),
            Outcome::Degraded(why) => (Status::Degraded, Some(why)),
            Outcome::Unready(why) => (Status::Unready, Some(why)),
        };
        Self { name: name.to_owned(), status, why }
    }
}

/// Whether the service can do its work now.
///
/// 200 with `ok` or `degraded`, 503 with `unready`; each check says why.
#[utoipa::path(
    get,
    path = "/readyz",
    operation_id = "readyz",
    tag = "health",
    responses(
        (status = 200, description = "Work is done; `degraded` says what is not.", body = Report),
        (status = 503, description = "No work can be done.", body = Report),
    )
)]
pub async fn readyz(readiness: web::Data<Readiness>) -> Json<Report> {
    let report = readiness.report().await;
    let status =
        if report.status == Status::Unready { StatusCode::SERVICE_UNAVAILABLE } else { StatusCode::OK };
    Json::with_status(status, report)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_worst_check_decides() {
        let ready = Readiness::new().check("database", || async { Outcome::Ok });
        assert_eq!(ready.report().await.status, Status::Ok);
        let degraded = ready.clone().check("feed", || async { Outcome::Degraded("away for 9 s".into()) });
        let report = degraded.report().await;
        assert_eq!(report.status, Status::Degraded);
        assert_eq!(
            serde_json::to_value(&report).unwrap(),
            serde_json::json!({"status": "degraded", "checks": [
                {"name": "database", "status": "ok"},
                {"name": "feed", "status": "degraded", "why": "away for 9 s"},
            ]})
        );
        let unready = degraded.check("migrations", || async { Outcome::Unready("3 are missing".into()) });
        assert_eq!(unready.report().await.status, Status::Unready);
        assert_eq!(Readiness::new().report().await, Report { status: Status::Ok, checks: vec![] });
    }

    #[tokio::test(start_paused = true)]
    async fn a_check_that_hangs_is_a_failure() {
        let readiness = Readiness::new().check("database", std::future::pending);
        let report = readiness.report().await;
        assert_eq!(report.checks.first().unwrap().why.as_deref(), Some("no answer within 2 s"));
    }

    #[tokio::test]
    async fn who_stops_is_not_ready() {
        let shutdown = Shutdown::new();
        let readiness = Readiness::new().until(&shutdown);
        assert_eq!(readiness.report().await.status, Status::Ok);
        shutdown.request();
        assert_eq!(readiness.report().await.status, Status::Unready);
    }
}
