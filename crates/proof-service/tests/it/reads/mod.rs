//! What is shown: searches, single bindings, chains, the feed.

mod chain;
mod changes;
mod exists;
mod field_clients;
mod healthz;
mod matching;
mod paging;
mod sorting;
