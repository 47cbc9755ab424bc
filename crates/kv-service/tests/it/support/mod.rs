//! The service under test, a person who writes, and a proof-service with scripted answers.

mod kv;
mod person;
mod proof_service;
mod stored;

pub use kv::Kv;
pub use person::{Draft, Person};
pub use proof_service::{Behaviour, ProofStandIn};
pub use stored::{stored_chain, verified_contents};
