//! Bindings and revocations as people make them, from payload to offline check.

mod alias;
mod contract_wallets;
mod dns;
mod github;
mod revoke;
mod social;
mod wallets;
