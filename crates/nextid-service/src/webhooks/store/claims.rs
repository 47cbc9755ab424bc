//! Sharing endpoints among replicas: each is claimed before anything is sent to it, and the claim ends by itself soon after
//! its holder was killed.

use std::time::Duration;

use diesel::dsl::{count_star, min};
use diesel::prelude::*;

use super::{StoredWebhook, WebhookStore, database_millis, dead};
use crate::db::{DbConnection, DbError};
use crate::feed;
use crate::on_backend;
use crate::webhooks::SigningSecret;
use crate::webhooks::filter::Filter;
use crate::webhooks::schema::{webhook_dead, webhooks};
use crate::webhooks::standing::{DeadLetter, Standing};

/// Endpoints that may be claimed now. A lease that ends later than anybody could have made it end is the work of a clock
/// that was set back, and is free.
macro_rules! due_endpoints {
    ($now:expr, $latest:expr, $clock:expr, $lease:expr) => {
        webhooks::table
            .filter(webhooks::enabled)
            .filter(webhooks::next_attempt_at.le($now))
            .filter(webhooks::after_id.lt($latest))
            .filter(webhooks::lease_until.lt($clock).or(webhooks::lease_until.gt($clock + 2 * $lease)))
    };
}

/// A number of endpoints.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Places {
    /// Whose last attempt went well.
    pub brisk: i64,
    /// Which fail or take long.
    pub slow: i64,
}

/// What there is to do.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Due {
    /// Endpoints that may be claimed now.
    pub waiting: Places,
    /// When the next failed message is due, in milliseconds.
    pub next_at: Option<i64>,
}

/// How endpoints stand, all of them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Overview {
    /// Endpoints that are sent anything.
    pub enabled: i64,
    /// Events that the endpoint furthest behind has before it.
    pub lag: i64,
    /// Endpoints that fail.
    pub failing: i64,
    /// What was given up.
    pub dead: i64,
}

/// An endpoint that nobody else sends to.
#[derive(Debug, Clone)]
pub struct Claimed {
    /// The endpoint's.
    pub id: String,
    /// Which claim this is.
    pub claim: i64,
    /// How it stands.
    pub standing: Standing,
    /// What to do; none where this program does not understand what is stored.
    pub target: Option<Target>,
}

/// Where to send what, signed how.
#[derive(Debug, Clone)]
pub struct Target {
    /// Where messages go.
    pub url: String,
    /// The secrets that sign, the newest first.
    pub secrets: Vec<SigningSecret>,
    /// What is sent.
    pub filter: Filter,
}

/// How far the holder of a claim has come.
#[derive(Debug, Clone)]
pub struct Progress {
    /// The endpoint's.
    pub id: String,
    /// Which claim.
    pub claim: i64,
    /// The feed id that was written last.
    pub from: i64,
    /// How it stands now.
    pub standing: Standing,
    /// What was given up since.
    pub dead: Vec<DeadLetter>,
    /// The endpoint wants nothing more.
    pub gone: bool,
    /// The claim is given back.
    pub is_over: bool,
}

/// What a holder still holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Grip {
    /// All is as before.
    Held,
    /// The endpoint was disabled: what is under way ends, and is written.
    Stop,
    /// Somebody else holds the endpoint, or moved it, or it is gone: nothing was written.
    Lost,
}

impl WebhookStore {
    /// How endpoints stand.
    ///
    /// # Errors
    /// [`DbError`].
    pub async fn overview(&self) -> Result<Overview, DbError> {
        self.db
            .primary(|conn| {
                let (enabled, first): (i64, Option<i64>) = on_backend!(&mut *conn, c => webhooks::table
                    .filter(webhooks::enabled)
                    .select((count_star(), min(webhooks::after_id)))
                    .first(c))?;
                let failing = on_backend!(&mut *conn, c => webhooks::table
                    .filter(webhooks::enabled)
                    .filter(webhooks::failures.gt(0))
                    .select(count_star())
                    .first(c))?;
                let dead = on_backend!(&mut *conn, c => webhook_dead::table.select(count_star()).first(c))?;
                let lag = match first {
                    Some(first) => feed::latest_id(conn)?.saturating_sub(first).max(0),
                    None => 0,
                };
                Ok(Overview { enabled, lag, failing, dead })
            })
            .await
    }

    /// What there is to do. `now` is in milliseconds.
    ///
    /// # Errors
    /// [`DbError`].
    pub async fn due(&self, now: i64, lease: Duration) -> Result<Due, DbError> {
        let lease = millis(lease);
        self.db
            .primary(move |conn| {
                let latest = feed::latest_id(conn)?;
                let clock = database_millis(conn)?;
                let due = due_endpoints!(now, latest, clock, lease);
                let due: Vec<(bool, i64)> = on_backend!(&mut *conn, c => due
                    .group_by(webhooks::is_slow)
                    .select((webhooks::is_slow, count_star()))
                    .load(c))?;
                let of = |slow| due.iter().find(|(is, _)| *is == slow).map_or(0, |(_, count)| *count);
                let next_at = on_backend!(conn, c => webhooks::table
                    .filter(webhooks::enabled)
                    .filter(webhooks::after_id.lt(latest))
                    .filter(webhooks::next_attempt_at.gt(now))
                    .select(min(webhooks::next_attempt_at))
                    .first(c))?;
                Ok(Due { waiting: Places { brisk: of(false), slow: of(true) }, next_at })
            })
            .await
    }

    /// Claims endpoints that something waits for, those first that were not claimed for the longest time. Nobody else gets
    /// them before `lease` has passed, unless the claim is renewed by [`WebhookStore::record`].
    ///
    /// # Errors
    /// [`DbError`].
    pub async fn claim(&self, wanted: Places, now: i64, lease: Duration) -> Result<Vec<Claimed>, DbError> {
        let lease = millis(lease);
        self.db
            .write(move |conn| {
                let latest = feed::latest_id(conn)?;
                let clock = database_millis(conn)?;
                let mut ids = Vec::new();
                for (is_slow, count) in [(false, wanted.brisk), (true, wanted.slow)] {
                    let due = due_endpoints!(now, latest, clock, lease)
                        .filter(webhooks::is_slow.eq(is_slow))
                        .order((webhooks::claimed_at, webhooks::id))
                        .limit(count.max(0))
                        .select(webhooks::id);
                    let found: Vec<String> = match conn {
                        DbConnection::Postgres(c) => due.for_update().skip_locked().load(c)?,
                        // Nobody else writes during this transaction.
                        DbConnection::Sqlite(c) => due.load(c)?,
                    };
                    ids.extend(found);
                }
                if ids.is_empty() {
                    return Ok(Vec::new());
                }
                let taken = webhooks::table.filter(webhooks::id.eq_any(&ids));
                on_backend!(&mut *conn, c => diesel::update(taken)
                    .set((
                        webhooks::claim.eq(webhooks::claim + 1),
                        webhooks::claimed_at.eq(clock),
                        webhooks::lease_until.eq(clock + lease),
                    ))
                    .execute(c))?;
                let rows: Vec<StoredWebhook> = on_backend!(conn, c => webhooks::table
                    .filter(webhooks::id.eq_any(&ids))
                    .select(StoredWebhook::as_select())
                    .load(c))?;
                Ok(rows.into_iter().map(|row| claimed(row, now / 1000)).collect())
            })
            .await
    }

    /// Writes how far holders have come, and renews or gives back their claims. Returns what each still holds, in their
    /// order.
    ///
    /// # Errors
    /// [`DbError`]. Then nothing was written.
    pub async fn record(&self, progress: Vec<Progress>, lease: Duration) -> Result<Vec<Grip>, DbError> {
        let lease = millis(lease);
        self.db
            .write(move |conn| {
                let until = database_millis(conn)? + lease;
                progress.iter().map(|one| record_one(conn, one, until)).collect()
            })
            .await
    }
}

fn claimed(row: StoredWebhook, now_secs: i64) -> Claimed {
    let target = match (row.secrets(now_secs), row.filter()) {
        (Ok(secrets), Some(filter)) => Some(Target { url: row.url, secrets, filter }),
        _ => None,
    };
    Claimed { id: row.id, claim: row.claim, standing: row.standing, target }
}

fn record_one(conn: &mut DbConnection, progress: &Progress, until: i64) -> Result<Grip, DbError> {
    let held = webhooks::table.find(&progress.id).filter(webhooks::claim.eq(progress.claim));
    let lease_until = if progress.is_over { 0 } else { until };
    let change = (progress.standing.clone(), webhooks::lease_until.eq(lease_until));
    let enabled: Option<bool> = on_backend!(&mut *conn, c => diesel::update(held)
        .set(change)
        .returning(webhooks::enabled)
        .get_result(c)
        .optional())?;
    let Some(enabled) = enabled else {
        return Ok(Grip::Lost);
    };
    if progress.gone {
        let switch = (webhooks::enabled.eq(false), webhooks::disabled_because.eq(Some("gone")));
        let row = webhooks::table.find(&progress.id);
        on_backend!(&mut *conn, c => diesel::update(row).set(switch).execute(c))?;
    }
    if progress.standing.after_id > progress.from {
        dead::replace(conn, &progress.id, (progress.from, progress.standing.after_id), &progress.dead)?;
    }
    Ok(if enabled { Grip::Held } else { Grip::Stop })
}

fn millis(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX / 8)
}
