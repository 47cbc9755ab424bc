DROP TRIGGER bindings_renamed ON bindings;
DROP TRIGGER bindings_come_and_go ON bindings;
DROP FUNCTION keep_searchable();
DROP TABLE searchable;
DROP FUNCTION search_keys(bigint, text, text);
DROP FUNCTION search_texts(text, text, text);
