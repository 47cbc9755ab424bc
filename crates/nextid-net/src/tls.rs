//! The TLS implementation of the process.

/// Makes *ring* the process' provider of TLS cryptography, unless one is installed already.
///
/// Needed once before the first TLS connection of any library that uses rustls; [`crate::GuardedClient`] calls it.
/// Calling it again does nothing.
pub fn install_crypto_provider() {
    // The error only says that a provider is there already, which is what is wanted.
    let _ = rustls::crypto::ring::default_provider().install_default();
}
