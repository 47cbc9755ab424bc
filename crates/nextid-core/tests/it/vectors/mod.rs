//! Every vector is a test. A vector of a kind that nobody handles fails.

mod base1024;
mod kv_json;
mod live;
mod personal_sign;
mod proof;
mod published;
mod rejected;
mod restore;
mod synthetic;
mod templates;
