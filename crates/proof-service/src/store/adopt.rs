//! A mirror's database taken over for good.

use diesel::prelude::*;
use nextid_core::Platform;
use nextid_core::verify::BindingEvidence;
use nextid_service::db::{DbConnection, DbError};
use nextid_service::{mirror, on_backend};

use super::Store;
use super::StoredLink;
use super::schema::{bindings, links};
use super::states::{self, NewStateChange};

/// Why a proof that the origin called valid is not, until it was looked at here.
const UNCHECKED: &str = "copied from another service; its proof has not been looked at yet";

/// Rows that one statement changes, far below the number of parameters that either database takes.
const CHUNK: usize = 500;

/// A binding, as far as taking it over needs it, and the link that made it.
type Row = (i64, Vec<u8>, String, String, String, String, String, bool, StoredLink);

impl Store {
    /// Makes a mirror's database this service's own, if it is a mirror's. What the origin said of proofs counts no more:
    /// every proof by a post or by a contract is unchecked, and is looked at at once. Returns how many there are; none if the database was no
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
    let asked: Vec<&str> = Platform::ALL
        .iter()
        .filter(|platform| platform.needs_post() || **platform == Platform::Ethereum)
        .map(|platform| platform.as_str())
        .collect();
    let mut rows: Vec<Row> = on_backend!(&mut *conn, c => bindings::table
        .inner_join(links::table.on(links::id.eq(bindings::link_id)))
        .filter(bindings::platform.eq_any(&asked))
        .order(bindings::id)
        .select((
            bindings::id,
            bindings::avatar,
            bindings::platform,
            bindings::identity,
            bindings::alt_id,
            bindings::alt_name,
            bindings::state,
            bindings::is_valid,
            StoredLink::as_select(),
        ))
        .load(c))?;
    rows.retain(|(_, _, platform, .., link)| needs_a_look(platform, link));
    let link_ids: Vec<i64> = rows.iter().map(|(.., link)| link.id).collect();
    for some in link_ids.chunks(CHUNK) {
        let made = links::table.filter(links::id.eq_any(some));
        on_backend!(&mut *conn, c => diesel::update(made).set(links::unchecked.eq(true)).execute(c))?;
    }
    for (id, avatar, platform, identity, alt_id, alt_name, state, is_valid, link) in &rows {
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
                link_id: link.id,
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

/// What a key signed needs none.
fn needs_a_look(platform: &str, link: &StoredLink) -> bool {
    platform.parse().is_ok_and(|platform: Platform| {
        BindingEvidence::of(platform, &link.to_link()) != BindingEvidence::CounterSignature
    })
}
