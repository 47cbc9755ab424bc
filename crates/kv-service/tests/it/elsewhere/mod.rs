//! Links that another service accepted: taken over by an operator, or copied by a mirror.

mod import;
mod mirror;
mod mirror_lies;
mod support;
