//! Development only: what both services do in a second, beside the floors of the same machine in the same run.
//!
//! `scripts/bench` starts a PostgreSQL, builds the programs that ship and runs this. The parts:
//!
//! - [`people`], [`rows`], [`load`], [`world`]: a world of Avatars with chains, put into a database;
//! - [`service`], [`cpu`]: the real programs as processes of their own, and what they cost;
//! - [`http`], [`drive`]: a client that is cheap enough to share two cores with what it measures;
//! - [`writers`], [`readers`], [`feed`], [`events`], [`verify`]: what is asked of them;
//! - [`floors`]: what the same machine does without us;
//! - [`run`], [`series`], [`goals`], [`report`]: rounds, medians, ratios, and the table.
//!
//! Nothing here asserts a time.

pub mod cpu;
pub mod drive;
pub mod events;
pub mod failure;
pub mod feed;
pub mod floors;
pub mod goals;
pub mod hello;
pub mod http;
pub mod load;
pub mod options;
pub mod people;
pub mod perf;
pub mod readers;
pub mod report;
pub mod resync;
pub mod rows;
pub mod run;
pub mod series;
pub mod service;
pub mod sink;
pub mod sqlite;
pub mod verify;
pub mod world;
pub mod writers;
