//! A verified copy of another kv-service: see [`nextid_service::mirror`].
//!
//! [`follower`] puts it together: the origin over HTTP, the copy in the store. The service runs it beside its routes
//! (`--mirror-of`), `nextid mirror` runs it alone. What is bound, a mirror learns as every kv-service does, from the
//! proof-service that it is told of.

mod origin;

use nextid_client::{ClientError, ClientOptions};
use nextid_service::mirror::{Follower, Status};

pub use origin::HttpOrigin;

use crate::store::Store;
use crate::store::mirror::KvKeeper;

/// What this service says when it is asked what it is.
pub const HELLO: &str = "kv server";

/// Paths at which a mirror takes no writes.
pub const WRITES: &[&str] = &["/v1/kv", "/v1/kv/payload", "/v1/KV/payload"];

/// Follows the service at `url` into `store`.
///
/// # Errors
/// [`ClientError`] for a URL that is none.
pub fn follower(
    url: &str,
    store: Store,
    status: Status,
) -> Result<Follower<HttpOrigin, KvKeeper>, ClientError> {
    let origin = HttpOrigin::new(url, &ClientOptions::default())?;
    Ok(Follower::new(origin, KvKeeper::new(store), status))
}
