//! The export of ProofChains over HTTP, on SQLite and on PostgreSQL. Every answer is compared with the OpenAPI document.

#[cfg(test)]
mod chains;
#[cfg(test)]
#[path = "../it/support/mod.rs"]
#[expect(dead_code, unused_imports, reason = "the other tests need more of it")]
mod support;
