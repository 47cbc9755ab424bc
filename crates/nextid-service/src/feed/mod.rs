//! The feed: everything a service has committed, numbered from 1 without a gap, for readers that follow it.
//!
//! An append gives no feed ids. It puts a row into `outbox` in its own transaction ([`enqueue`]), and one
//! [`Sequencer`] per service, on whichever replica holds the lease, moves committed rows from `outbox` to `feed`,
//! where they get their id, within milliseconds. Numbering in the append itself would either make all appends wait
//! for each other, or give ids that become visible out of order, which a reader that follows by id would miss.
//!
//! # Why the order respects each chain
//! The sequencer numbers in the order of the outbox ids. Link *n+1* of a chain is inserted only after link *n* was
//! committed, because its place in the chain is taken from the head that its writer saw. So its outbox id, drawn at
//! its insert, is the larger one, and whoever sees it sees link *n* too, in the outbox or in the feed already. The
//! same holds for anything else that is enqueued after what it refers to was committed, or after it in the same
//! transaction.
//!
//! A smaller outbox id may be committed later than a larger one. Then the two were open at the same time, so they
//! are not links of one chain, and no order between them was promised: the later one just gets a later feed id.
//!
//! # Why nothing is numbered twice and no number is skipped
//! Renewing the lease, numbering and deleting from the outbox are one transaction, and the renewal locks the lease's
//! row until the commit. So these transactions run one after the other on all replicas, whatever their clocks say,
//! each sees the highest id of the one before it, and one that finds the lease taken moves nothing. The time limit
//! of the lease only decides who does the work.

pub mod ddl;
mod lease;
mod mover;
mod outbox;
mod reader;
pub mod schema;
mod sequencer;
mod watch;

pub use outbox::enqueue;
pub use reader::{FeedRow, epoch, latest_id, read_after};
pub use sequencer::{Sequencer, SequencerSettings};
pub use watch::FeedWatch;
