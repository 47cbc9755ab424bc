//! From the HTTP library's errors to ours.

use std::error::Error;
use std::io;

use crate::FetchError;
use crate::resolver::NameError;

/// Says what went wrong with a request to `host`.
///
/// The library wraps causes in several layers, some of them in `io::Error`, whose `source` skips what it wraps; so
/// the whole chain is searched for what we know.
pub(crate) fn classify(error: &reqwest::Error, host: &str) -> FetchError {
    let host = host.to_owned();
    let mut reason = None;
    let mut cause = error.source();
    while let Some(current) = cause {
        if let Some(name_error) = current.downcast_ref::<NameError>() {
            return match name_error {
                NameError::Unknown => FetchError::Resolve { host },
                NameError::NotPublic => FetchError::ForbiddenAddress { host },
            };
        }
        if let Some(tls_error) = current.downcast_ref::<rustls::Error>() {
            return FetchError::Tls { host, reason: tls_error.to_string() };
        }
        reason = Some(current.to_string());
        cause = match current.downcast_ref::<io::Error>().and_then(io::Error::get_ref) {
            Some(wrapped) => Some(wrapped),
            None => current.source(),
        };
    }
    if error.is_timeout() {
        FetchError::Timeout { host }
    } else if error.is_connect() {
        FetchError::Connect { host }
    } else {
        FetchError::Protocol { host, reason: reason.unwrap_or_else(|| "unknown".to_owned()) }
    }
}
