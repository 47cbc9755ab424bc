//! The description of the API, generated from the handlers.

use nextid_core::link::ProofLink;
use nextid_service::build_info::BuildInfo;
use nextid_service::health;
use nextid_service::http::ErrorCode::{self, *};
use nextid_service::openapi::{Document, OpenApiError, complete};
use nextid_service::webhooks;
use utoipa::OpenApi;

use crate::events::{LinkEvent, StateEvent};
use crate::routes::{
    chain, changes, events, exists, export, healthz, payload, platforms, restore_pubkey, search, subkey,
    submit,
};

#[derive(OpenApi)]
#[openapi(
    info(
        title = "proof-service",
        description = "Binds an Avatar, a person's secp256k1 key, to accounts on applications and to wallets, as a signed, \
                       hash-linked ProofChain that anyone can check offline.",
        license(name = "MIT OR Apache-2.0")
    ),
    paths(
        healthz::healthz,
        health::readyz,
        payload::payload,
        submit::submit,
        search::search,
        exists::exists,
        chain::chain,
        changes::changes,
        events::events,
        export::export,
        restore_pubkey::restore_pubkey,
        platforms::platforms,
        subkey::list::list,
        subkey::payload::payload,
        subkey::create::create,
        subkey::delete::delete
    ),
    components(schemas(ProofLink, LinkEvent, StateEvent<'_>)),
    tags(
        (name = "proof", description = "ProofChains and what is bound."),
        (name = "subkey", description = "Further keys that an Avatar certifies."),
        (name = "health", description = "The service.")
    )
)]
struct Api;

/// The errors of each operation, besides those that every one can answer.
const ERRORS: &[(&str, &[ErrorCode])] = &[
    ("healthz", &[]),
    ("readyz", &[]),
    (
        "payload",
        &[
            BadPublicKey,
            BadIdentity,
            UnknownPlatform,
            UnknownAction,
            PlatformNotConfigured,
            NotBound,
            ProofMissing,
            PlatformError,
            PlatformUnavailable,
            PlatformTimeout,
            ReadOnlyMirror,
        ],
    ),
    (
        "submit",
        &[
            BadPublicKey,
            BadIdentity,
            UnknownPlatform,
            UnknownAction,
            PlatformNotConfigured,
            BadUuid,
            BadCreatedAt,
            CreatedAtInFuture,
            CreatedAtTooOld,
            BadSignatureEncoding,
            BadSignature,
            SignatureMissing,
            WalletSignatureMissing,
            BadWalletSignature,
            WalletCannotSignLink,
            ProofMissing,
            ProofMismatch,
            ChainConflict,
            UuidReused,
            NotBound,
            TooManyBindings,
            TooManyAliases,
            PlatformError,
            PlatformUnavailable,
            PlatformTimeout,
            ReadOnlyMirror,
        ],
    ),
    ("search", &[BadPublicKey, BadIdentity, UnknownPlatform, TooManyIdentities]),
    ("exists", &[BadPublicKey, BadIdentity, UnknownPlatform, NotFound]),
    ("chain", &[BadPublicKey]),
    ("changes", &[]),
    ("events", &[BadPublicKey, UnknownPlatform, StaleCursor]),
    ("export", &[BadPublicKey]),
    (
        "restore_pubkey",
        &[
            UnknownPlatform,
            UnknownAction,
            BadIdentity,
            BadUuid,
            BadCreatedAt,
            BadSignatureEncoding,
            BadSignature,
            SignatureMissing,
        ],
    ),
    ("platforms", &[]),
    ("list_subkeys", &[BadPublicKey, ReadOnlyMirror]),
    ("subkey_payload", &[BadPublicKey, UnknownAction, ReadOnlyMirror]),
    (
        "create_subkey",
        &[
            BadPublicKey,
            BadSignatureEncoding,
            BadSignature,
            SubkeyExists,
            SubkeyRevoked,
            TooManySubkeys,
            ReadOnlyMirror,
        ],
    ),
    (
        "delete_subkey",
        &[
            BadPublicKey,
            BadUuid,
            BadCreatedAt,
            CreatedAtInFuture,
            CreatedAtTooOld,
            BadSignatureEncoding,
            BadSignature,
            NotFound,
            SubkeyRevoked,
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
