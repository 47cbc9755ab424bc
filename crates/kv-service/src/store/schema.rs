//! The tables of `migrations/`, for diesel.

diesel::table! {
    /// The KVChains.
    links (id) {
        /// Given by the database, ascending.
        id -> BigInt,
        /// The Avatar's 33 bytes.
        avatar -> Binary,
        /// The place in the chain.
        seq -> BigInt,
        /// 16 bytes.
        uuid -> Binary,
        /// The namespace's platform.
        platform -> Text,
        /// The namespace's identity, as it was signed.
        identity -> Text,
        /// The namespace's identity, normalised: with the platform, the key of `namespaces`.
        namespace -> Text,
        /// The merge patch, canonical JSON.
        patch -> Text,
        /// The signed second.
        created_at -> BigInt,
        /// 65 bytes, as submitted.
        signature -> Binary,
        /// The exact string that was signed.
        signature_payload -> Text,
        /// Who signed: the Avatar.
        signer -> Text,
        /// By which rules the signed string is built.
        format -> Text,
        /// The signature of the link before.
        prev -> Nullable<Binary>,
        /// The second at which the link was stored.
        stored_at -> BigInt,
    }
}

diesel::table! {
    /// The content of every namespace.
    namespaces (id) {
        /// Given by the database, ascending.
        id -> BigInt,
        /// The Avatar's 33 bytes.
        avatar -> Binary,
        /// Where the identity lives.
        platform -> Text,
        /// Normalised.
        identity -> Text,
        /// A JSON object, canonical.
        content -> Text,
        /// The link that changed it last.
        link_id -> BigInt,
    }
}
