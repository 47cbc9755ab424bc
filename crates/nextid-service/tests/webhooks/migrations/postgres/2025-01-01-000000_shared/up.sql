-- Facts about this database: whose it is ("service") and which life of it this is ("epoch").
CREATE TABLE meta (
    key text PRIMARY KEY,
    value text NOT NULL
);

-- What was committed and has no place in the feed yet. The ids come from a sequence without a cache: with one, a
-- later link of a chain could get a smaller id than the link before it.
CREATE TABLE outbox (
    id bigint GENERATED ALWAYS AS IDENTITY (CACHE 1) PRIMARY KEY,
    kind smallint NOT NULL,
    ref bigint NOT NULL
) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000);

-- Everything that was committed, numbered from 1 without a gap. (kind, ref) names a row that is written once.
CREATE TABLE feed (
    id bigint PRIMARY KEY,
    kind smallint NOT NULL,
    ref bigint NOT NULL
);
CREATE UNIQUE INDEX feed_kind_ref ON feed (kind, ref);

-- Who may number, until when (unix milliseconds of the database's own clock).
CREATE TABLE lease (
    name text PRIMARY KEY,
    holder text NOT NULL,
    expires_at bigint NOT NULL
);
