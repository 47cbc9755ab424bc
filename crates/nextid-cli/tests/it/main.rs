//! The command as its users run it: the built program, its output and its exit status.

mod avatar;
mod bindings;
mod chain;
mod command;
mod demo;
mod import;
mod kv;
mod live;
mod mirror;
mod mirror_killed;
mod posts;
mod up;
