-- Two links for one place, as a mirror met them: the one that it has and the one that its origin shows now, each as the
-- JSON object that it came as. A row is never changed.
CREATE TABLE mirror_evidence (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    avatar bytea NOT NULL,
    seq bigint NOT NULL,
    feed_id bigint NOT NULL,
    stored text NOT NULL,
    found text NOT NULL,
    why text NOT NULL,
    found_at bigint NOT NULL
);
CREATE INDEX mirror_evidence_place ON mirror_evidence (avatar, seq);

-- How signatures are spelled that are not in canonical base64, as some of before 2022-07-12 are: the next link's signed string
-- holds the spelling, so that a chain verifies only with it.
ALTER TABLE links ADD COLUMN signature_text text;
ALTER TABLE links ADD COLUMN prev_text text;
