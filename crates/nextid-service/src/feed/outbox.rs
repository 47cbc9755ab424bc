//! What an append leaves for the sequencer.

use diesel::prelude::*;

use super::schema::outbox;
use crate::db::{DbConnection, DbError};
use crate::on_backend;

/// Rows of one insert, far below the number of parameters that either database takes.
const CHUNK: usize = 1000;

/// Hands rows to the sequencer, in the transaction that writes them; they get their feed ids after its commit, in
/// this order where they are of one chain. Call [`Sequencer::wake`](super::Sequencer::wake) after the commit.
///
/// `kind` says what the references are, by the service's own definition. Each `(kind, reference)` is for one feed
/// row only: handing it over again changes nothing.
///
/// # Errors
/// The database's.
pub fn enqueue(conn: &mut DbConnection, kind: i16, references: &[i64]) -> Result<(), DbError> {
    for chunk in references.chunks(CHUNK) {
        let rows: Vec<_> =
            chunk.iter().map(|reference| (outbox::kind.eq(kind), outbox::reference.eq(*reference))).collect();
        on_backend!(conn, c => diesel::insert_into(outbox::table).values(rows).execute(c))?;
    }
    Ok(())
}
