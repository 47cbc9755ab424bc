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

-- The ProofChains. (avatar, seq) is what keeps a chain from forking, on however many replicas.
CREATE TABLE links (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    avatar bytea NOT NULL,
    seq bigint NOT NULL,
    uuid bytea NOT NULL,
    action text NOT NULL,
    platform text NOT NULL,
    identity text NOT NULL,
    alt_id text NOT NULL,
    proof_location text NOT NULL,
    created_at bigint NOT NULL,
    signature bytea NOT NULL,
    signature_payload text NOT NULL,
    signer text NOT NULL,
    format text NOT NULL,
    prev bytea,
    extra text NOT NULL,
    stored_at bigint NOT NULL,
    CONSTRAINT links_place UNIQUE (avatar, seq),
    CONSTRAINT links_uuid UNIQUE (avatar, uuid)
);

-- What follows from the chains: the bindings in force, one row each. `platform = 'nextid'` are the aliases.
CREATE TABLE bindings (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    avatar bytea NOT NULL,
    platform text NOT NULL,
    identity text NOT NULL,
    identity_folded text NOT NULL,
    alt_id text NOT NULL,
    alt_id_folded text NOT NULL,
    alt_name text NOT NULL,
    alt_name_folded text NOT NULL,
    proof_location text NOT NULL,
    link_id bigint NOT NULL REFERENCES links (id),
    state text NOT NULL,
    is_valid boolean NOT NULL,
    invalid_reason text NOT NULL,
    created_at bigint NOT NULL,
    last_checked_at bigint NOT NULL,
    CONSTRAINT bindings_key UNIQUE (avatar, platform, identity)
);
CREATE INDEX bindings_identity ON bindings (identity_folded text_pattern_ops, platform);
CREATE INDEX bindings_alt_id ON bindings (alt_id_folded text_pattern_ops, platform) WHERE alt_id_folded <> '';
CREATE INDEX bindings_alt_name ON bindings (alt_name_folded text_pattern_ops, platform) WHERE alt_name_folded <> '';
