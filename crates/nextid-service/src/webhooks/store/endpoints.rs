//! Making, reading and changing endpoints.

use diesel::dsl::count_star;
use diesel::prelude::*;

use super::{StoredWebhook, WebhookStore};
use crate::db::{DbConnection, DbError};
use crate::feed;
use crate::http::Page;
use crate::on_backend;
use crate::webhooks::SigningSecret;
use crate::webhooks::filter::Filter;
use crate::webhooks::schema::{webhook_dead, webhooks};
use crate::webhooks::standing::Standing;

/// An endpoint to be made.
#[derive(Debug, Clone)]
pub struct NewWebhook {
    /// Where messages go.
    pub url: String,
    /// For people.
    pub description: String,
    /// What is sent.
    pub filter: Filter,
    /// The key of the signatures.
    pub secret: SigningSecret,
    /// The feed id after which it begins; none is the present end.
    pub after: Option<i64>,
}

/// What became of a wish to go on elsewhere in the feed.
#[derive(Debug, Clone)]
pub enum Replay {
    /// It goes on there.
    Done(Box<StoredWebhook>),
    /// There is no such endpoint.
    NotFound,
    /// The feed ends before; this is its highest id.
    BeyondEnd(i64),
}

impl WebhookStore {
    /// Makes an endpoint; none if there are `limit` already. `now` is in milliseconds.
    ///
    /// # Errors
    /// [`DbError`].
    pub async fn create(
        &self,
        new: NewWebhook,
        limit: usize,
        now: i64,
    ) -> Result<Option<StoredWebhook>, DbError> {
        self.db
            .write(move |conn| {
                // Two that are made at the same time must not both take the last place.
                if let DbConnection::Postgres(c) = conn {
                    diesel::sql_query("LOCK TABLE webhooks IN SHARE ROW EXCLUSIVE MODE").execute(c)?;
                }
                if count(conn)? >= i64::try_from(limit).unwrap_or(i64::MAX) {
                    return Ok(None);
                }
                let after = match new.after {
                    Some(after) => after,
                    None => feed::latest_id(conn)?,
                };
                let secret = new.secret.expose();
                let id = uuid::Uuid::new_v4().simple().to_string();
                let row = (
                    webhooks::id.eq(&id),
                    webhooks::url.eq(new.url),
                    webhooks::description.eq(new.description),
                    webhooks::types.eq(new.filter.types()),
                    webhooks::avatar.eq(new.filter.avatar.map(|avatar| avatar.as_bytes().to_vec())),
                    webhooks::platform.eq(new.filter.platform.map(|platform| platform.as_str())),
                    webhooks::secret.eq(secret.as_str()),
                    webhooks::created_at_secs.eq(now / 1000),
                    Standing::new(after, now),
                );
                on_backend!(&mut *conn, c => diesel::insert_into(webhooks::table).values(row).execute(c))?;
                find(conn, &id)
            })
            .await
    }

    /// One endpoint.
    ///
    /// # Errors
    /// [`DbError`].
    pub async fn find(&self, id: String) -> Result<Option<StoredWebhook>, DbError> {
        self.db.primary(move |conn| find(conn, &id)).await
    }

    /// A page of endpoints, the oldest first, and how many there are.
    ///
    /// # Errors
    /// [`DbError`].
    pub async fn list(&self, page: Page, per: i64) -> Result<(Vec<StoredWebhook>, i64), DbError> {
        self.db
            .primary(move |conn| {
                let total = count(conn)?;
                let rows = on_backend!(conn, c => webhooks::table
                    .order((webhooks::created_at_secs, webhooks::id))
                    .offset(page.offset(per))
                    .limit(per)
                    .select(StoredWebhook::as_select())
                    .load(c))?;
                Ok((rows, total))
            })
            .await
    }

    /// Whether there is any endpoint.
    ///
    /// # Errors
    /// [`DbError`].
    pub async fn is_used(&self) -> Result<bool, DbError> {
        self.db.primary(|conn| Ok(count(conn)? > 0)).await
    }

    /// Begins or ends to send, from where it stands. A message that is under way is not called back.
    ///
    /// # Errors
    /// [`DbError`].
    pub async fn set_enabled(
        &self,
        id: String,
        enabled: bool,
        now: i64,
    ) -> Result<Option<StoredWebhook>, DbError> {
        self.change(id, move |conn, found| {
            let because = (!enabled).then_some("asked");
            let row = webhooks::table.find(&found.id);
            let switch = (webhooks::enabled.eq(enabled), webhooks::disabled_because.eq(because));
            on_backend!(&mut *conn, c => diesel::update(row).set(switch).execute(c))?;
            if enabled && !found.enabled {
                let mut standing = found.standing.clone();
                standing.restart(standing.after_id, now);
                move_to(conn, &found.id, standing)?;
            }
            Ok(())
        })
        .await
    }

    /// Replaces the secret; the one before signs as well until `old_until_secs`.
    ///
    /// # Errors
    /// [`DbError`].
    pub async fn rotate(
        &self,
        id: String,
        secret: SigningSecret,
        old_until_secs: i64,
    ) -> Result<Option<StoredWebhook>, DbError> {
        self.change(id, move |conn, found| {
            let row = webhooks::table.find(&found.id);
            let secret = secret.expose();
            let secrets = (
                webhooks::secret.eq(secret.as_str()),
                webhooks::secret_before.eq(Some(found.secret.as_str())),
                webhooks::secret_before_until_secs.eq(old_until_secs),
                // What is under way has the old secrets; the next claim has both.
                webhooks::claim.eq(webhooks::claim + 1),
            );
            on_backend!(conn, c => diesel::update(row).set(secrets).execute(c))?;
            Ok(())
        })
        .await
    }

    /// Goes on after this place of the feed, and forgets all failures.
    ///
    /// # Errors
    /// [`DbError`].
    pub async fn replay(&self, id: String, after: i64, now: i64) -> Result<Replay, DbError> {
        self.db
            .write(move |conn| {
                let latest = feed::latest_id(conn)?;
                if after > latest {
                    return Ok(Replay::BeyondEnd(latest));
                }
                let Some(found) = find_locked(conn, &id)? else {
                    return Ok(Replay::NotFound);
                };
                let mut standing = found.standing;
                standing.restart(after, now);
                move_to(conn, &id, standing)?;
                Ok(find(conn, &id)?.map_or(Replay::NotFound, |found| Replay::Done(Box::new(found))))
            })
            .await
    }

    /// Removes an endpoint with what was given up. Returns whether it was there.
    ///
    /// # Errors
    /// [`DbError`].
    pub async fn delete(&self, id: String) -> Result<bool, DbError> {
        self.db
            .write(move |conn| {
                let removed =
                    on_backend!(&mut *conn, c => diesel::delete(webhooks::table.find(&id)).execute(c))?;
                let dead = webhook_dead::table.filter(webhook_dead::webhook_id.eq(&id));
                on_backend!(conn, c => diesel::delete(dead).execute(c))?;
                Ok(removed > 0)
            })
            .await
    }

    async fn change(
        &self,
        id: String,
        job: impl FnOnce(&mut DbConnection, &StoredWebhook) -> Result<(), DbError> + Send + 'static,
    ) -> Result<Option<StoredWebhook>, DbError> {
        self.db
            .write(move |conn| {
                let Some(found) = find_locked(conn, &id)? else {
                    return Ok(None);
                };
                job(conn, &found)?;
                find(conn, &id)
            })
            .await
    }
}

fn count(conn: &mut DbConnection) -> Result<i64, DbError> {
    Ok(on_backend!(conn, c => webhooks::table.select(count_star()).first(c))?)
}

fn find(conn: &mut DbConnection, id: &str) -> Result<Option<StoredWebhook>, DbError> {
    let row = webhooks::table.find(id);
    Ok(on_backend!(conn, c => row.select(StoredWebhook::as_select()).first(c).optional())?)
}

/// Reads a row that this transaction is going to change.
fn find_locked(conn: &mut DbConnection, id: &str) -> Result<Option<StoredWebhook>, DbError> {
    let row = webhooks::table.find(id);
    Ok(match conn {
        DbConnection::Postgres(c) => {
            row.select(StoredWebhook::as_select()).for_update().first(c).optional()?
        }
        // Nobody else writes during this transaction.
        DbConnection::Sqlite(c) => row.select(StoredWebhook::as_select()).first(c).optional()?,
    })
}

/// Writes how an endpoint stands. Whoever has it claimed loses it, and writes nothing more.
fn move_to(conn: &mut DbConnection, id: &str, standing: Standing) -> Result<(), DbError> {
    let row = webhooks::table.find(id);
    let change = (standing, webhooks::claim.eq(webhooks::claim + 1));
    on_backend!(conn, c => diesel::update(row).set(change).execute(c))?;
    Ok(())
}
