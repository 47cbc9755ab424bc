-- What is bound to whom, as proof-service's feed tells it. A feed that begins again is read into a generation of its
-- own, and the generation before serves until then. What was revoked stays as a row that says so.
CREATE TABLE bindings (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    generation bigint NOT NULL,
    avatar bytea NOT NULL,
    platform text NOT NULL,
    identity text NOT NULL,
    alt_id text NOT NULL,
    is_bound boolean NOT NULL,
    is_valid boolean NOT NULL,
    feed_id bigint NOT NULL,
    seen_at bigint NOT NULL,
    CONSTRAINT bindings_key UNIQUE (avatar, platform, identity, generation)
);

-- How far a feed was read ("cursor" in the life "epoch", into "generation"), which generation serves, and when that was
-- known to be whole last (unix milliseconds).
CREATE TABLE follow (
    name text PRIMARY KEY,
    epoch text NOT NULL,
    cursor bigint NOT NULL,
    generation bigint NOT NULL,
    serving bigint NOT NULL,
    live_at bigint
);
INSERT INTO follow (name, epoch, cursor, generation, serving) VALUES ('proof-service', '', 0, 0, 0);

-- The account that an identity was when the content was written, by the platform's own id; empty where none is known.
ALTER TABLE namespaces ADD COLUMN alt_id text NOT NULL DEFAULT '';
-- Whether the namespace begins again, empty, with this link.
ALTER TABLE links ADD COLUMN restart boolean NOT NULL DEFAULT FALSE;
