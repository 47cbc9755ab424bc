//! `GET /v1/kv`

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse, Responder as _};
use nextid_core::Avatar;
use nextid_service::http::fields::{self, AvatarFields};
use nextid_service::http::{ApiError, Json, Query};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};

use super::etag::{self, HeadTags};
use super::pointer::Pointer;
use crate::app::App;
use crate::store::namespaces::NamespaceFilter;
use crate::store::{Head, Marks, Namespace, Standing};
use crate::submit::SubmitError;

/// Whose contents are asked for.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ContentQuery {
    /// The Avatar, in hexadecimal: 33, 65 or (X and Y alone) 64 bytes, with or without `0x`. One of the three names has
    /// to be given.
    #[param(example = "0x02e3511304b78237a0c2a66c7aae5be20cd9104d1b452161529bb3a23cccbf55c9")]
    avatar: Option<String>,
    /// As `avatar`.
    persona: Option<String>,
    /// As `avatar`.
    public_key: Option<String>,
    /// Only what was published on this platform.
    #[param(example = "nextid")]
    platform: Option<String>,
    /// Only what was published under this identity, in any spelling; `platform` has to be given too.
    #[param(example = "0x02e3511304b78237a0c2a66c7aae5be20cd9104d1b452161529bb3a23cccbf55c9")]
    identity: Option<String>,
    /// A JSON pointer (RFC 6901): each `content` is the value that it names, and what has no such value is left out.
    #[param(example = "/com.example/theme")]
    pointer: Option<String>,
}

/// Everything that an Avatar published.
#[derive(Debug, Serialize, ToSchema)]
pub struct ContentResponse {
    /// The Avatar: `0x` and 130 hexadecimal digits.
    #[schema(
        example = "0x04e3511304b78237a0c2a66c7aae5be20cd9104d1b452161529bb3a23cccbf55c985f88cf31fbf7e622fe5daf0bb0e9a21e9cff2dc988273cd4cc049d94a3986c6"
    )]
    persona: String,
    /// As `persona`.
    #[schema(
        example = "0x04e3511304b78237a0c2a66c7aae5be20cd9104d1b452161529bb3a23cccbf55c985f88cf31fbf7e622fe5daf0bb0e9a21e9cff2dc988273cd4cc049d94a3986c6"
    )]
    avatar: String,
    /// One for each identity under which something was published, the oldest first.
    proofs: Vec<NamespaceContent>,
}

/// What an Avatar published under one identity.
#[derive(Debug, Serialize, ToSchema)]
pub struct NamespaceContent {
    /// Where the identity lives; `nextid` for the Avatar itself.
    #[schema(example = "github")]
    platform: String,
    /// The identity, normalised.
    #[schema(example = "octocat")]
    identity: String,
    /// What follows from all patches, one after the other; with `pointer` the value that it names.
    #[schema(value_type = Value, example = json!({"com.example": {"theme": "dark"}}))]
    content: Value,
    /// False if the identity is not bound to the Avatar any more: nothing can be written here. Otherwise it is not there.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    bound: Option<bool>,
}

/// What an Avatar published: everything, or what the filters select. An Avatar that nobody has heard of has published
/// nothing.
#[utoipa::path(
    get, path = "/v1/kv", operation_id = "content", tag = "kv",
    params(
        ContentQuery,
        ("If-None-Match" = Option<String>, Header, description = "The `ETag` of an answer that the client has."),
    ),
    responses(
        (
            status = 200, description = "The contents.", body = ContentResponse,
            headers(("ETag" = String, description = "The head of the chain, and what became of bindings: it changes with every link, and when one of these is revoked."))
        ),
        (status = 304, description = "Everything is as it was for `If-None-Match`: nothing has changed.")
    )
)]
pub async fn content(
    app: Data<App>,
    request: HttpRequest,
    Query(query): Query<ContentQuery>,
) -> Result<HttpResponse, ApiError> {
    let avatar = AvatarFields {
        avatar: query.avatar.as_deref(),
        persona: query.persona.as_deref(),
        public_key: query.public_key.as_deref(),
    }
    .parse("avatar", Avatar::parse_with_raw)?;
    let filter = parse_filter(&query, app.limits.identity_bytes)?;
    let pointer = query.pointer.map(Pointer::parse).transpose()?;
    let known = HeadTags::of(&request);
    let is_known =
        known.is_given().then_some(move |head: Option<&Head>, marks: &Marks| known.has(head, marks));
    let published = app.submitter.store.published(avatar, filter, is_known).await?;
    let mut response = match published.namespaces {
        Some(namespaces) => {
            let mut body = ContentResponse::new(&avatar, namespaces)?;
            if let Some(pointer) = &pointer {
                body.narrow(pointer);
            }
            Json::ok(body).respond_to(&request)
        }
        None => HttpResponse::NotModified().finish(),
    };
    etag::mark(response.headers_mut(), published.head.as_ref(), &published.marks);
    Ok(response)
}

fn parse_filter(query: &ContentQuery, max_bytes: usize) -> Result<NamespaceFilter, ApiError> {
    let given = |text: &Option<String>| text.clone().filter(|text| !text.is_empty());
    let (platform, identity) = (given(&query.platform), given(&query.identity));
    let platform = platform.as_deref().map(fields::platform).transpose()?;
    let identity = match (platform, identity) {
        (_, None) => None,
        // What an identity is, depends on the platform.
        (None, Some(_)) => return Err(ApiError::missing_field("platform")),
        (Some(platform), Some(text)) => {
            Some(fields::identity(platform, &text, max_bytes)?.as_str().to_owned())
        }
    };
    Ok(NamespaceFilter { platform, identity })
}

impl ContentResponse {
    pub(super) fn new(avatar: &Avatar, namespaces: Vec<Namespace>) -> Result<Self, ApiError> {
        let avatar = avatar.to_uncompressed_hex();
        let proofs = namespaces.into_iter().map(NamespaceContent::new).collect::<Result<_, _>>()?;
        Ok(Self { persona: avatar.clone(), avatar, proofs })
    }

    /// Leaves of each content the value that the pointer names.
    fn narrow(&mut self, pointer: &Pointer) {
        self.proofs.retain_mut(|namespace| match pointer.take(&mut namespace.content) {
            Some(value) => {
                namespace.content = value;
                true
            }
            None => false,
        });
    }
}

impl NamespaceContent {
    fn new(namespace: Namespace) -> Result<Self, ApiError> {
        let content = read(namespace.current())?;
        let bound = (namespace.standing == Standing::Unbound).then_some(false);
        Ok(Self { bound, ..Self::of(namespace.platform, namespace.identity, content) })
    }

    pub(super) fn of(platform: String, identity: String, content: Value) -> Self {
        Self { platform, identity, content, bound: None }
    }
}

/// A stored content as a value.
pub(super) fn read(content: &str) -> Result<Value, ApiError> {
    Ok(serde_json::from_str(content).map_err(SubmitError::StoredContent)?)
}
