//! Proofs over time, each test on SQLite and on PostgreSQL with a database of its own. The clock is moved, never waited
//! for.
//!
//! `states`, `failures`, `rename` and `brake` are the rules; `sharing`, `resuming` and `volume` are the worker; `asking` is
//! the service as a whole; `schema` is the migration. `soak` is run by `scripts/recheck-soak`.

#[cfg(test)]
mod asking;
#[cfg(test)]
mod brake;
#[cfg(test)]
mod failures;
#[cfg(test)]
mod rename;
#[cfg(test)]
mod resuming;
#[cfg(test)]
mod schema;
#[cfg(test)]
mod sharing;
#[cfg(test)]
mod soak;
#[cfg(test)]
mod states;
#[cfg(test)]
mod support;
#[cfg(test)]
mod volume;
