//! kv-service over HTTP, on SQLite and on PostgreSQL; the modules mirror the routes and the rules of the chain.

#[cfg(test)]
mod at;
#[cfg(test)]
mod bad_input;
#[cfg(test)]
mod bindings;
#[cfg(test)]
mod by_identity;
#[cfg(test)]
mod chain;
#[cfg(test)]
mod conditional;
#[cfg(test)]
mod content;
#[cfg(test)]
mod elsewhere;
#[cfg(test)]
mod export;
#[cfg(test)]
mod feeds;
#[cfg(test)]
mod fields;
#[cfg(test)]
mod following;
#[cfg(test)]
mod kvchain;
#[cfg(test)]
mod limits;
#[cfg(test)]
mod openapi;
#[cfg(test)]
mod payload;
#[cfg(test)]
mod rivals;
#[cfg(test)]
mod service;
#[cfg(test)]
mod store;
#[cfg(test)]
mod submit;
#[cfg(test)]
mod support;
#[cfg(test)]
mod vectors;
#[cfg(test)]
mod webhooks;
