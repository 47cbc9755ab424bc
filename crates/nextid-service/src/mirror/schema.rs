//! The tables that both services have, as mirrors use them, for diesel.

diesel::table! {
    /// Two links for one place.
    mirror_evidence (id) {
        /// Given by the database, ascending.
        id -> BigInt,
        /// The Avatar's 33 bytes.
        avatar -> Binary,
        /// The place in the chain.
        seq -> BigInt,
        /// Where in the origin's feed the link stood that was found.
        feed_id -> BigInt,
        /// The link that the mirror has; a JSON object.
        stored -> Text,
        /// The link that the origin shows; a JSON object.
        found -> Text,
        /// What is wrong.
        why -> Text,
        /// The second at which it was found.
        found_at -> BigInt,
    }
}

diesel::table! {
    /// The columns of `links` that both services have and a mirror asks for.
    links (id) {
        /// Given by the database, ascending.
        id -> BigInt,
        /// The Avatar's 33 bytes.
        avatar -> Binary,
        /// The signed uuid's 16 bytes.
        uuid -> Binary,
    }
}
