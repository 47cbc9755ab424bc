-- Endpoints that are sent every event of the feed, one after the other. Times are unix milliseconds, unless their name
-- says seconds.
CREATE TABLE webhooks (
    id TEXT NOT NULL PRIMARY KEY,
    url TEXT NOT NULL,
    description TEXT NOT NULL,
    -- What is sent: types separated by commas, an Avatar, a platform; empty or NULL is everything.
    types TEXT NOT NULL,
    avatar BLOB,
    platform TEXT,
    -- `whsec_…`. The one before signs as well until it ends.
    secret TEXT NOT NULL,
    secret_before TEXT,
    secret_before_until_secs BIGINT NOT NULL DEFAULT 0,
    created_at_secs BIGINT NOT NULL,
    enabled BOOLEAN NOT NULL DEFAULT true,
    disabled_because TEXT,
    -- The feed id up to which everything is done.
    after_id BIGINT NOT NULL,
    -- The message that did not arrive: its feed id, how often it was sent, since when.
    head_id BIGINT,
    head_attempts BIGINT NOT NULL DEFAULT 0,
    head_since BIGINT,
    -- Attempts in a row that failed, whatever the message, and the first of them.
    failures BIGINT NOT NULL DEFAULT 0,
    failing_since BIGINT,
    next_attempt_at BIGINT NOT NULL,
    last_attempt_at BIGINT,
    last_success_at BIGINT,
    last_status BIGINT,
    last_error TEXT,
    is_slow BOOLEAN NOT NULL DEFAULT false,
    -- How often it was claimed, which tells an old claim from the present one; when last; and until when (by the
    -- database's clock) nobody else may claim it.
    claim BIGINT NOT NULL DEFAULT 0,
    claimed_at BIGINT NOT NULL DEFAULT 0,
    lease_until BIGINT NOT NULL DEFAULT 0
) WITHOUT ROWID;

-- Messages that were given up.
CREATE TABLE webhook_dead (
    webhook_id TEXT NOT NULL,
    feed_id BIGINT NOT NULL,
    attempts BIGINT NOT NULL,
    first_attempt_at BIGINT NOT NULL,
    last_attempt_at BIGINT NOT NULL,
    last_status BIGINT,
    error TEXT NOT NULL,
    PRIMARY KEY (webhook_id, feed_id)
) WITHOUT ROWID;
