//! The tests of `nextid-core`, through its public interface only.
//!
//! `vectors` holds the core to what was measured and published; `tables` says which inputs are taken and which refused;
//! `chains` builds whole chains and breaks them;
//! `export` reads them from lines; `chain_vectors` are those that are published for other implementations; `properties` tries what nobody thought of.

#[cfg(test)]
mod chain_vectors;
#[cfg(test)]
mod chains;
#[cfg(test)]
mod export;
#[cfg(test)]
mod properties;
#[cfg(test)]
mod support;
#[cfg(test)]
mod tables;
#[cfg(test)]
mod vectors;
