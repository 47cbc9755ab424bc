ALTER TABLE links DROP COLUMN prev_text;
ALTER TABLE links DROP COLUMN signature_text;
DROP TABLE mirror_evidence;
