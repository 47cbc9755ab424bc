//! HTTP as both services speak it: errors, bodies, queries, CORS, and what holds for every request.

mod cors;
mod edge;
mod error;
mod error_code;
mod export;
pub mod fields;
mod framework;
mod from_db;
mod json;
mod misfit;
mod page;
mod problem;
mod query;
mod request_id;
mod respond;
mod routes;
mod shape;
#[cfg(test)]
mod tests;

pub use cors::Cors;
pub use edge::Edge;
pub use error::ApiError;
pub use error_code::ErrorCode;
pub use export::{JSON_LINES, export};
pub use json::{BodyLimits, JsonBody};
pub use page::{Page, Pagination};
pub use problem::{ErrorBody, PROBLEM_JSON};
pub use query::{Query, parse as parse_query, parse_bool};
pub use request_id::{REQUEST_ID, RequestId};
pub use respond::{JSON, Json};
pub(crate) use routes::framework_extractors;
pub use routes::{get, not_found};
