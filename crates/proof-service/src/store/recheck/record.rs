//! What came of looks, written: the binding, the change of state and its event, in one transaction.

use std::collections::BTreeMap;

use diesel::prelude::*;
use diesel::upsert::excluded;
use nextid_core::Platform;
use nextid_service::db::{DbConnection, DbError};
use nextid_service::on_backend;

use super::recent_looks;
use crate::recheck::{
    Brake, FORGOTTEN_AFTER, Phase, ProofState, Schedule, Standing, Tally, Verdict, slot_of,
};
use crate::store::Store;
use crate::store::schema::{bindings, recheck_tallies};
use crate::store::states::{self, NewStateChange};

/// What one look at a claimed proof said.
#[derive(Debug, Clone)]
pub struct Finding {
    /// The binding's row.
    pub binding_id: i64,
    /// The link whose proof was looked at.
    pub link_id: i64,
    /// The second of the claim.
    pub claimed_at: i64,
    /// What the look said.
    pub verdict: Verdict,
}

/// What became of findings.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Recorded {
    /// Bindings that were written.
    pub written: usize,
    /// Bindings of which readers of the feed are told.
    pub changed: usize,
    /// Bindings that would have become invalid, were it not for the brake.
    pub braked: usize,
}

#[derive(Debug, Queryable, Selectable)]
#[diesel(table_name = bindings)]
struct Row {
    id: i64,
    avatar: Vec<u8>,
    platform: String,
    identity: String,
    link_id: i64,
    claimed_at: i64,
    state: String,
    is_valid: bool,
    invalid_reason: String,
    alt_id: String,
    alt_name: String,
    last_checked_at: i64,
    negative_since: Option<i64>,
    failures: i64,
    next_check_at: Option<i64>,
}

impl Row {
    fn standing(&self) -> Standing {
        Standing {
            state: ProofState::from_stored(&self.state),
            is_valid: self.is_valid,
            invalid_reason: self.invalid_reason.clone(),
            alt_id: self.alt_id.clone(),
            alt_name: self.alt_name.clone(),
            last_checked_at: self.last_checked_at,
            negative_since: self.negative_since,
            failures: self.failures,
            next_check_at: self.next_check_at.unwrap_or(0),
        }
    }
}

impl Store {
    /// Writes what looks said. A finding is dropped if its binding was revoked, bound again or claimed by another replica
    /// since.
    ///
    /// # Errors
    /// [`DbError`]; nothing was written then, and the claims end by themselves.
    pub async fn record_findings(
        &self,
        findings: Vec<Finding>,
        brake: Brake,
        now: i64,
    ) -> Result<Recorded, DbError> {
        let schedule = *self.schedule();
        self.db().write(move |conn| record(conn, &findings, &schedule, brake, now)).await
    }
}

fn record(
    conn: &mut DbConnection,
    findings: &[Finding],
    schedule: &Schedule,
    brake: Brake,
    now: i64,
) -> Result<Recorded, DbError> {
    let rows = lock_rows(conn, findings)?;
    let found: Vec<(&Row, Standing, &Verdict)> = rows
        .iter()
        .filter_map(|row| {
            let finding = findings.iter().find(|finding| {
                finding.binding_id == row.id
                    && finding.link_id == row.link_id
                    && finding.claimed_at == row.claimed_at
            })?;
            Some((row, row.standing(), &finding.verdict))
        })
        .collect();
    let brakes = Brakes::after_adding(conn, &found, schedule, brake, now)?;
    let mut recorded = Recorded::default();
    for (row, before, verdict) in found {
        let braked = brakes.are_on(&row.platform);
        let phase = Phase::of(&row.avatar, &row.platform, &row.identity);
        let after = before.after(verdict, now, schedule, phase, braked);
        update(conn, row, &after)?;
        recorded.written += 1;
        if braked && before.may_flip(verdict, schedule, now) {
            recorded.braked += 1;
        }
        if before.differs(&after) {
            states::insert(conn, &change(row, &before, &after, now))?;
            recorded.changed += 1;
        }
    }
    Ok(recorded)
}

/// Always in the order of the ids, so that two replicas never wait for each other.
fn lock_rows(conn: &mut DbConnection, findings: &[Finding]) -> Result<Vec<Row>, DbError> {
    let ids: Vec<i64> = findings.iter().map(|finding| finding.binding_id).collect();
    let rows = bindings::table.filter(bindings::id.eq_any(ids)).order(bindings::id.asc());
    Ok(match conn {
        DbConnection::Postgres(c) => rows.select(Row::as_select()).for_update().load(c)?,
        DbConnection::Sqlite(c) => rows.select(Row::as_select()).load(c)?,
    })
}

fn update(conn: &mut DbConnection, row: &Row, after: &Standing) -> Result<(), DbError> {
    let folded = |text: &str| match row.platform.parse::<Platform>() {
        Ok(platform) => nextid_core::identity::fold(platform, text),
        Err(_) => text.to_lowercase(),
    };
    // A contract is asked until it agrees, and never again, as one that is bound here.
    let is_settled =
        after.is_valid && row.platform.parse().is_ok_and(|platform: Platform| !platform.needs_post());
    let columns = (
        bindings::state.eq(after.state.as_str()),
        bindings::is_valid.eq(after.is_valid),
        bindings::invalid_reason.eq(&after.invalid_reason),
        bindings::alt_id.eq(&after.alt_id),
        bindings::alt_id_folded.eq(folded(&after.alt_id)),
        bindings::alt_name.eq(&after.alt_name),
        bindings::alt_name_folded.eq(folded(&after.alt_name)),
        bindings::last_checked_at.eq(after.last_checked_at),
        bindings::next_check_at.eq((!is_settled).then_some(after.next_check_at)),
        bindings::negative_since.eq(after.negative_since),
        bindings::failures.eq(after.failures),
    );
    let binding = bindings::table.filter(bindings::id.eq(row.id));
    on_backend!(conn, c => diesel::update(binding).set(columns).execute(c))?;
    Ok(())
}

fn change<'a>(row: &'a Row, before: &'a Standing, after: &'a Standing, now: i64) -> NewStateChange<'a> {
    NewStateChange {
        avatar: &row.avatar,
        platform: &row.platform,
        identity: &row.identity,
        link_id: row.link_id,
        alt_id: &after.alt_id,
        alt_name: &after.alt_name,
        alt_name_before: &before.alt_name,
        state: after.state.as_str(),
        state_before: before.state.as_str(),
        is_valid: after.is_valid,
        is_valid_before: before.is_valid,
        invalid_reason: &after.invalid_reason,
        changed_at: now,
    }
}

/// The platforms on which nothing becomes invalid now.
struct Brakes(Vec<String>);

impl Brakes {
    /// Adds looks to the tallies, platforms in alphabetical order, and says where the brake is on with them.
    fn after_adding(
        conn: &mut DbConnection,
        found: &[(&Row, Standing, &Verdict)],
        schedule: &Schedule,
        brake: Brake,
        now: i64,
    ) -> Result<Self, DbError> {
        let mut platforms: BTreeMap<&str, Tally> = BTreeMap::new();
        for (row, standing, verdict) in found {
            let tally = platforms.entry(&row.platform).or_default();
            if let Some(is_negative) = standing.counts(verdict, schedule) {
                tally.add(Tally { looks: 1, negatives: i64::from(is_negative) });
            }
        }
        let mut on = Vec::new();
        for (platform, tally) in platforms {
            if tally.looks > 0 {
                add(conn, platform, tally, now)?;
            }
            if brake.is_on(&recent_looks(conn, platform, brake, now)?) {
                on.push(platform.to_owned());
            }
        }
        Ok(Self(on))
    }

    fn are_on(&self, platform: &str) -> bool {
        self.0.iter().any(|braked| braked == platform)
    }
}

/// Adds to the present slot, and forgets the slots that no brake looks back to.
fn add(conn: &mut DbConnection, platform: &str, tally: Tally, now: i64) -> Result<(), DbError> {
    let row = (
        recheck_tallies::platform.eq(platform),
        recheck_tallies::slot.eq(slot_of(now)),
        recheck_tallies::looks.eq(tally.looks),
        recheck_tallies::negatives.eq(tally.negatives),
    );
    on_backend!(&mut *conn, c => diesel::insert_into(recheck_tallies::table)
        .values(row)
        .on_conflict((recheck_tallies::platform, recheck_tallies::slot))
        .do_update()
        .set((
            recheck_tallies::looks.eq(recheck_tallies::looks + excluded(recheck_tallies::looks)),
            recheck_tallies::negatives.eq(recheck_tallies::negatives + excluded(recheck_tallies::negatives)),
        ))
        .execute(c))?;
    let old = recheck_tallies::table
        .filter(recheck_tallies::platform.eq(platform))
        .filter(recheck_tallies::slot.lt(now - FORGOTTEN_AFTER));
    on_backend!(conn, c => diesel::delete(old).execute(c))?;
    Ok(())
}
