-- Endpoints that are sent every event of the feed, one after the other. Times are unix milliseconds, unless their name
-- says seconds.
CREATE TABLE webhooks (
    id text PRIMARY KEY,
    url text NOT NULL,
    description text NOT NULL,
    -- What is sent: types separated by commas, an Avatar, a platform; empty or NULL is everything.
    types text NOT NULL,
    avatar bytea,
    platform text,
    -- `whsec_…`. The one before signs as well until it ends.
    secret text NOT NULL,
    secret_before text,
    secret_before_until_secs bigint NOT NULL DEFAULT 0,
    created_at_secs bigint NOT NULL,
    enabled boolean NOT NULL DEFAULT true,
    disabled_because text,
    -- The feed id up to which everything is done.
    after_id bigint NOT NULL,
    -- The message that did not arrive: its feed id, how often it was sent, since when.
    head_id bigint,
    head_attempts bigint NOT NULL DEFAULT 0,
    head_since bigint,
    -- Attempts in a row that failed, whatever the message, and the first of them.
    failures bigint NOT NULL DEFAULT 0,
    failing_since bigint,
    next_attempt_at bigint NOT NULL,
    last_attempt_at bigint,
    last_success_at bigint,
    last_status bigint,
    last_error text,
    is_slow boolean NOT NULL DEFAULT false,
    -- How often it was claimed, which tells an old claim from the present one; when last; and until when (by the
    -- database's clock) nobody else may claim it.
    claim bigint NOT NULL DEFAULT 0,
    claimed_at bigint NOT NULL DEFAULT 0,
    lease_until bigint NOT NULL DEFAULT 0
) WITH (fillfactor = 50);

-- Messages that were given up.
CREATE TABLE webhook_dead (
    webhook_id text NOT NULL,
    feed_id bigint NOT NULL,
    attempts bigint NOT NULL,
    first_attempt_at bigint NOT NULL,
    last_attempt_at bigint NOT NULL,
    last_status bigint,
    error text NOT NULL,
    PRIMARY KEY (webhook_id, feed_id)
);
