-- Fills proof-service's migrated and otherwise empty SQLite file, as proofs.postgres.sql does a PostgreSQL database:
--
--   sqlite3 -cmd '.parameter set :proofs 5000000' proof.db < scripts/lib/bench/proofs.sqlite.sql
--
-- The sqlite3 program has to be 3.41 or newer, with FTS5.
PRAGMA cache_size = -500000;
PRAGMA temp_store = FILE;
BEGIN IMMEDIATE;
DROP TRIGGER bindings_come;

CREATE TEMPORARY TABLE made AS
WITH RECURSIVE numbers (n) AS (SELECT 5 UNION ALL SELECT n + 1 FROM numbers WHERE n < :proofs + 4),
numbered AS (
    SELECT n,
        unhex('02' || printf('%08x%08x%08x%08x%08x%08x%08x%08x', (n / 5) * 2654435761 % 4294967296,
            (n / 5) * 2246822519 % 4294967296, (n / 5) * 3266489917 % 4294967296,
            (n / 5) * 668265263 % 4294967296, (n / 5) * 374761393 % 4294967296,
            (n / 5) * 2869860233 % 4294967296, (n / 5) * 1540483477 % 4294967296,
            (n / 5) * 3432918353 % 4294967296)) AS avatar,
        printf('%08x%08x%08x%08x%08x', (n + 7) * 3432918353 % 4294967296, (n + 7) * 461845907 % 4294967296,
            (n + 7) * 1540483477 % 4294967296, (n + 7) * 2869860233 % 4294967296,
            (n + 7) * 668265263 % 4294967296) AS digits,
        rtrim(substr('ethereumethereumtwitter twitter twitter github  github  discord dns     ens     ',
            1 + n * 2654435761 % 4294967296 / 997 % 10 * 8, 8)) AS platform,
        rtrim(substr('alice   bob     crypto  satoshi moon    octo    git     eth     nova    pixel   zen     luna    '
            || 'abcde   river   stone   cat     wolf    delta   quark   maria   ',
            1 + n * 2246822519 % 4294967296 / 1009 % 20 * 8, 8)) AS word,
        rtrim(substr('dev     hub     lover   king    san     fan     labs    maker   star    art     code    punk    '
            || 'xyz     dao     ninja   world   ',
            1 + n * 3266489917 % 4294967296 / 1013 % 16 * 8, 8)) AS other
    FROM numbers
),
named AS (
    SELECT n, avatar, platform, word, other,
        CASE platform
            WHEN 'ethereum' THEN '0x' || digits
            WHEN 'dns' THEN word || '-' || other || n || '.com'
            WHEN 'ens' THEN word || n || '.eth'
            ELSE word || other || n END AS identity
    FROM numbered
)
SELECT n, avatar, platform, identity,
    CASE platform
        WHEN 'twitter' THEN CAST(n * 2654435761 % 999999999999 + 1000000000000 AS TEXT)
        WHEN 'github' THEN CAST(n * 31 + 1000 AS TEXT)
        WHEN 'discord' THEN CAST(n * 40503 % 999999999 + 100000000000000000 AS TEXT)
        ELSE identity END AS alt_id,
    CASE WHEN platform IN ('twitter', 'github', 'discord')
        THEN upper(substr(word, 1, 1)) || substr(word, 2) || ' ' || upper(substr(other, 1, 1)) || substr(other, 2)
        ELSE '' END AS alt_name
FROM named;

INSERT INTO links (avatar, seq, uuid, action, platform, identity, alt_id, proof_location, created_at, signature,
    signature_payload, signer, format, prev, extra, stored_at)
SELECT avatar, n % 5, unhex(printf('%032x', n)), 'create', platform, identity, alt_id, CAST(n AS TEXT),
    1700000000 + n / 10, unhex(replace(printf('%016d', 0), '0', printf('%08x', n * 2654435761 % 4294967296)) || '01'),
    '{"action":"create","created_at":"' || (1700000000 + n / 10) || '","identity":"' || identity || '","platform":"'
        || platform || '","prev":null,"uuid":"00000000-0000-4000-8000-' || printf('%012d', n) || '"}',
    '0x' || lower(hex(avatar)), 'v1',
    CASE n % 5 WHEN 0 THEN NULL
        ELSE unhex(replace(printf('%016d', 0), '0', printf('%08x', (n - 1) * 2654435761 % 4294967296)) || '01') END,
    '{}', 1700000000 + n / 10
FROM made ORDER BY made.n;

INSERT INTO bindings (avatar, platform, identity, identity_folded, alt_id, alt_id_folded, alt_name, alt_name_folded,
    proof_location, link_id, state, is_valid, invalid_reason, created_at, last_checked_at, next_check_at, claimed_at)
SELECT m.avatar, m.platform, m.identity, m.identity, m.alt_id, m.alt_id, m.alt_name, lower(m.alt_name), l.proof_location,
    l.id, 'valid', 1, '', l.created_at, l.created_at,
    CASE WHEN m.platform <> 'ethereum' THEN 4000000000 + m.n END, l.created_at
FROM made m JOIN links l ON l.avatar = m.avatar AND l.seq = m.n % 5 ORDER BY m.n;

INSERT INTO feed (id, kind, ref)
SELECT (SELECT COALESCE(max(id), 0) FROM feed) + row_number() OVER (ORDER BY l.id), 1, l.id FROM links l;

INSERT INTO searchable (searchable) VALUES ('rebuild');
CREATE TRIGGER bindings_come AFTER INSERT ON bindings BEGIN
    INSERT INTO searchable (rowid, search_texts) VALUES (new.id, new.search_texts);
END;
COMMIT;
DROP TABLE temp.made;
ANALYZE;
PRAGMA wal_checkpoint(TRUNCATE);
