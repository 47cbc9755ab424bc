//! Everything bad that a client, a platform or a stranger can send: each has its own code, and changes nothing.

mod body;
mod connections;
mod fields;
mod forgery;
mod hostile_text;
mod other_platforms;
mod platform_failures;
mod random;
mod signatures;
