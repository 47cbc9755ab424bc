//! The hub over a feed in memory.

mod answers;
mod memory;
mod streams;
mod waiting;
