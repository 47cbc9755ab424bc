//! Signed webhooks, after the Standard Webhooks specification: every event of the feed is posted to endpoints that an
//! operator registered.
//!
//! - [`Webhooks`]: what a service starts, and the API for operators;
//! - [`Deliverer`]: sends events to endpoints, any number of replicas together;
//! - [`Standing`]: the rules by which an attempt changes how an endpoint stands;
//! - [`sign`], [`SigningSecret`], [`Message`]: what goes over the wire.
//!
//! # Why nothing is missed
//! There is no queue of messages. An event gets its place in the feed from the outbox that is written in the link's own
//! transaction ([`feed`](crate::feed)), and each endpoint has a place up to which it was told. What is before that place is
//! delivered or given up; everything after it is yet to come. So nothing can be lost between the link and the message, and
//! an event that was delivered just before its replica was killed is delivered once more, under the same id.
//!
//! # Why the order is kept
//! An endpoint is claimed before anything is sent to it ([`store`]), whoever has it sends one message at a time, and one
//! that does not arrive holds up the others until it is given up. A claim outlives its holder by a few seconds.

pub mod ddl;
mod deliverer;
mod filter;
mod hands;
mod message;
mod metrics;
pub mod routes;
mod run;
mod schedule;
pub mod schema;
mod secret;
mod sender;
mod service;
mod signature;
mod standing;
pub mod store;
mod worker;

pub use deliverer::{Clock, Deliverer, DeliveryRules, Roll};
pub use filter::Filter;
pub use message::{Message, TEST_TYPE, kind_of, type_of};
pub use metrics::WebhookMetrics;
pub use schedule::WINDOW;
pub use secret::{BadSigningSecret, SigningSecret};
pub use sender::{Answer, Sender, TIMEOUT};
pub use service::Webhooks;
pub use signature::sign;
pub use standing::{DeadLetter, Failure, Standing};
pub use worker::WebhookWorker;
