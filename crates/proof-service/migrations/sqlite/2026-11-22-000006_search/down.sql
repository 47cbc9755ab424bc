DROP TRIGGER bindings_renamed;
DROP TRIGGER bindings_go;
DROP TRIGGER bindings_come;
DROP TABLE searchable;
ALTER TABLE bindings DROP COLUMN search_texts;
