ALTER TABLE links DROP COLUMN restart;
ALTER TABLE namespaces DROP COLUMN alt_id;
DROP TABLE follow;
DROP TABLE bindings;
