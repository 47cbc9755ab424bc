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
