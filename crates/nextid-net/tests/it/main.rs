//! The guarded client against servers on the loopback interface.

mod breaker;
mod forbidden;
mod limits;
mod rate_limits;
mod redirects;
mod requests;
#[expect(clippy::unwrap_used, reason = "helpers of tests, which may fail by panicking")]
mod stand_in;
