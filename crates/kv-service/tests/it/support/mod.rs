//! The service under test, a person who writes, and a proof-service with scripted answers.

mod feed;
mod kv;
mod patience;
mod person;
mod proof_service;
mod stored;

pub use feed::ScriptedFeed;
pub use kv::{Kv, TestClock};
pub use patience::until;
pub use person::{Draft, Person};
pub use proof_service::{Behaviour, ProofStandIn};
pub use stored::{stored_chain, verified_contents};
