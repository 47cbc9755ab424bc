-- Facts about this database: whose it is ("service") and which life of it this is ("epoch").
CREATE TABLE meta (
    key TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
) WITHOUT ROWID;

-- What was committed and has no place in the feed yet. AUTOINCREMENT, so that an id is not given out twice.
CREATE TABLE outbox (
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    kind SMALLINT NOT NULL,
    ref BIGINT NOT NULL
);

-- Everything that was committed, numbered from 1 without a gap. (kind, ref) names a row that is written once.
CREATE TABLE feed (
    id INTEGER NOT NULL PRIMARY KEY,
    kind SMALLINT NOT NULL,
    ref BIGINT NOT NULL
);
CREATE UNIQUE INDEX feed_kind_ref ON feed (kind, ref);

-- Who may number, until when (unix milliseconds).
CREATE TABLE lease (
    name TEXT NOT NULL PRIMARY KEY,
    holder TEXT NOT NULL,
    expires_at BIGINT NOT NULL
) WITHOUT ROWID;

-- The KVChains. (avatar, seq) is what keeps a chain from forking, on however many replicas.
CREATE TABLE links (
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    avatar BLOB NOT NULL,
    seq BIGINT NOT NULL,
    uuid BLOB NOT NULL,
    platform TEXT NOT NULL,
    identity TEXT NOT NULL,
    namespace TEXT NOT NULL,
    patch TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    signature BLOB NOT NULL,
    signature_payload TEXT NOT NULL,
    signer TEXT NOT NULL,
    format TEXT NOT NULL,
    prev BLOB,
    stored_at BIGINT NOT NULL,
    CONSTRAINT links_place UNIQUE (avatar, seq),
    CONSTRAINT links_uuid UNIQUE (avatar, uuid)
);

-- What follows from the chains: the content of each namespace, one row each.
CREATE TABLE namespaces (
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    avatar BLOB NOT NULL,
    platform TEXT NOT NULL,
    identity TEXT NOT NULL,
    content TEXT NOT NULL,
    link_id BIGINT NOT NULL REFERENCES links (id),
    CONSTRAINT namespaces_key UNIQUE (avatar, platform, identity)
);
CREATE INDEX namespaces_identity ON namespaces (identity, platform);
