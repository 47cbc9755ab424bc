//! `nextid mirror`

mod copy;
mod status;

use std::time::Duration;

use nextid_service::config::HttpUrl;
use nextid_service::mirror::{Ended, Lag, Status};
use nextid_service::shutdown::Shutdown;
use serde::Serialize;

use crate::cli::MirrorArgs;
use crate::context::{Context, kv_client};
use crate::error::{CliError, ServiceName};
use copy::{Copy, Kind};

/// How often it is said how far the copy is.
const TELL: Duration = Duration::from_secs(10);

/// How far a copy is.
#[derive(Debug, Serialize)]
struct Report<'a> {
    step: &'static str,
    service: &'static str,
    origin: &'a str,
    cursor: i64,
    lag: i64,
    behind_secs: u64,
}

/// Follows a service into a copy of its database, or says how far a copy is.
pub async fn run(context: &Context, args: MirrorArgs) -> Result<(), CliError> {
    if args.status {
        return status::show(context, &args.to).await;
    }
    let url = args.url.unwrap_or_default();
    let url = HttpUrl::parse(&url).map_err(|expected| {
        CliError::usage(format!("{url:?} cannot be mirrored"), format!("Give {expected}."))
    })?;
    let kind = kind_of(url.as_str()).await?;
    let status = Status::new();
    let mut copy = Copy::open(kind, url.as_str(), &args.to, &status).await?;

    let shutdown = Shutdown::new();
    let failed = |error: std::io::Error| CliError::Start { what: "the mirror", why: error.to_string() };
    shutdown.on_signals().map_err(failed)?;
    let tell = |step| tell(context, step, kind, url.as_str(), status.lag());
    let following = copy.run(&shutdown, args.once);
    let mut following = std::pin::pin!(following);
    let ended = loop {
        tokio::select! {
            ended = &mut following => break ended,
            () = tokio::time::sleep(TELL) => tell("lag"),
        }
    };
    match ended.map_err(CliError::Mirror)? {
        Ended::CaughtUp => tell("caught_up"),
        Ended::Asked => tell("stopped"),
    }
    Ok(())
}

/// Which service answers there.
async fn kind_of(url: &str) -> Result<Kind, CliError> {
    let health = kv_client(url)?.healthz().await.map_err(CliError::of(ServiceName::Mirrored))?;
    Kind::of_hello(&health.hello).ok_or_else(|| {
        CliError::usage(
            format!(
                "what answers at {url} is neither proof-service nor kv-service, it says {:?}",
                health.hello
            ),
            "Check the URL.",
        )
    })
}

fn tell(context: &Context, step: &'static str, kind: Kind, origin: &str, lag: Lag) {
    let report = Report {
        step,
        service: kind.name(),
        origin,
        cursor: lag.cursor,
        lag: lag.latest - lag.cursor,
        behind_secs: lag.behind.as_secs(),
    };
    context.ui.result(&report, || {
        let Report { service, origin, cursor, lag, behind_secs, .. } = &report;
        match lag {
            0 if *behind_secs == 0 => format!("{service} {origin}: everything is copied, up to {cursor}."),
            _ => format!("{service} {origin}: copied up to {cursor}, {lag} behind for {behind_secs} s."),
        }
    });
}
