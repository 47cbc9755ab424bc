//! The head of a chain as the `ETag` of what follows from it, and from what became of bindings.

use actix_web::HttpRequest;
use actix_web::http::header::{
    self, EntityTag, Header as _, HeaderMap, HeaderValue, IfNoneMatch, TryIntoHeaderValue as _,
};
use nextid_core::signature_text::encode_base64;

use crate::store::{Head, Marks};

/// The tags of a request's `If-None-Match`.
#[derive(Debug, Clone)]
pub(super) struct HeadTags(Option<IfNoneMatch>);

impl HeadTags {
    /// A header that cannot be read is as good as none.
    pub(super) fn of(request: &HttpRequest) -> Self {
        Self(IfNoneMatch::parse(request).ok())
    }

    /// Whether there are any.
    pub(super) fn is_given(&self) -> bool {
        self.0.is_some()
    }

    /// Whether the client has what follows from this head and these marks.
    pub(super) fn has(&self, head: Option<&Head>, marks: &Marks) -> bool {
        match &self.0 {
            Some(IfNoneMatch::Any) => true,
            // RFC 9110, 13.1.2: the comparison is the weak one.
            Some(IfNoneMatch::Items(tags)) => {
                let current = tag_of(head, marks);
                tags.iter().any(|tag| tag.weak_eq(&current))
            }
            None => false,
        }
    }
}

/// Puts the tag on an answer. Caches may keep it, and have to ask whether it still holds.
pub(super) fn mark(headers: &mut HeaderMap, head: Option<&Head>, marks: &Marks) {
    // Base64 has nothing that a header cannot carry.
    if let Ok(tag) = tag_of(head, marks).try_into_value() {
        headers.insert(header::ETAG, tag);
    }
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
}

/// The head's signature, which is the `previous` of the next payload; `empty` for a chain without links. Where a namespace
/// is not as its links leave it, what tells these states apart follows after a dot.
fn tag_of(head: Option<&Head>, marks: &Marks) -> EntityTag {
    let head = head.map_or_else(|| "empty".to_owned(), |head| encode_base64(&head.signature));
    EntityTag::new_strong(match marks {
        Marks { count: 0, .. } => head,
        Marks { generation, count, latest } => format!("{head}.{generation}-{count}-{latest}"),
    })
}
