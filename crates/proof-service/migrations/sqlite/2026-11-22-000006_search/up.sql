-- What of a binding is searched for a part of it; nothing of the aliases. Each text comes after two U+0002, so that a
-- search can ask for its beginning, and at the end, after U+0003, the platform: its length and its first three letters.
-- A text that equals an earlier one is not repeated, one of more than 1,024 characters is cut, and U+0002 and U+0003 are
-- left out.
ALTER TABLE bindings ADD COLUMN search_texts TEXT GENERATED ALWAYS AS (
    CASE WHEN platform = 'nextid' THEN '' ELSE
        char(2, 2) || substr(replace(replace(identity_folded, char(2), ''), char(3), ''), 1, 1024)
        || CASE WHEN alt_id_folded IN ('', identity_folded) THEN ''
            ELSE char(2, 2) || substr(replace(replace(alt_id_folded, char(2), ''), char(3), ''), 1, 1024) END
        || CASE WHEN alt_name_folded IN ('', identity_folded, alt_id_folded) THEN ''
            ELSE char(2, 2) || substr(replace(replace(alt_name_folded, char(2), ''), char(3), ''), 1, 1024) END
        || char(
            3,
            983040 + ((length(platform) & 127) << 7) + unicode(platform),
            983040 + (unicode(substr(platform, 2)) << 7) + unicode(substr(platform, 3))
        )
    END
) VIRTUAL;

-- Every three characters in a row, with the places where they are.
CREATE VIRTUAL TABLE searchable USING fts5(
    search_texts, content = 'bindings', content_rowid = 'id', tokenize = 'trigram case_sensitive 1', columnsize = 0
);
INSERT INTO searchable (searchable) VALUES ('rebuild');

CREATE TRIGGER bindings_come AFTER INSERT ON bindings BEGIN
    INSERT INTO searchable (rowid, search_texts) VALUES (new.id, new.search_texts);
END;
CREATE TRIGGER bindings_go AFTER DELETE ON bindings BEGIN
    INSERT INTO searchable (searchable, rowid, search_texts) VALUES ('delete', old.id, old.search_texts);
END;
CREATE TRIGGER bindings_renamed AFTER UPDATE ON bindings
WHEN old.id IS NOT new.id OR old.search_texts IS NOT new.search_texts BEGIN
    INSERT INTO searchable (searchable, rowid, search_texts) VALUES ('delete', old.id, old.search_texts);
    INSERT INTO searchable (rowid, search_texts) VALUES (new.id, new.search_texts);
END;
