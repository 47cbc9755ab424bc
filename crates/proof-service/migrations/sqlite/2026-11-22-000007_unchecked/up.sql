-- Links that make a binding which nobody here had looked at when they were stored: imported ones. Their place in the feed
-- says so, so that no reader takes the binding for valid in between.
ALTER TABLE links ADD COLUMN unchecked BOOLEAN NOT NULL DEFAULT FALSE;
UPDATE links SET unchecked = TRUE WHERE id IN (SELECT link_id FROM state_changes WHERE state_before = 'unchecked');
-- The contract is asked.
UPDATE bindings SET next_check_at = 0
WHERE platform = 'ethereum' AND state = 'unchecked' AND next_check_at IS NULL;
