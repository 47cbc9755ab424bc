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
