//! The runtime of a test that a macro of this crate writes.

use std::future::Future;

/// Runs a future on a new actix system, which is a tokio runtime as well, so a test body may use both.
pub fn block_on<F: Future>(body: F) -> F::Output {
    actix_web::rt::System::new().block_on(body)
}
