-- What is bound to whom, as proof-service's feed tells it. A feed that begins again is read into a generation of its
-- own, and the generation before serves until then. What was revoked stays as a row that says so.
CREATE TABLE bindings (
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    generation BIGINT NOT NULL,
    avatar BLOB NOT NULL,
    platform TEXT NOT NULL,
    identity TEXT NOT NULL,
    alt_id TEXT NOT NULL,
    is_bound BOOLEAN NOT NULL,
    is_valid BOOLEAN NOT NULL,
    feed_id BIGINT NOT NULL,
    seen_at BIGINT NOT NULL,
    CONSTRAINT bindings_key UNIQUE (avatar, platform, identity, generation)
);

-- How far a feed was read ("cursor" in the life "epoch", into "generation"), which generation serves, and when that was
-- known to be whole last (unix milliseconds).
CREATE TABLE follow (
    name TEXT NOT NULL PRIMARY KEY,
    epoch TEXT NOT NULL,
    cursor BIGINT NOT NULL,
    generation BIGINT NOT NULL,
    serving BIGINT NOT NULL,
    live_at BIGINT
) WITHOUT ROWID;
INSERT INTO follow (name, epoch, cursor, generation, serving) VALUES ('proof-service', '', 0, 0, 0);

-- The account that an identity was when the content was written, by the platform's own id; empty where none is known.
ALTER TABLE namespaces ADD COLUMN alt_id TEXT NOT NULL DEFAULT '';
-- Whether the namespace begins again, empty, with this link.
ALTER TABLE links ADD COLUMN restart BOOLEAN NOT NULL DEFAULT FALSE;
