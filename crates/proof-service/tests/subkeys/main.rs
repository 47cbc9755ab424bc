//! The tests of subkeys, of the recovery of keys and of the description of platforms, over HTTP, each on SQLite and on
//! PostgreSQL. Every answer is compared with the OpenAPI document.

#[cfg(test)]
mod certify;
#[cfg(test)]
mod list;
#[cfg(test)]
mod platforms;
#[cfg(test)]
mod restore;
#[cfg(test)]
mod revoke;
#[cfg(test)]
mod support;
