//! Subkeys: certified once, revoked at most once, never removed.

use diesel::prelude::*;
use nextid_core::Avatar;
use nextid_core::subkey::SubkeyPublicKey;
use nextid_service::db::{DbConnection, DbError};
use nextid_service::on_backend;

use super::Store;
use super::schema::subkeys;

/// A subkey in force.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = subkeys)]
pub struct StoredSubkey {
    /// The Avatar's 33 bytes.
    pub avatar: Vec<u8>,
    /// `es256` or `secp256k1`.
    pub algorithm: String,
    /// The subkey as it was sent and signed.
    pub public_key_text: String,
    /// What its owner calls it.
    pub name: String,
    /// The relying party.
    pub rp_id: String,
    /// The Avatar's 65 bytes.
    pub signature: Vec<u8>,
    /// The exact string that was signed.
    pub sign_payload: String,
    /// The second at which it was stored.
    pub created_at: i64,
}

/// A certified subkey that has passed every check but those that only the table can tell.
#[derive(Debug, Clone)]
pub struct NewSubkey {
    /// Who certifies.
    pub avatar: Avatar,
    /// The subkey.
    pub key: SubkeyPublicKey,
    /// The subkey as it was sent and signed.
    pub public_key_text: String,
    /// What its owner calls it.
    pub name: String,
    /// The relying party.
    pub rp_id: String,
    /// The signature's bytes, v reduced.
    pub signature: Vec<u8>,
    /// The exact string that was signed.
    pub sign_payload: String,
    /// Now, in seconds.
    pub stored_at: i64,
}

/// What became of a new subkey.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AddOutcome {
    /// It is in force, durably.
    Added,
    /// It was in force before.
    Exists,
    /// It was revoked, which is for good.
    WasRevoked,
    /// The Avatar has as many as it may have.
    TooMany,
}

/// A revocation that has passed every check but those that only the table can tell.
#[derive(Debug, Clone)]
pub struct Revocation {
    /// Who revokes.
    pub avatar: Avatar,
    /// What is revoked.
    pub key: SubkeyPublicKey,
    /// The relying party that was signed.
    pub rp_id: String,
    /// The signature's bytes, v reduced.
    pub signature: Vec<u8>,
    /// The exact string that was signed.
    pub sign_payload: String,
    /// Now, in seconds.
    pub revoked_at: i64,
}

/// What became of a revocation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RevokeOutcome {
    /// The subkey is revoked, durably.
    Revoked,
    /// It was revoked before.
    WasRevoked,
    /// The Avatar never certified it.
    Unknown,
    /// It was certified for another relying party, this one.
    OtherRpId(String),
}

impl Store {
    /// Adds a subkey. `limit` is how many may be in force; adding several at the same moment can pass it by as many.
    ///
    /// # Errors
    /// [`DbError`].
    pub async fn add_subkey(&self, new: NewSubkey, limit: usize) -> Result<AddOutcome, DbError> {
        self.db().write(move |conn| add(conn, &new, limit)).await
    }

    /// Revokes a subkey.
    ///
    /// # Errors
    /// [`DbError`].
    pub async fn revoke_subkey(&self, revocation: Revocation) -> Result<RevokeOutcome, DbError> {
        self.db().write(move |conn| revoke(conn, &revocation)).await
    }

    /// The subkeys of an Avatar that are in force, the oldest first.
    ///
    /// # Errors
    /// [`DbError`].
    pub async fn subkeys_of(&self, avatar: Avatar) -> Result<Vec<StoredSubkey>, DbError> {
        self.db()
            .read(move |conn| {
                Ok(on_backend!(conn, c => subkeys::table
                    .filter(subkeys::avatar.eq(avatar.as_bytes().as_slice()))
                    .filter(subkeys::revoked_at.is_null())
                    .order(subkeys::id.asc())
                    .select(StoredSubkey::as_select())
                    .load(c))?)
            })
            .await
    }

    /// The certificates in force of one subkey, at most `limit`, the oldest first. Anybody can certify any key, so there
    /// may be many.
    ///
    /// # Errors
    /// [`DbError`].
    pub async fn certificates_of(
        &self,
        key: SubkeyPublicKey,
        limit: usize,
    ) -> Result<Vec<StoredSubkey>, DbError> {
        self.db()
            .read(move |conn| {
                Ok(on_backend!(conn, c => subkeys::table
                    .filter(subkeys::public_key.eq(key.as_bytes()))
                    .filter(subkeys::algorithm.eq(key.algorithm().as_str()))
                    .filter(subkeys::revoked_at.is_null())
                    .order(subkeys::id.asc())
                    .limit(i64::try_from(limit).unwrap_or(i64::MAX))
                    .select(StoredSubkey::as_select())
                    .load(c))?)
            })
            .await
    }
}

fn add(conn: &mut DbConnection, new: &NewSubkey, limit: usize) -> Result<AddOutcome, DbError> {
    // Before the limit: what is there already is not one more.
    if let Some((revoked_at, _)) = find(conn, &new.avatar, &new.key)? {
        return Ok(if revoked_at.is_some() { AddOutcome::WasRevoked } else { AddOutcome::Exists });
    }
    let in_force: i64 = on_backend!(&mut *conn, c => subkeys::table
        .filter(subkeys::avatar.eq(new.avatar.as_bytes().as_slice()))
        .filter(subkeys::revoked_at.is_null())
        .count()
        .get_result(c))?;
    if usize::try_from(in_force).unwrap_or(usize::MAX) >= limit {
        return Ok(AddOutcome::TooMany);
    }
    let row = (
        subkeys::avatar.eq(new.avatar.as_bytes().as_slice()),
        subkeys::algorithm.eq(new.key.algorithm().as_str()),
        subkeys::public_key.eq(new.key.as_bytes()),
        subkeys::public_key_text.eq(&new.public_key_text),
        subkeys::name.eq(&new.name),
        subkeys::rp_id.eq(&new.rp_id),
        subkeys::signature.eq(&new.signature),
        subkeys::sign_payload.eq(&new.sign_payload),
        subkeys::created_at.eq(new.stored_at),
    );
    let inserted = on_backend!(conn, c => diesel::insert_into(subkeys::table)
        .values(row)
        .on_conflict_do_nothing()
        .execute(c))?;
    // None: the same subkey was added since it was looked for.
    Ok(if inserted == 1 { AddOutcome::Added } else { AddOutcome::Exists })
}

fn revoke(conn: &mut DbConnection, revocation: &Revocation) -> Result<RevokeOutcome, DbError> {
    let updated = on_backend!(&mut *conn, c => diesel::update(
        subkeys::table
            .filter(subkeys::avatar.eq(revocation.avatar.as_bytes().as_slice()))
            .filter(subkeys::algorithm.eq(revocation.key.algorithm().as_str()))
            .filter(subkeys::public_key.eq(revocation.key.as_bytes()))
            .filter(subkeys::rp_id.eq(&revocation.rp_id))
            .filter(subkeys::revoked_at.is_null()),
    )
    .set((
        subkeys::revoked_at.eq(revocation.revoked_at),
        subkeys::revoke_signature.eq(&revocation.signature),
        subkeys::revoke_payload.eq(&revocation.sign_payload),
    ))
    .execute(c))?;
    if updated == 1 {
        return Ok(RevokeOutcome::Revoked);
    }
    Ok(match find(conn, &revocation.avatar, &revocation.key)? {
        None => RevokeOutcome::Unknown,
        Some((_, rp_id)) if rp_id != revocation.rp_id => RevokeOutcome::OtherRpId(rp_id),
        Some(_) => RevokeOutcome::WasRevoked,
    })
}

/// When a subkey was revoked, and its relying party; none if the Avatar never certified it.
fn find(
    conn: &mut DbConnection,
    avatar: &Avatar,
    key: &SubkeyPublicKey,
) -> Result<Option<(Option<i64>, String)>, DbError> {
    Ok(on_backend!(conn, c => subkeys::table
        .filter(subkeys::avatar.eq(avatar.as_bytes().as_slice()))
        .filter(subkeys::algorithm.eq(key.algorithm().as_str()))
        .filter(subkeys::public_key.eq(key.as_bytes()))
        .select((subkeys::revoked_at, subkeys::rp_id))
        .first(c)
        .optional())?)
}
