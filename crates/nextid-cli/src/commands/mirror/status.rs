//! `nextid mirror --status`

use nextid_service::mirror::{self, Evidence, Mark, MarkError, Status, Stop};
use serde::Serialize;
use serde_json::Value;

use super::copy::{Copy, Kind};
use crate::context::Context;
use crate::error::CliError;

/// How far a copy is, and what speaks against its origin.
#[derive(Debug, Serialize)]
struct Report {
    step: &'static str,
    service: &'static str,
    origin: String,
    epoch: String,
    cursor: i64,
    /// Seconds since 1970; null if nothing was ever wholly copied.
    caught_up_at: Option<i64>,
    /// The last id of the origin's feed; null if the origin does not answer.
    latest: Option<i64>,
    /// Items that are not copied; null if the origin does not answer, or has another feed now.
    lag: Option<i64>,
    evidence: Vec<Pair>,
}

/// Two links for one place.
#[derive(Debug, Serialize)]
struct Pair {
    seq: i64,
    feed_id: i64,
    stored: Value,
    found: Value,
    why: String,
    found_at: i64,
}

impl From<Evidence> for Pair {
    fn from(evidence: Evidence) -> Self {
        let parse = |text: String| serde_json::from_str(&text).unwrap_or(Value::String(text));
        Self {
            seq: evidence.seq,
            feed_id: evidence.feed_id,
            stored: parse(evidence.stored),
            found: parse(evidence.found),
            why: evidence.why,
            found_at: evidence.found_at,
        }
    }
}

/// Says how far the copy in a database is. The origin is asked, and need not answer.
pub async fn show(context: &Context, to: &str) -> Result<(), CliError> {
    let (kind, db) = Kind::open_copy(to).await?;
    let (mark, evidence) = db
        .primary(|conn| Ok((mirror::mark(conn)?, mirror::evidence(conn)?)))
        .await
        .map_err(CliError::Database)?;
    let Some(Mark { origin, epoch, cursor, caught_up_at }) = mark else {
        return Err(CliError::Mirror(Stop::Mark(MarkError::NotMirror)));
    };
    let position = Copy::of(kind, &origin, db, &Status::new())?.position().await.ok();
    let latest = position.filter(|position| position.epoch == epoch).map(|position| position.latest);
    let report = Report {
        step: "status",
        service: kind.name(),
        cursor,
        caught_up_at,
        latest,
        lag: latest.map(|latest| (latest - cursor).max(0)),
        evidence: evidence.into_iter().map(Pair::from).collect(),
        origin,
        epoch,
    };
    context.ui.result(&report, || text(&report));
    Ok(())
}

fn text(report: &Report) -> String {
    let mut lines = vec![format!(
        "{} {} (epoch {}): copied up to {}{}",
        report.service,
        report.origin,
        report.epoch,
        report.cursor,
        match report.lag {
            Some(lag) => format!(", {lag} behind."),
            None => "; the origin does not answer, or has another feed now.".to_owned(),
        }
    )];
    for pair in &report.evidence {
        lines.push(format!(
            "Two links for seq {} of {}: {}",
            pair.seq,
            pair.stored.get("avatar").unwrap_or(&Value::Null),
            pair.why
        ));
        lines.push(format!("  the copy has {}", pair.stored));
        lines.push(format!("  the origin showed {}", pair.found));
    }
    lines.join("\n")
}
