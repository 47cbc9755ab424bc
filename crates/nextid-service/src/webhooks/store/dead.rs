//! What was given up.

use std::collections::HashMap;

use diesel::dsl::count_star;
use diesel::prelude::*;

use super::WebhookStore;
use crate::db::{DbConnection, DbError};
use crate::http::Page;
use crate::on_backend;
use crate::webhooks::schema::webhook_dead;
use crate::webhooks::standing::DeadLetter;

impl WebhookStore {
    /// A page of what was given up for an endpoint, in the order of the feed, and how much there is.
    ///
    /// # Errors
    /// [`DbError`].
    pub async fn dead(&self, id: String, page: Page, per: i64) -> Result<(Vec<DeadLetter>, i64), DbError> {
        self.db
            .primary(move |conn| {
                let total = count(conn, &id)?;
                let rows = on_backend!(conn, c => webhook_dead::table
                    .filter(webhook_dead::webhook_id.eq(&id))
                    .order(webhook_dead::feed_id)
                    .offset(page.offset(per))
                    .limit(per)
                    .select(DeadLetter::as_select())
                    .load(c))?;
                Ok((rows, total))
            })
            .await
    }

    /// How much was given up for each of these endpoints; those without are left out.
    ///
    /// # Errors
    /// [`DbError`].
    pub async fn count_dead(&self, ids: Vec<String>) -> Result<HashMap<String, i64>, DbError> {
        self.db
            .primary(move |conn| {
                let rows: Vec<(String, i64)> = on_backend!(conn, c => webhook_dead::table
                    .filter(webhook_dead::webhook_id.eq_any(&ids))
                    .group_by(webhook_dead::webhook_id)
                    .select((webhook_dead::webhook_id, count_star()))
                    .load(c))?;
                Ok(rows.into_iter().collect())
            })
            .await
    }

    /// Whether an event was given up for an endpoint.
    ///
    /// # Errors
    /// [`DbError`].
    pub async fn is_dead(&self, id: String, feed_id: i64) -> Result<bool, DbError> {
        self.db
            .primary(move |conn| {
                let row = webhook_dead::table.find((&id, feed_id)).select(webhook_dead::feed_id);
                let found: Option<i64> = on_backend!(conn, c => row.first(c).optional())?;
                Ok(found.is_some())
            })
            .await
    }

    /// Notes that an event that was given up has arrived after all.
    ///
    /// # Errors
    /// [`DbError`].
    pub async fn revive(&self, id: String, feed_id: i64) -> Result<(), DbError> {
        self.db
            .write(move |conn| {
                let row = webhook_dead::table.find((&id, feed_id));
                on_backend!(conn, c => diesel::delete(row).execute(c))?;
                Ok(())
            })
            .await
    }
}

fn count(conn: &mut DbConnection, id: &str) -> Result<i64, DbError> {
    let rows = webhook_dead::table.filter(webhook_dead::webhook_id.eq(id)).select(count_star());
    Ok(on_backend!(conn, c => rows.first(c))?)
}

/// Writes what was given up on the way from `from` to `to`; what had been given up there before was sent anew.
pub(super) fn replace(
    conn: &mut DbConnection,
    id: &str,
    (from, to): (i64, i64),
    dead: &[DeadLetter],
) -> Result<(), DbError> {
    let passed = webhook_dead::table
        .filter(webhook_dead::webhook_id.eq(id))
        .filter(webhook_dead::feed_id.gt(from))
        .filter(webhook_dead::feed_id.le(to));
    on_backend!(&mut *conn, c => diesel::delete(passed).execute(c))?;
    for letter in dead {
        let row = (
            webhook_dead::webhook_id.eq(id),
            webhook_dead::feed_id.eq(letter.feed_id),
            webhook_dead::attempts.eq(letter.attempts),
            webhook_dead::first_attempt_at.eq(letter.first_attempt_at),
            webhook_dead::last_attempt_at.eq(letter.last_attempt_at),
            webhook_dead::last_status.eq(letter.last_status),
            webhook_dead::error.eq(&letter.error),
        );
        on_backend!(&mut *conn, c => diesel::insert_into(webhook_dead::table).values(row).execute(c))?;
    }
    Ok(())
}
