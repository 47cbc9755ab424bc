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

-- The KVChains. (avatar, seq) is what keeps a chain from forking, on however many replicas.
CREATE TABLE links (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    avatar bytea NOT NULL,
    seq bigint NOT NULL,
    uuid bytea NOT NULL,
    platform text NOT NULL,
    identity text NOT NULL,
    namespace text NOT NULL,
    patch text NOT NULL,
    created_at bigint NOT NULL,
    signature bytea NOT NULL,
    signature_payload text NOT NULL,
    signer text NOT NULL,
    format text NOT NULL,
    prev bytea,
    stored_at bigint NOT NULL,
    CONSTRAINT links_place UNIQUE (avatar, seq),
    CONSTRAINT links_uuid UNIQUE (avatar, uuid)
);

-- What follows from the chains: the content of each namespace, one row each. It is text and not jsonb, which refuses
-- \u0000 and changes numbers.
CREATE TABLE namespaces (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    avatar bytea NOT NULL,
    platform text NOT NULL,
    identity text NOT NULL,
    content text NOT NULL,
    link_id bigint NOT NULL REFERENCES links (id),
    CONSTRAINT namespaces_key UNIQUE (avatar, platform, identity)
);
CREATE INDEX namespaces_identity ON namespaces (identity, platform);
