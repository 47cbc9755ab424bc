//! kv-service beside proof-service's feed.

mod accounts;
mod away;
mod beside_proof_service;
mod feed;
mod imported;
mod marks;
mod replicas;
mod writes;
