DROP TABLE recheck_tallies;
-- The ids of state changes are given out again after this, and feed ids too: readers have to begin again.
DELETE FROM outbox WHERE kind = 2;
DELETE FROM feed WHERE kind = 2;
UPDATE meta SET value = replace(gen_random_uuid()::text, '-', '') WHERE key = 'epoch';
DROP TABLE state_changes;
DROP INDEX bindings_due;
ALTER TABLE bindings DROP COLUMN failures;
ALTER TABLE bindings DROP COLUMN negative_since;
ALTER TABLE bindings DROP COLUMN claimed_at;
ALTER TABLE bindings DROP COLUMN next_check_at;
