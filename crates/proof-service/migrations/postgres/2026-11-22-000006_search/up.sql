-- The texts in which a search looks for a part: a row for each binding but the aliases. It is apart from `bindings`
-- because looks at proofs write there all the time, and each version of a row is indexed anew.
CREATE TABLE searchable (
    id bigint PRIMARY KEY,
    platform text NOT NULL,
    texts text NOT NULL
);

-- What of a binding is searched: each text after two U+0002, so that a search can ask for its beginning. A text that
-- equals an earlier one is not repeated, one of more than 1,024 characters is cut, and U+0002 and U+0003 are left out.
CREATE FUNCTION search_texts(identity text, alt_id text, alt_name text) RETURNS text
LANGUAGE sql IMMUTABLE AS $$
    SELECT E'\x02\x02' || left(translate(identity, E'\x02\x03', ''), 1024)
        || CASE WHEN alt_id IN ('', identity) THEN ''
            ELSE E'\x02\x02' || left(translate(alt_id, E'\x02\x03', ''), 1024) END
        || CASE WHEN alt_name IN ('', identity, alt_id) THEN ''
            ELSE E'\x02\x02' || left(translate(alt_name, E'\x02\x03', ''), 1024) END
$$;

-- The keys of a row: every three characters in a row, and the platform, each with the segment of 65,536 ids that the
-- row is in. So the newest matches of a text that is everywhere are read without reading the others, and what is
-- appended goes to one place of the index. Three characters of ASCII are 21 bits; others are hashed, and bit 31 says
-- so; the platform is bits 30 and 31, its length, and its first three letters. Not PARALLEL SAFE, on purpose: starting
-- workers takes longer than any search.
CREATE FUNCTION search_keys(id bigint, platform text, texts text) RETURNS bigint[]
LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
    segment bigint := (id >> 16) << 32;
    bytes bytea;
    letters text[];
    platform_key bigint := segment | 3221225472 | ((length(platform) & 127)::bigint << 21)
        | (ascii(platform) << 14) | (ascii(substr(platform, 2)) << 7) | ascii(substr(platform, 3));
BEGIN
    IF octet_length(texts) = length(texts) THEN
        bytes := convert_to(texts, 'UTF8');
        RETURN ARRAY(
            SELECT segment | (get_byte(bytes, i) << 14) | (get_byte(bytes, i + 1) << 7) | get_byte(bytes, i + 2)
            FROM generate_series(0, octet_length(bytes) - 3) AS i WHERE get_byte(bytes, i + 2) <> 2
        ) || platform_key;
    END IF;
    letters := string_to_array(texts, NULL);
    RETURN ARRAY(
        SELECT segment | CASE WHEN a < 128 AND b < 128 AND c < 128 THEN (a << 14) | (b << 7) | c
            ELSE 2147483648 | (((a * 31337 + b) * 31337 + c) & 1073741823) END
        FROM (
            SELECT ascii(letters[i])::bigint AS a, ascii(letters[i + 1])::bigint AS b, ascii(letters[i + 2])::bigint AS c
            FROM generate_series(1, cardinality(letters) - 2) AS i
        ) AS gram WHERE c <> 2
    ) || platform_key;
END $$;

CREATE FUNCTION keep_searchable() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN
        DELETE FROM searchable WHERE id = OLD.id;
    END IF;
    IF TG_OP <> 'DELETE' THEN
        INSERT INTO searchable (id, platform, texts)
        SELECT NEW.id, NEW.platform, search_texts(NEW.identity_folded, NEW.alt_id_folded, NEW.alt_name_folded)
        WHERE NEW.platform <> 'nextid';
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER bindings_come_and_go AFTER INSERT OR DELETE ON bindings
FOR EACH ROW EXECUTE FUNCTION keep_searchable();
CREATE TRIGGER bindings_renamed AFTER UPDATE ON bindings
FOR EACH ROW WHEN (
    (OLD.id, OLD.platform, OLD.identity_folded, OLD.alt_id_folded, OLD.alt_name_folded)
    IS DISTINCT FROM (NEW.id, NEW.platform, NEW.identity_folded, NEW.alt_id_folded, NEW.alt_name_folded)
) EXECUTE FUNCTION keep_searchable();

INSERT INTO searchable (id, platform, texts)
SELECT id, platform, search_texts(identity_folded, alt_id_folded, alt_name_folded) FROM bindings
WHERE platform <> 'nextid' ORDER BY id;

-- The list of what is not in its place yet takes half of the work off an append. It is short, since every search reads it.
CREATE INDEX searchable_keys ON searchable USING gin (search_keys(id, platform, texts))
WITH (fastupdate = on, gin_pending_list_limit = 64);
