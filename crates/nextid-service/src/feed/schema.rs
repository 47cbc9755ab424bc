//! The tables of [`ddl`](super::ddl), for diesel.

diesel::table! {
    /// Facts about the database: `service`, `epoch`.
    meta (key) {
        /// The fact's name.
        key -> Text,
        /// The fact.
        value -> Text,
    }
}

diesel::table! {
    /// What was committed and has no place in the feed yet.
    outbox (id) {
        /// Given by the database, ascending.
        id -> BigInt,
        /// What `reference` refers to. The service defines it.
        kind -> SmallInt,
        /// The id of the row that this is about.
        #[sql_name = "ref"]
        reference -> BigInt,
    }
}

diesel::table! {
    /// Everything that was committed, in an order that respects each chain.
    feed (id) {
        /// From 1, without a gap.
        id -> BigInt,
        /// As in `outbox`.
        kind -> SmallInt,
        /// As in `outbox`.
        #[sql_name = "ref"]
        reference -> BigInt,
    }
}

diesel::table! {
    /// Who may number the feed.
    lease (name) {
        /// What is leased.
        name -> Text,
        /// The process that has it.
        holder -> Text,
        /// Unix milliseconds of the database's own clock.
        expires_at -> BigInt,
    }
}
