//! What the tests share: the vectors, the platforms with their posts, and a service that reaches them.

mod earlier;
mod platforms;
mod service;
mod vector;

pub use earlier::put_earlier_link;
pub use platforms::{Platforms, Post};
pub use service::Served;
pub use vector::{Vector, published, rejected, synthetic};
