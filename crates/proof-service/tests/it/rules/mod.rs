//! One module for each rule of the chain.

mod concurrency;
mod conflict;
mod durable;
mod freshness;
mod keys;
mod limits;
mod many;
mod order;
mod replay;
mod revocation;
mod rivals;
mod slow_fetch;
mod stored;
