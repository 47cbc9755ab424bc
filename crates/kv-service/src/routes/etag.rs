//! The head of a chain as the `ETag` of what follows from it.

use actix_web::HttpRequest;
use actix_web::http::header::{
    self, EntityTag, Header as _, HeaderMap, HeaderValue, IfNoneMatch, TryIntoHeaderValue as _,
};
use nextid_core::signature_text::encode_base64;

use crate::store::Head;

/// The tags of a request's `If-None-Match`.
#[derive(Debug, Clone)]
pub(super) struct HeadTags(Option<IfNoneMatch>);

impl HeadTags {
    /// A header that cannot be read is as good as none.
    pub(super) fn of(request: &HttpRequest) -> Self {
        Self(IfNoneMatch::parse(request).ok())
    }

    /// Whether the client has what follows from this head.
    pub(super) fn has(&self, head: Option<&Head>) -> bool {
        match &self.0 {
            Some(IfNoneMatch::Any) => true,
            // RFC 9110, 13.1.2: the comparison is the weak one.
            Some(IfNoneMatch::Items(tags)) => {
                let current = tag_of(head);
                tags.iter().any(|tag| tag.weak_eq(&current))
            }
            None => false,
        }
    }
}

/// Puts the tag on an answer. Caches may keep it, and have to ask whether it still holds.
pub(super) fn mark(headers: &mut HeaderMap, head: Option<&Head>) {
    // Base64 has nothing that a header cannot carry.
    if let Ok(tag) = tag_of(head).try_into_value() {
        headers.insert(header::ETAG, tag);
    }
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
}

/// The head's signature, which is the `previous` of the next payload; `empty` for a chain without links.
fn tag_of(head: Option<&Head>) -> EntityTag {
    EntityTag::new_strong(head.map_or_else(|| "empty".to_owned(), |head| encode_base64(&head.signature)))
}
