//! The tables of `migrations/`, for diesel.

diesel::table! {
    /// The ProofChains.
    links (id) {
        /// Given by the database, ascending.
        id -> BigInt,
        /// The Avatar's 33 bytes.
        avatar -> Binary,
        /// The place in the chain.
        seq -> BigInt,
        /// 16 bytes.
        uuid -> Binary,
        /// `create` or `delete`.
        action -> Text,
        /// Where the identity lives.
        platform -> Text,
        /// Normalised.
        identity -> Text,
        /// The platform's own id of the account.
        alt_id -> Text,
        /// Where the proof post is.
        proof_location -> Text,
        /// The signed second.
        created_at -> BigInt,
        /// 65 bytes with v reduced, or 64 of a Solana wallet.
        signature -> Binary,
        /// The exact string that was signed.
        signature_payload -> Text,
        /// Who signed.
        signer -> Text,
        /// By which rules the signed string is built.
        format -> Text,
        /// The signature of the link before.
        prev -> Nullable<Binary>,
        /// A JSON object: signatures that support the link.
        extra -> Text,
        /// The second at which the link was stored.
        stored_at -> BigInt,
        /// Whether it binds, and nobody here had looked at the proof when it was stored.
        unchecked -> Bool,
    }
}

diesel::table! {
    /// The bindings in force, aliases included.
    bindings (id) {
        /// Given by the database, ascending.
        id -> BigInt,
        /// The Avatar's 33 bytes.
        avatar -> Binary,
        /// Where the identity lives.
        platform -> Text,
        /// Normalised.
        identity -> Text,
        /// What a search compares with.
        identity_folded -> Text,
        /// The platform's own id of the account.
        alt_id -> Text,
        /// What a search compares with.
        alt_id_folded -> Text,
        /// The account's current display name.
        alt_name -> Text,
        /// What a search compares with.
        alt_name_folded -> Text,
        /// Where the proof post is.
        proof_location -> Text,
        /// The link that bound it last.
        link_id -> BigInt,
        /// What the last check said: valid, missing, mismatch, unreachable, unchecked.
        state -> Text,
        /// Whether applications may rely on it.
        is_valid -> Bool,
        /// Why not.
        invalid_reason -> Text,
        /// The second at which it was bound first.
        created_at -> BigInt,
        /// The second at which the proof was looked at last.
        last_checked_at -> BigInt,
        /// The second from which on the proof is to be looked at again; none where there is nothing to look at.
        next_check_at -> Nullable<BigInt>,
        /// The second at which somebody began to look at it last.
        claimed_at -> BigInt,
        /// The second of the first look that spoke against a proof that is still called valid.
        negative_since -> Nullable<BigInt>,
        /// Looks in a row that did not reach the platform.
        failures -> BigInt,
    }
}

diesel::table! {
    /// What became of bindings without a link.
    state_changes (id) {
        /// Given by the database, ascending.
        id -> BigInt,
        /// The Avatar's 33 bytes.
        avatar -> Binary,
        /// Where the identity lives.
        platform -> Text,
        /// Normalised.
        identity -> Text,
        /// The link that bound it.
        link_id -> BigInt,
        /// The platform's own id of the account.
        alt_id -> Text,
        /// The account's display name.
        alt_name -> Text,
        /// As `alt_name`, before.
        alt_name_before -> Text,
        /// What the look said.
        state -> Text,
        /// As `state`, before.
        state_before -> Text,
        /// Whether applications may rely on it.
        is_valid -> Bool,
        /// As `is_valid`, before.
        is_valid_before -> Bool,
        /// Why not.
        invalid_reason -> Text,
        /// The second of the look.
        changed_at -> BigInt,
    }
}

diesel::table! {
    /// Looks at valid proofs that the platform answered.
    recheck_tallies (platform, slot) {
        /// Which platform's.
        platform -> Text,
        /// The second at which the slot begins.
        slot -> BigInt,
        /// How many.
        looks -> BigInt,
        /// How many of them spoke against the proof.
        negatives -> BigInt,
    }
}

diesel::table! {
    /// Further keys that Avatars certify, the revoked ones included.
    subkeys (id) {
        /// Given by the database, ascending.
        id -> BigInt,
        /// The Avatar's 33 bytes.
        avatar -> Binary,
        /// `es256` or `secp256k1`.
        algorithm -> Text,
        /// The subkey's 33 bytes, compressed: what is compared.
        public_key -> Binary,
        /// The subkey as it was sent and signed.
        public_key_text -> Text,
        /// What its owner calls it.
        name -> Text,
        /// The relying party.
        rp_id -> Text,
        /// The Avatar's 65 bytes, v reduced.
        signature -> Binary,
        /// The exact string that was signed.
        sign_payload -> Text,
        /// The second at which the subkey was stored.
        created_at -> BigInt,
        /// The second at which it was revoked.
        revoked_at -> Nullable<BigInt>,
        /// The Avatar's 65 bytes over `revoke_payload`, v reduced.
        revoke_signature -> Nullable<Binary>,
        /// The exact string that was signed to revoke it.
        revoke_payload -> Nullable<Text>,
    }
}

diesel::allow_tables_to_appear_in_same_query!(links, bindings);
