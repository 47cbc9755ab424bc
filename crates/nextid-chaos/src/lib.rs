//! Both services as real processes, two replicas of each on one database, under writers that retry, while processes are killed,
//! the database crashes, connections break and the disk runs full. Afterwards everything that was answered 201 has to be there.
//!
//! What is broken when, and what the writers write, follows from a seed ([`plan`], [`writer`]); what the operating system makes
//! of it does not, so that a seed repeats the schedule and not every interleaving.

pub mod disk;
pub mod failure;
pub mod host;
pub mod http;
pub mod inject;
pub mod ledger;
pub mod plan;
pub mod proxy;
pub mod replica;
pub mod report;
pub mod run;
pub mod stack;
pub mod verify;
pub mod writer;

pub use failure::Failure;
