//! The description of the API, generated from the handlers.

use nextid_core::link::KvLink;
use nextid_service::build_info::BuildInfo;
use nextid_service::health;
use nextid_service::http::ErrorCode::{self, *};
use nextid_service::openapi::{Document, OpenApiError, complete};
use nextid_service::webhooks;
use utoipa::OpenApi;

use crate::events::LinkEvent;
use crate::routes::{at, by_identity, chain, changes, content, events, export, healthz, payload, submit};

#[derive(OpenApi)]
#[openapi(
    info(
        title = "kv-service",
        description = "Lets an Avatar, a person's secp256k1 key, publish JSON under itself and under each of its bindings. \
                       Every write is a signed merge patch in a hash-linked KVChain that anyone can check offline.",
        license(name = "MIT OR Apache-2.0")
    ),
    paths(
        healthz::healthz,
        health::readyz,
        content::content,
        at::at,
        chain::chain,
        changes::changes,
        events::events,
        export::export,
        by_identity::by_identity,
        payload::payload,
        submit::submit
    ),
    components(schemas(KvLink, LinkEvent)),
    tags((name = "kv", description = "KVChains and their contents."), (name = "health", description = "The service."))
)]
struct Api;

/// The errors of each operation, besides those that every one can answer.
const ERRORS: &[(&str, &[ErrorCode])] = &[
    ("healthz", &[]),
    ("readyz", &[]),
    ("content", &[BadPublicKey, BadIdentity, UnknownPlatform]),
    ("at", &[BadPublicKey, BadUuid, NotFound]),
    ("chain", &[BadPublicKey]),
    ("changes", &[]),
    ("events", &[BadPublicKey, UnknownPlatform, StaleCursor]),
    ("export", &[BadPublicKey]),
    ("by_identity", &[BadIdentity, UnknownPlatform, ProofServiceUnavailable]),
    (
        "payload",
        &[
            BadPublicKey,
            BadIdentity,
            UnknownPlatform,
            PatchNotObject,
            PatchTooLarge,
            NotBoundForKv,
            ProofServiceUnavailable,
            ReadOnlyMirror,
        ],
    ),
    (
        "submit",
        &[
            BadPublicKey,
            BadIdentity,
            UnknownPlatform,
            BadUuid,
            BadCreatedAt,
            CreatedAtInFuture,
            CreatedAtTooOld,
            BadSignatureEncoding,
            BadSignature,
            PatchNotObject,
            PatchTooLarge,
            NotBoundForKv,
            ChainConflict,
            UuidReused,
            NamespaceTooLarge,
            TooManyNamespaces,
            ProofServiceUnavailable,
            ReadOnlyMirror,
        ],
    ),
];

/// The document as it is served. It is what [`document`] says, since `scripts/openapi --check` fails otherwise.
pub fn served() -> Document {
    Document::packed(include_bytes!(concat!(env!("OUT_DIR"), "/openapi.json.zlib")))
}

/// The document, made from the handlers.
///
/// # Errors
/// When the table of errors and the handlers name different operations.
pub fn document(build: &BuildInfo) -> Result<utoipa::openapi::OpenApi, OpenApiError> {
    let mut api = Api::openapi();
    api.merge(webhooks::routes::document());
    complete(api, build, &[ERRORS, webhooks::routes::ERRORS].concat())
}
