//! The check of the whole database, on SQLite and on PostgreSQL: what is sound, and each thing that can be wrong.

#[cfg(test)]
mod database;
#[cfg(test)]
mod live;
#[cfg(test)]
mod population;
#[cfg(test)]
mod program;
#[cfg(test)]
#[path = "../it/support/mod.rs"]
#[expect(dead_code, unused_imports, reason = "the other tests need more of it")]
mod support;
