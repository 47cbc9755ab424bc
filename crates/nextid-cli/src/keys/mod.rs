//! Private keys: where they come from, and how they are kept.

mod directory;
mod environment;
mod kdf;
mod keystore;
mod password;
mod source;

pub use directory::{KeyDirectory, KeyName};
pub use environment::Environment;
pub use keystore::{Keystore, KeystoreError};
pub use password::{ask_hidden, new_password};
pub use source::{KeyFile, Role, avatar_key, counter_key, own_avatar};
