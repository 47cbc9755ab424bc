//! Links that another service accepted: taken over by an operator, or copied by a mirror.

mod import;
mod import_conflicts;
mod import_contracts;
mod import_rechecks;
mod mirror;
mod mirror_lies;
mod mirror_marks;
mod scripted;
mod support;
