//! What the tests share: a running service, requests from payload to signature, and what is in the database.

pub mod app;
pub mod described;
pub mod draft;
pub mod platforms;
pub mod schema;
pub mod steps;
pub mod tally;

pub use app::{App, Setup};
pub use draft::{Draft, Terms, address_of};
pub use tally::Tally;
