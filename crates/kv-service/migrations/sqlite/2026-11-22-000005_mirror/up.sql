-- Two links for one place, as a mirror met them: the one that it has and the one that its origin shows now, each as the
-- JSON object that it came as. A row is never changed.
CREATE TABLE mirror_evidence (
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    avatar BLOB NOT NULL,
    seq BIGINT NOT NULL,
    feed_id BIGINT NOT NULL,
    stored TEXT NOT NULL,
    found TEXT NOT NULL,
    why TEXT NOT NULL,
    found_at BIGINT NOT NULL
);
CREATE INDEX mirror_evidence_place ON mirror_evidence (avatar, seq);

-- How signatures are spelled that are not in canonical base64, as some of before 2022-07-12 are: the next link's signed string
-- holds the spelling, so that a chain verifies only with it.
ALTER TABLE links ADD COLUMN signature_text TEXT;
ALTER TABLE links ADD COLUMN prev_text TEXT;
