//! Laws that hold for every input.

mod base1024;
mod broken_chain;
mod canonical_json;
mod go_json;
mod identity;
mod merge_patch;
mod parsers;
mod signing;
mod strategy;
