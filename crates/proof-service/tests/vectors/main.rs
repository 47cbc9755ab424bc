//! What others signed, through HTTP, each on SQLite and on PostgreSQL: published signatures with their real posts, signatures
//! of independent libraries for the platforms of which nothing is published, and what must never be taken for genuine.
//!
//! A submit carries no `prev`, so that a link after another one can only be accepted by a service that has the other one.
//! Where that one is published it is submitted first. Where only its signature is known, as the `prev` of a published link,
//! it is put into the store as a row that nobody judged: see `support::earlier`.

#[cfg(test)]
mod genuine;
#[cfg(test)]
mod refused;
#[cfg(test)]
mod support;
