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
        /// Whether the namespace begins again, empty, with this link.
        restart -> Bool,
        /// The signature's spelling, where it is not canonical base64; only by import or in a mirror.
        signature_text -> Nullable<Text>,
        /// As `signature_text`, of `prev`.
        prev_text -> Nullable<Text>,
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
        /// The account that the identity was then, by the platform's own id; empty where none is known.
        alt_id -> Text,
    }
}

diesel::table! {
    /// What is bound to whom, as proof-service's feed tells it.
    bindings (id) {
        /// Given by the database.
        id -> BigInt,
        /// Which reading of the feed it is from.
        generation -> BigInt,
        /// The Avatar's 33 bytes.
        avatar -> Binary,
        /// Where the identity lives.
        platform -> Text,
        /// Normalised.
        identity -> Text,
        /// The account, by the platform's own id; empty where the identity says as much.
        alt_id -> Text,
        /// Created, and not deleted since.
        is_bound -> Bool,
        /// Whether applications may rely on it.
        is_valid -> Bool,
        /// The item of the feed that said so; 0 if it was asked for.
        feed_id -> BigInt,
        /// The second at which it was read.
        seen_at -> BigInt,
    }
}

diesel::table! {
    /// How far feeds of other services were read.
    follow (name) {
        /// Whose feed.
        name -> Text,
        /// Which life of its database; empty before the first.
        epoch -> Text,
        /// The last item that was read in that life.
        cursor -> BigInt,
        /// What it is read into.
        generation -> BigInt,
        /// What reads use: `generation`, or the one before until the new one is whole; 0 before the first.
        serving -> BigInt,
        /// The unix millisecond at which the serving generation was known to be whole last.
        live_at -> Nullable<BigInt>,
    }
}

diesel::allow_tables_to_appear_in_same_query!(namespaces, bindings, follow);
diesel::allow_tables_to_appear_in_same_query!(links, namespaces);
