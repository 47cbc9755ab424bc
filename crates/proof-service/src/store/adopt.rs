//! A mirror's database taken over for good.

use diesel::prelude::*;
use nextid_core::Platform;
use nextid_service::db::{DbConnection, DbError};
use nextid_service::{mirror, on_backend};

use super::Store;
use super::schema::bindings;
use super::states::{self, NewStateChange};

/// Why a proof that the origin called valid is not, until it was looked at here.
const UNCHECKED: &str = "copied from another service; its proof has not been looked at yet";

/// A binding, as far as taking it over needs it.
type Row = (i64, Vec<u8>, String, String, i64, String, String, String, bool);

impl Store {
    /// Makes a mirror's database this service's own, if it is a mirror's. What the origin said of proofs counts no more:
    /// every proof by a post is unchecked, and is looked at at once. Returns how many there are; none if the database was no
    /// mirror's.
    ///
    /// # Errors
    /// [`DbError`].
    pub async fn adopt_mirror(&self, now: i64) -> Result<Option<usize>, DbError> {
        self.db()
            .write(move |conn| if mirror::adopt(conn)? { uncheck(conn, now).map(Some) } else { Ok(None) })
            .await
    }
}

fn uncheck(conn: &mut DbConnection, now: i64) -> Result<usize, DbError> {
    let with_post: Vec<&str> = Platform::ALL
        .iter()
        .filter(|platform| platform.needs_post())
        .map(|platform| platform.as_str())
        .collect();
    let rows: Vec<Row> = on_backend!(&mut *conn, c => bindings::table
        .filter(bindings::platform.eq_any(&with_post))
        .order(bindings::id)
        .select((
            bindings::id,
            bindings::avatar,
            bindings::platform,
            bindings::identity,
            bindings::link_id,
            bindings::alt_id,
            bindings::alt_name,
            bindings::state,
            bindings::is_valid,
        ))
        .load(c))?;
    for (id, avatar, platform, identity, link_id, alt_id, alt_name, state, is_valid) in &rows {
        let columns = (
            bindings::state.eq("unchecked"),
            bindings::is_valid.eq(false),
            bindings::invalid_reason.eq(UNCHECKED),
            bindings::next_check_at.eq(Some(0_i64)),
            bindings::claimed_at.eq(0),
        );
        let binding = bindings::table.filter(bindings::id.eq(id));
        on_backend!(&mut *conn, c => diesel::update(binding).set(columns).execute(c))?;
        states::insert(
            conn,
            &NewStateChange {
                avatar,
                platform,
                identity,
                link_id: *link_id,
                alt_id,
                alt_name,
                alt_name_before: alt_name,
                state: "unchecked",
                state_before: state,
                is_valid: false,
                is_valid_before: *is_valid,
                invalid_reason: UNCHECKED,
                changed_at: now,
            },
        )?;
    }
    Ok(rows.len())
}
