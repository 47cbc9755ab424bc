//! Every code that an error answer can have, with its status: the one table.

use actix_web::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

macro_rules! error_codes {
    ($( $variant:ident = $name:literal, $status:ident, $title:literal; )*) => {
        /// What went wrong, for programs. Each code has one HTTP status.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
        #[serde(rename_all = "snake_case")]
        pub enum ErrorCode {
            $( #[doc = $title] $variant, )*
        }

        impl ErrorCode {
            /// All codes, in the order of their statuses.
            pub const ALL: &'static [Self] = &[ $( Self::$variant ),* ];

            /// The code as it stands in an answer.
            pub fn as_str(self) -> &'static str {
                match self { $( Self::$variant => $name, )* }
            }

            /// The HTTP status that goes with it.
            pub fn status(self) -> StatusCode {
                match self { $( Self::$variant => StatusCode::$status, )* }
            }

            /// What it says, in general.
            pub fn title(self) -> &'static str {
                match self { $( Self::$variant => $title, )* }
            }
        }
    };
}

error_codes! {
    BadJson = "bad_json", BAD_REQUEST, "The body is not a JSON object";
    MissingField = "missing_field", BAD_REQUEST, "A field is missing";
    BadField = "bad_field", BAD_REQUEST, "A field has a wrong value";
    BadPublicKey = "bad_public_key", BAD_REQUEST, "The public key is none";
    BadIdentity = "bad_identity", BAD_REQUEST, "The platform cannot have this identity";
    BadUuid = "bad_uuid", BAD_REQUEST, "The uuid is none";
    BadCreatedAt = "bad_created_at", BAD_REQUEST, "created_at is not a time";
    CreatedAtInFuture = "created_at_in_future", BAD_REQUEST, "created_at is in the future";
    CreatedAtTooOld = "created_at_too_old", BAD_REQUEST, "created_at is too old";
    BadSignatureEncoding = "bad_signature_encoding", BAD_REQUEST, "The signature cannot be decoded";
    BadSignature = "bad_signature", BAD_REQUEST, "The signature is not the Avatar's over this payload";
    SignatureMissing = "signature_missing", BAD_REQUEST, "The Avatar's signature is missing";
    WalletSignatureMissing = "wallet_signature_missing", BAD_REQUEST, "The wallet's signature is missing";
    BadWalletSignature = "bad_wallet_signature", BAD_REQUEST, "The signature is not the wallet's over this payload";
    WalletCannotSignLink = "wallet_cannot_sign_link", BAD_REQUEST, "A wallet of this kind cannot sign this link";
    UnknownPlatform = "unknown_platform", BAD_REQUEST, "There is no such platform";
    PlatformNotConfigured = "platform_not_configured", BAD_REQUEST, "The platform is not configured here";
    UnknownAction = "unknown_action", BAD_REQUEST, "There is no such action";
    PatchNotObject = "patch_not_object", BAD_REQUEST, "The patch is not an object";
    TooDeep = "too_deep", BAD_REQUEST, "The JSON is nested too deeply";
    ProofMissing = "proof_missing", BAD_REQUEST, "The proof post was not found";
    ProofMismatch = "proof_mismatch", BAD_REQUEST, "The proof post does not prove this";
    NotBoundForKv = "not_bound_for_kv", BAD_REQUEST, "The identity is not bound to this Avatar";
    Unauthorized = "unauthorized", UNAUTHORIZED, "A token is needed";
    ReadOnlyMirror = "read_only_mirror", FORBIDDEN, "This is a read-only mirror";
    NotFound = "not_found", NOT_FOUND, "Not found";
    MethodNotAllowed = "method_not_allowed", METHOD_NOT_ALLOWED, "The method is not allowed here";
    RequestTimeout = "request_timeout", REQUEST_TIMEOUT, "The request took too long to arrive";
    ChainConflict = "chain_conflict", CONFLICT, "The chain has moved on";
    UuidReused = "uuid_reused", CONFLICT, "The uuid was used for something else";
    NotBound = "not_bound", CONFLICT, "There is no such binding in force";
    SubkeyExists = "subkey_exists", CONFLICT, "The subkey exists";
    SubkeyRevoked = "subkey_revoked", CONFLICT, "The subkey is revoked";
    StaleCursor = "stale_cursor", GONE, "The cursor is of another database";
    BodyTooLarge = "body_too_large", PAYLOAD_TOO_LARGE, "The body is too large";
    PatchTooLarge = "patch_too_large", PAYLOAD_TOO_LARGE, "The patch is too large";
    NamespaceTooLarge = "namespace_too_large", PAYLOAD_TOO_LARGE, "The namespace, or all of the Avatar's, would be too large";
    TooManyBindings = "too_many_bindings", PAYLOAD_TOO_LARGE, "The Avatar has too many bindings";
    TooManyNamespaces = "too_many_namespaces", PAYLOAD_TOO_LARGE, "The Avatar has too many namespaces";
    TooManyAliases = "too_many_aliases", PAYLOAD_TOO_LARGE, "The Avatar has too many aliases";
    TooManySubkeys = "too_many_subkeys", PAYLOAD_TOO_LARGE, "The Avatar has too many subkeys";
    TooManyIdentities = "too_many_identities", PAYLOAD_TOO_LARGE, "Too many identities in one search";
    TooManyWebhooks = "too_many_webhooks", PAYLOAD_TOO_LARGE, "There are too many webhooks";
    RateLimited = "rate_limited", TOO_MANY_REQUESTS, "Too many requests";
    Internal = "internal", INTERNAL_SERVER_ERROR, "Something went wrong here";
    PlatformError = "platform_error", BAD_GATEWAY, "The platform answered with an error";
    PlatformUnavailable = "platform_unavailable", SERVICE_UNAVAILABLE, "The platform cannot be reached";
    ProofServiceUnavailable = "proof_service_unavailable", SERVICE_UNAVAILABLE, "proof-service cannot be reached";
    Overloaded = "overloaded", SERVICE_UNAVAILABLE, "Too much at once";
    DatabaseUnavailable = "database_unavailable", SERVICE_UNAVAILABLE, "The database cannot be reached";
    PlatformTimeout = "platform_timeout", GATEWAY_TIMEOUT, "The platform took too long";
}

impl ErrorCode {
    /// Seconds after which asking again makes sense, where the error passes by itself.
    pub fn retry_after(self) -> Option<u64> {
        match self {
            Self::Overloaded => Some(1),
            Self::DatabaseUnavailable => Some(2),
            Self::ProofServiceUnavailable => Some(5),
            Self::RateLimited => Some(10),
            Self::PlatformError | Self::PlatformUnavailable | Self::PlatformTimeout => Some(30),
            _ => None,
        }
    }

    /// The problem type of RFC 9457: a tag URI (RFC 4151), since there is nothing to fetch.
    pub fn problem_type(self) -> String {
        format!("tag:next.id,2022:error:{}", self.as_str())
    }
}

impl std::fmt::Display for ErrorCode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn serde_spells_a_code_as_the_table_does() {
        for code in ErrorCode::ALL {
            assert_eq!(serde_json::to_value(code).unwrap(), code.as_str());
            let back: ErrorCode = serde_json::from_value(code.as_str().into()).unwrap();
            assert_eq!(back, *code);
        }
    }

    #[test]
    fn what_passes_by_itself_says_when() {
        for code in ErrorCode::ALL {
            let passes = matches!(code.status().as_u16(), 429 | 502 | 503 | 504);
            assert_eq!(code.retry_after().is_some(), passes, "{code}");
        }
    }

    #[test]
    fn the_table_is_in_the_order_of_statuses() {
        let statuses: Vec<u16> = ErrorCode::ALL.iter().map(|code| code.status().as_u16()).collect();
        assert!(statuses.is_sorted(), "{statuses:?}");
    }
}
