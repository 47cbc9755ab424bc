//! The tables of [`ddl`](super::ddl), for diesel. Times are unix milliseconds unless their name says seconds.

diesel::table! {
    /// Endpoints.
    webhooks (id) {
        /// 32 hex digits.
        id -> Text,
        /// Where messages go.
        url -> Text,
        /// For people.
        description -> Text,
        /// Which types are sent, separated by commas; all if empty.
        types -> Text,
        /// Whose events are sent; everybody's if none.
        avatar -> Nullable<Binary>,
        /// The events of which platform are sent; of all if none.
        platform -> Nullable<Text>,
        /// `whsec_…`.
        secret -> Text,
        /// The one before it.
        secret_before -> Nullable<Text>,
        /// The second until which that one signs as well.
        secret_before_until_secs -> BigInt,
        /// The second at which it was made.
        created_at_secs -> BigInt,
        /// Whether messages are sent.
        enabled -> Bool,
        /// Why not: `asked`, `gone`.
        disabled_because -> Nullable<Text>,
        /// The feed id up to which everything is done.
        after_id -> BigInt,
        /// The message that did not arrive.
        head_id -> Nullable<BigInt>,
        /// How often it was sent.
        head_attempts -> BigInt,
        /// When it was sent first.
        head_since -> Nullable<BigInt>,
        /// Attempts in a row that failed.
        failures -> BigInt,
        /// The first of them.
        failing_since -> Nullable<BigInt>,
        /// Nothing is sent before.
        next_attempt_at -> BigInt,
        /// The last attempt.
        last_attempt_at -> Nullable<BigInt>,
        /// The last attempt that succeeded.
        last_success_at -> Nullable<BigInt>,
        /// The status that the last attempt was answered with.
        last_status -> Nullable<BigInt>,
        /// Why the last attempt failed.
        last_error -> Nullable<Text>,
        /// Whether the last attempt failed or took long.
        is_slow -> Bool,
        /// How often it was claimed.
        claim -> BigInt,
        /// When it was claimed last, by the database's clock.
        claimed_at -> BigInt,
        /// Until when nobody else may claim it, by the database's clock.
        lease_until -> BigInt,
    }
}

diesel::table! {
    /// Messages that were given up.
    webhook_dead (webhook_id, feed_id) {
        /// Whose.
        webhook_id -> Text,
        /// The event's place in the feed.
        feed_id -> BigInt,
        /// How often it was sent.
        attempts -> BigInt,
        /// When first.
        first_attempt_at -> BigInt,
        /// When last.
        last_attempt_at -> BigInt,
        /// The status that the last attempt was answered with.
        last_status -> Nullable<BigInt>,
        /// Why it was given up.
        error -> Text,
    }
}
