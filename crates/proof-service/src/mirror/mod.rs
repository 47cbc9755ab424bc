//! A verified copy of another proof-service: see [`nextid_service::mirror`].
//!
//! [`follower`] puts it together: the origin over HTTP, the copy in the store. The service runs it beside its routes
//! (`--mirror-of`), `nextid mirror` runs it alone.

mod origin;

use nextid_client::{ClientError, ClientOptions};
use nextid_service::mirror::{Follower, Status};

pub use origin::HttpOrigin;

use crate::store::Store;
use crate::store::mirror::ProofKeeper;

/// What this service says when it is asked what it is.
pub const HELLO: &str = "proof service";

/// Paths at which a mirror takes no writes.
pub const WRITES: &[&str] = &["/v1/proof", "/v1/proof/payload"];

/// Paths of what is in no feed, so that a mirror does not have it.
pub const MISSING: &[&str] = &["/v1/subkey", "/v1/subkey/payload"];

/// Follows the service at `url` into `store`.
///
/// # Errors
/// [`ClientError`] for a URL that is none.
pub fn follower(
    url: &str,
    store: Store,
    status: Status,
) -> Result<Follower<HttpOrigin, ProofKeeper>, ClientError> {
    let origin = HttpOrigin::new(url, &ClientOptions::default())?;
    Ok(Follower::new(origin, ProofKeeper::new(store), status))
}
