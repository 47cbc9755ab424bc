-- When a proof is looked at next; NULL where there is nothing to look at. Whoever looks at it claims it by moving this
-- forward, and `claimed_at` says when that was.
ALTER TABLE bindings ADD COLUMN next_check_at BIGINT DEFAULT 0;
ALTER TABLE bindings ADD COLUMN claimed_at BIGINT NOT NULL DEFAULT 0;
-- The first look that spoke against a proof that is still called valid.
ALTER TABLE bindings ADD COLUMN negative_since BIGINT;
-- Looks in a row at which the platform could not be reached.
ALTER TABLE bindings ADD COLUMN failures BIGINT NOT NULL DEFAULT 0;
-- What is bound already gets its turn within three days, spread evenly.
UPDATE bindings SET next_check_at = CASE WHEN platform IN ('ethereum', 'solana', 'nextid') THEN NULL
    ELSE last_checked_at + (id * 7919) % 259200 END;
CREATE INDEX bindings_due ON bindings (platform, next_check_at) WHERE next_check_at IS NOT NULL;

-- What became of bindings without a link. A row is written once; the feed refers to it.
CREATE TABLE state_changes (
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    avatar BLOB NOT NULL,
    platform TEXT NOT NULL,
    identity TEXT NOT NULL,
    link_id BIGINT NOT NULL REFERENCES links (id),
    alt_id TEXT NOT NULL,
    alt_name TEXT NOT NULL,
    alt_name_before TEXT NOT NULL,
    state TEXT NOT NULL,
    state_before TEXT NOT NULL,
    is_valid BOOLEAN NOT NULL,
    is_valid_before BOOLEAN NOT NULL,
    invalid_reason TEXT NOT NULL,
    changed_at BIGINT NOT NULL
);

-- How many valid proofs of a platform were looked at, and how many looks spoke against them, by five minutes: it
-- tells a platform that fails from people who take their proofs back.
CREATE TABLE recheck_tallies (
    platform TEXT NOT NULL,
    slot BIGINT NOT NULL,
    looks BIGINT NOT NULL,
    negatives BIGINT NOT NULL,
    PRIMARY KEY (platform, slot)
) WITHOUT ROWID;
