//! The tests of proof-service, over HTTP, each on SQLite and on PostgreSQL with a database and ports of its own.
//!
//! `flows` walks through bindings and revocations from payload to offline check; `rules` has a module for each rule of
//! the chain; `refused` is everything bad that a client, a platform or a stranger can send; `reads` is what is shown;
//! `feeds` follows everything as it happens;
//! `elsewhere` takes over what other services accepted;
//! `surface` is what holds for every route. Every answer in every test is compared with the OpenAPI document.

#[cfg(test)]
mod elsewhere;
#[cfg(test)]
mod feeds;
#[cfg(test)]
mod flows;
#[cfg(test)]
mod reads;
#[cfg(test)]
mod refused;
#[cfg(test)]
mod rules;
#[cfg(test)]
mod support;
#[cfg(test)]
mod surface;
#[cfg(test)]
mod webhooks;
