//! The statements behind looking at proofs again: what is due, who looks at it, and what came of it.

mod record;

use diesel::prelude::*;
use nextid_core::{Avatar, Platform};
use nextid_service::db::{DbConnection, DbError};
use nextid_service::on_backend;

use super::Store;
use super::schema::{bindings, links, recheck_tallies};
use crate::recheck::{Brake, FORGOTTEN_AFTER, MIN_PAUSE, RecentLooks, Tally};

pub use record::{Finding, Recorded};

/// A proof that is to be looked at, with what was signed.
#[derive(Debug, Clone, PartialEq, Eq, Queryable)]
pub struct DueProof {
    /// The binding's row.
    pub binding_id: i64,
    /// The link that bound it.
    pub link_id: i64,
    /// The second of this claim. No two claims of a binding have the same.
    pub claimed_at: i64,
    /// The Avatar's 33 bytes.
    pub avatar: Vec<u8>,
    /// Where the identity lives.
    pub platform: String,
    /// Normalised.
    pub identity: String,
    /// The account id that the identity was bound with; may be empty.
    pub alt_id: String,
    /// Where the proof is.
    pub proof_location: String,
    /// The signed uuid's 16 bytes.
    pub uuid: Vec<u8>,
    /// The signed second.
    pub created_at: i64,
    /// The exact string that was signed.
    pub signature_payload: String,
    /// What the link holds besides; a JSON object.
    pub extra: String,
}

/// How many proofs of a platform may be claimed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wanted {
    /// Which platform.
    pub platform: Platform,
    /// At most so many.
    pub count: usize,
}

/// How one platform stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PlatformOverview {
    /// Which platform.
    pub platform: Platform,
    /// Proofs that wait to be looked at.
    pub due: i64,
    /// The looks that the brake goes by.
    pub looks: RecentLooks,
}

impl Store {
    /// How these platforms stand.
    ///
    /// # Errors
    /// [`DbError`].
    pub async fn recheck_overview(
        &self,
        platforms: Vec<Platform>,
        brake: Brake,
        now: i64,
    ) -> Result<Vec<PlatformOverview>, DbError> {
        self.db()
            .primary(move |conn| {
                let due: Vec<(String, i64)> = on_backend!(&mut *conn, c => bindings::table
                    .filter(bindings::platform.eq_any(names(&platforms)))
                    .filter(bindings::next_check_at.le(now))
                    .group_by(bindings::platform)
                    .select((bindings::platform, diesel::dsl::count_star()))
                    .load(c))?;
                platforms
                    .iter()
                    .map(|platform| {
                        let due = due.iter().find(|(name, _)| name == platform.as_str());
                        Ok(PlatformOverview {
                            platform: *platform,
                            due: due.map_or(0, |(_, due)| *due),
                            looks: recent_looks(conn, platform.as_str(), brake, now)?,
                        })
                    })
                    .collect()
            })
            .await
    }

    /// Claims due proofs, the oldest of each platform first. Nobody else gets them before `lease` seconds have passed; a
    /// proof that was claimed within the last minute is left alone.
    ///
    /// # Errors
    /// [`DbError`].
    pub async fn claim_due(
        &self,
        wanted: Vec<Wanted>,
        now: i64,
        lease: i64,
    ) -> Result<Vec<DueProof>, DbError> {
        self.db()
            .write(move |conn| {
                let mut ids = Vec::new();
                for lane in &wanted {
                    ids.extend(due_ids(conn, lane, now)?);
                }
                if ids.is_empty() {
                    return Ok(Vec::new());
                }
                let claimed = bindings::table.filter(bindings::id.eq_any(&ids));
                on_backend!(&mut *conn, c => diesel::update(claimed)
                    .set((bindings::claimed_at.eq(now), bindings::next_check_at.eq(now + lease)))
                    .execute(c))?;
                Ok(on_backend!(conn, c => bindings::table
                    .inner_join(links::table.on(links::id.eq(bindings::link_id)))
                    .filter(bindings::id.eq_any(&ids))
                    .select((
                        bindings::id,
                        bindings::link_id,
                        bindings::claimed_at,
                        bindings::avatar,
                        bindings::platform,
                        bindings::identity,
                        bindings::alt_id,
                        bindings::proof_location,
                        links::uuid,
                        links::created_at,
                        links::signature_payload,
                        links::extra,
                    ))
                    .load(c))?)
            })
            .await
    }

    /// Gives back what was claimed and not looked at: the binding's row and the second of the claim.
    ///
    /// # Errors
    /// [`DbError`].
    pub async fn release_claims(&self, claims: Vec<(i64, i64)>) -> Result<(), DbError> {
        self.db()
            .write(move |conn| {
                for (id, claimed_at) in claims {
                    let claimed = bindings::table
                        .filter(bindings::id.eq(id))
                        .filter(bindings::claimed_at.eq(claimed_at));
                    on_backend!(&mut *conn, c => diesel::update(claimed)
                        .set(bindings::next_check_at.eq(claimed_at + MIN_PAUSE))
                        .execute(c))?;
                }
                Ok(())
            })
            .await
    }

    /// Makes a proof due now, unless somebody began to look at it within the last minute, or it is due already. Returns
    /// whether it did.
    ///
    /// # Errors
    /// [`DbError`].
    pub async fn ask_recheck(
        &self,
        avatar: Avatar,
        platform: Platform,
        identity: String,
        now: i64,
    ) -> Result<bool, DbError> {
        // A read first: a write would be a durable commit for everybody who asks again and again.
        let id: Option<i64> = self
            .db()
            .primary(move |conn| {
                Ok(on_backend!(conn, c => bindings::table
                    .filter(bindings::avatar.eq(avatar.as_bytes().as_slice()))
                    .filter(bindings::platform.eq(platform.as_str()))
                    .filter(bindings::identity.eq(&identity))
                    .filter(bindings::claimed_at.le(now - MIN_PAUSE))
                    .filter(bindings::next_check_at.gt(now))
                    .select(bindings::id)
                    .first(c)
                    .optional())?)
            })
            .await?;
        let Some(id) = id else { return Ok(false) };
        let asked = self
            .db()
            .write(move |conn| {
                let idle = bindings::table
                    .filter(bindings::id.eq(id))
                    .filter(bindings::claimed_at.le(now - MIN_PAUSE))
                    .filter(bindings::next_check_at.gt(now));
                Ok(on_backend!(conn, c => diesel::update(idle)
                    .set(bindings::next_check_at.eq(now))
                    .execute(c))?)
            })
            .await?;
        Ok(asked > 0)
    }
}

/// The ids of the oldest due proofs of a platform. What another replica is claiming is passed over; on SQLite nobody else
/// writes during this transaction.
fn due_ids(conn: &mut DbConnection, wanted: &Wanted, now: i64) -> Result<Vec<i64>, DbError> {
    let due = bindings::table
        .filter(bindings::platform.eq(wanted.platform.as_str()))
        .filter(bindings::next_check_at.le(now))
        .filter(bindings::claimed_at.le(now - MIN_PAUSE))
        .order(bindings::next_check_at.asc())
        .limit(i64::try_from(wanted.count).unwrap_or(i64::MAX))
        .select(bindings::id);
    Ok(match conn {
        DbConnection::Postgres(c) => due.for_update().skip_locked().load(c)?,
        DbConnection::Sqlite(c) => due.load(c)?,
    })
}

/// The looks that the brake goes by.
fn recent_looks(
    conn: &mut DbConnection,
    platform: &str,
    brake: Brake,
    now: i64,
) -> Result<RecentLooks, DbError> {
    let slots: Vec<(i64, i64, i64)> = on_backend!(conn, c => recheck_tallies::table
        .filter(recheck_tallies::platform.eq(platform))
        .order(recheck_tallies::slot.desc())
        .limit(brake.slots_needed())
        .select((recheck_tallies::slot, recheck_tallies::looks, recheck_tallies::negatives))
        .load(c))?;
    let slots = slots.into_iter().map(|(slot, looks, negatives)| (slot, Tally { looks, negatives }));
    Ok(brake.sum(slots.filter(|(slot, _)| now - slot < FORGOTTEN_AFTER), now))
}

fn names(platforms: &[Platform]) -> Vec<&'static str> {
    platforms.iter().map(|platform| platform.as_str()).collect()
}
