//! The last link of a chain, and what a new one points at.

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Binary};
use nextid_core::LinkUuid;
use nextid_core::signature_text::encode_base64;

use crate::db::{DbError, Prepared, PreparedText, array};

/// What a new link needs to know of the last one. What may be large stays where it is.
#[derive(Debug, Clone, PartialEq, Eq, Queryable)]
pub struct Head {
    /// The place in the chain.
    pub seq: i64,
    /// 16 bytes.
    pub uuid: Vec<u8>,
    /// The signed second.
    pub created_at: i64,
    /// The signature's bytes.
    pub signature: Vec<u8>,
}

impl Head {
    /// The uuid as it is shown.
    pub fn uuid_text(&self) -> String {
        let uuid = uuid::Uuid::from_slice(&self.uuid).ok().and_then(|uuid| LinkUuid::new(uuid).ok());
        uuid.map(|uuid| uuid.to_string()).unwrap_or_default()
    }

    /// The signature as it is shown.
    pub fn signature_base64(&self) -> String {
        encode_base64(&self.signature)
    }
}

/// One probe of the index for each: `DISTINCT ON` would read every chain from its beginning.
struct Heads;

impl PreparedText for Heads {
    const BEFORE: &'static str = "SELECT q.n, h.seq, h.uuid, h.created_at, h.signature FROM unnest(";
    const AFTER: &'static str = ") WITH ORDINALITY AS q (avatar, n) CROSS JOIN LATERAL \
        (SELECT seq, uuid, created_at, signature FROM links WHERE avatar = q.avatar ORDER BY seq DESC LIMIT 1) h";
    type Row = (BigInt, (BigInt, Binary, BigInt, Binary));
}

/// The head of each of these Avatars' chains, in their order, by one statement; none for a chain without links.
///
/// # Errors
/// The database's.
pub fn heads(c: &mut PgConnection, avatars: Vec<&[u8]>) -> Result<Vec<Option<Head>>, DbError> {
    let count = avatars.len();
    let rows: Vec<(i64, Head)> = Prepared::<Heads, _>::new((array::<Binary, _>(avatars),)).load(c)?;
    Ok(by_place(count, rows))
}

/// Puts rows to their places, which PostgreSQL counts from 1.
pub fn by_place<T>(count: usize, rows: Vec<(i64, T)>) -> Vec<Option<T>> {
    let mut placed: Vec<Option<T>> = std::iter::repeat_with(|| None).take(count).collect();
    for (place, row) in rows {
        let index = usize::try_from(place).ok().and_then(|place| place.checked_sub(1));
        if let Some(free) = index.and_then(|index| placed.get_mut(index)) {
            *free = Some(row);
        }
    }
    placed
}

/// The signature of the link before, as bytes and as it stands in the payload.
#[derive(Debug, Clone)]
pub struct Prev {
    signature: Option<(Vec<u8>, String)>,
}

impl Prev {
    /// Of a chain without links.
    pub fn none() -> Self {
        Self { signature: None }
    }

    /// A link with this signature.
    pub fn of(signature: Vec<u8>) -> Self {
        let text = encode_base64(&signature);
        Self { signature: Some((signature, text)) }
    }

    /// The head, if there is one.
    pub fn after(head: Option<&Head>) -> Self {
        head.map_or_else(Self::none, |head| Self::of(head.signature.clone()))
    }

    /// As it stands in the payload.
    pub fn as_base64(&self) -> Option<&str> {
        self.signature.as_ref().map(|(_, text)| text.as_str())
    }

    /// As it is stored.
    pub fn into_bytes(self) -> Option<Vec<u8>> {
        self.signature.map(|(bytes, _)| bytes)
    }
}
