-- When a proof is looked at next; NULL where there is nothing to look at. Whoever looks at it claims it by moving this
-- forward, and `claimed_at` says when that was.
ALTER TABLE bindings ADD COLUMN next_check_at bigint DEFAULT 0;
ALTER TABLE bindings ADD COLUMN claimed_at bigint NOT NULL DEFAULT 0;
-- The first look that spoke against a proof that is still called valid.
ALTER TABLE bindings ADD COLUMN negative_since bigint;
-- Looks in a row at which the platform could not be reached.
ALTER TABLE bindings ADD COLUMN failures bigint NOT NULL DEFAULT 0;
-- What is bound already gets its turn within three days, spread evenly.
UPDATE bindings SET next_check_at = CASE WHEN platform IN ('ethereum', 'solana', 'nextid') THEN NULL
    ELSE last_checked_at + (id * 7919) % 259200 END;
CREATE INDEX bindings_due ON bindings (platform, next_check_at) WHERE next_check_at IS NOT NULL;

-- What became of bindings without a link. A row is written once; the feed refers to it.
CREATE TABLE state_changes (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    avatar bytea NOT NULL,
    platform text NOT NULL,
    identity text NOT NULL,
    link_id bigint NOT NULL REFERENCES links (id),
    alt_id text NOT NULL,
    alt_name text NOT NULL,
    alt_name_before text NOT NULL,
    state text NOT NULL,
    state_before text NOT NULL,
    is_valid boolean NOT NULL,
    is_valid_before boolean NOT NULL,
    invalid_reason text NOT NULL,
    changed_at bigint NOT NULL
);

-- How many valid proofs of a platform were looked at, and how many looks spoke against them, by five minutes: it
-- tells a platform that fails from people who take their proofs back.
CREATE TABLE recheck_tallies (
    platform text NOT NULL,
    slot bigint NOT NULL,
    looks bigint NOT NULL,
    negatives bigint NOT NULL,
    PRIMARY KEY (platform, slot)
);
