//! The client against a service on loopback that answers what each test says.

mod events;
mod export;
mod failures;
mod gists;
mod kv;
mod proof;
mod stand_in;
